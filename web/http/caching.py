"""HTTP caching: ETags for conditional requests, and a cache of rendered responses."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from threading import Lock

from flask import Response, request

from index.archive.post import ARCHIVE_ZONE
from searcher.engine import Searcher

# Bytes of all cached responses of a process, and of the largest one that is cached.
MAX_CACHE_BYTES, MAX_RESPONSE_BYTES = 32 * 2**20, 2**18
# Memory of a cached response besides its body: headers and dictionary entry.
_ENTRY_OVERHEAD = 1024
_VARY_BY = ("Accept-Language", "Cookie", "Host")


class ResponseCache:
    """ETags and cached responses for views that depend on the request, the commit and the day alone.

    The day matters for relative dates such as `date:7d`; the server's start stands for its code. The commit is read
    before the view runs. If another commit comes in between, its response is rendered once more than needed, and
    never served late.
    """

    def __init__(self, searcher: Searcher, started: datetime) -> None:
        self._searcher = searcher
        self._started = started
        self._responses = _Responses()

    def wrap(self, view: Callable[..., Response]) -> Callable[..., Response]:
        """Return `view` so that it runs only if neither the reader nor the cache has the response."""

        @wraps(view)
        def cached(**values: str) -> Response:
            commit, midnight = self._searcher.commit(), _midnight()
            version = f"{commit.id} {commit.made.isoformat()} {midnight.isoformat()}"
            etag = _etag(version, self._started)
            modified = max(commit.made, midnight, self._started)
            not_modified = _add_validators(Response(), etag, modified)
            not_modified.make_conditional(request)
            if not_modified.status_code == 304:
                return not_modified
            if response := self._responses.find(version, etag):
                return response
            response = view(**values)
            # A response that sets a cookie has no ETag: after a 304 the cookie would not be set again.
            if response.status_code == 200 and "Set-Cookie" not in response.headers:
                self._responses.add(version, etag, _add_validators(response, etag, modified))
            return response

        return cached


class _Responses:
    """The responses used last, of one version of the index; a new version empties it."""

    def __init__(self) -> None:
        self._version = ""
        self._responses: OrderedDict[str, tuple[bytes, list[tuple[str, str]]]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, version: str, etag: str) -> Response | None:
        with self._lock:
            if version != self._version:
                self._version, self._size = version, 0
                self._responses.clear()
            if (entry := self._responses.get(etag)) is None:
                return None
            self._responses.move_to_end(etag)
        body, headers = entry
        return Response(body, headers=headers)

    def add(self, version: str, etag: str, response: Response) -> None:
        body, headers = response.get_data(), list(response.headers)
        if len(body) > MAX_RESPONSE_BYTES:
            return
        with self._lock:
            if version == self._version and etag not in self._responses:
                self._responses[etag] = body, headers
                self._size += len(body) + _ENTRY_OVERHEAD
            while self._size > MAX_CACHE_BYTES:
                _, (oldest, _) = self._responses.popitem(last=False)
                self._size -= len(oldest) + _ENTRY_OVERHEAD


def _add_validators(response: Response, etag: str, modified: datetime) -> Response:
    # A weak ETag, since the response includes the time it took.
    response.set_etag(etag, weak=True)
    response.last_modified = modified
    response.cache_control.no_cache = True
    response.cache_control.private = True
    return response


def _etag(version: str, started: datetime) -> str:
    key = [request.full_path, *(request.headers.get(name, "") for name in _VARY_BY)]
    return hashlib.sha256(repr((version, started.isoformat(), key)).encode()).hexdigest()[:20]


def _midnight() -> datetime:
    return datetime.now(ARCHIVE_ZONE).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
