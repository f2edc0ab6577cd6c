"""Whether an answer is there already, with the reader or here: tags that change when an answer may."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from threading import Lock

from flask import Response, request

from index.archive.post import ARCHIVE_ZONE
from searcher.engine import Searcher

# Of the answers that a process keeps, and of the largest of them.
MOST_KEPT, MOST_EACH = 32 * 2**20, 2**18
# What an answer takes beside its content: its headers and its place.
_BESIDE = 1024
_VARIES_BY = ("Accept-Language", "Cookie", "Host")


class Freshness:
    """Gives views an ETag and a time of change: what has the same tag is the same answer, and is made once.

    An answer may change with a commit, with the day, as `date:7d` does, and with the server's code. The commit is
    asked for first: an answer of a later one is then made once too often, and never once too seldom.
    """

    def __init__(self, searcher: Searcher, started: datetime) -> None:
        self._searcher = searcher
        self._started = started
        self._kept = _Kept()

    def keep(self, view: Callable[..., Response]) -> Callable[..., Response]:
        """Return `view` so that it is asked only for answers which neither the reader nor this process has."""

        @wraps(view)
        def answer(**values: str) -> Response:
            commit, midnight = self._searcher.commit(), _midnight()
            moment = f"{commit.id} {commit.made.isoformat()} {midnight.isoformat()}"
            tag = _tag(moment, self._started)
            changed = max(commit.made, midnight, self._started)
            unchanged = _marked(Response(), tag, changed)
            unchanged.make_conditional(request)
            if unchanged.status_code == 304:
                return unchanged
            if kept := self._kept.find(moment, tag):
                return kept
            response = view(**values)
            # Of an answer with a cookie nobody is told that it is had already: the cookie would not be set again.
            if response.status_code == 200 and "Set-Cookie" not in response.headers:
                self._kept.add(moment, tag, _marked(response, tag, changed))
            return response

        return answer


class _Kept:
    """Keeps the answers of one moment that were asked for last: those of a commit before are nobody's any more."""

    def __init__(self) -> None:
        self._moment = ""
        self._answers: OrderedDict[str, tuple[bytes, list[tuple[str, str]]]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, moment: str, tag: str) -> Response | None:
        with self._lock:
            if moment != self._moment:
                self._moment, self._size = moment, 0
                self._answers.clear()
            if (found := self._answers.get(tag)) is None:
                return None
            self._answers.move_to_end(tag)
        content, headers = found
        return Response(content, headers=headers)

    def add(self, moment: str, tag: str, response: Response) -> None:
        content, headers = response.get_data(), list(response.headers)
        if len(content) > MOST_EACH:
            return
        with self._lock:
            if moment == self._moment and tag not in self._answers:
                self._answers[tag] = content, headers
                self._size += _memory(content)
            while self._size > MOST_KEPT:
                _, (oldest, _) = self._answers.popitem(last=False)
                self._size -= _memory(oldest)


def _memory(content: bytes) -> int:
    return len(content) + _BESIDE


def _marked(response: Response, tag: str, changed: datetime) -> Response:
    # Weak, since how long an answer took is part of it.
    response.set_etag(tag, weak=True)
    response.last_modified = changed
    response.cache_control.no_cache = True
    response.cache_control.private = True
    return response


def _tag(moment: str, started: datetime) -> str:
    asked = [request.full_path, *(request.headers.get(name, "") for name in _VARIES_BY)]
    return hashlib.sha256(repr((moment, started.isoformat(), asked)).encode()).hexdigest()[:20]


def _midnight() -> datetime:
    return datetime.now(ARCHIVE_ZONE).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
