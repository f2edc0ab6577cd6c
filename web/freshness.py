"""Whether a reader has the answer already: validators that change when an answer may."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps

from flask import Response, request

from index.post import ARCHIVE_ZONE
from searcher.engine import Searcher
from searcher.results import Commit

_VARIES_BY = ("Accept-Language", "Cookie")


def kept_fresh(searcher: Searcher, started: datetime, view: Callable[..., Response]) -> Callable[..., Response]:
    """Return `view` with an ETag and a time of change; a reader who has its answer is told so before it is made.

    An answer may change with a commit, with the day, as `date:7d` does, and with the server's code. The commit is
    asked for first: an answer of a later one is then asked for once too often, and never once too seldom.
    """

    @wraps(view)
    def answer(**values: str) -> Response:
        commit, midnight = searcher.commit(), _midnight()
        tag, changed = _tag(commit, midnight, started), max(commit.made, midnight, started)
        unchanged = _marked(Response(), tag, changed)
        unchanged.make_conditional(request)
        if unchanged.status_code == 304:
            return unchanged
        response = view(**values)
        # A reader who has it already would not be told the cookie again.
        is_choice = "Set-Cookie" in response.headers
        return _marked(response, tag, changed) if response.status_code == 200 and not is_choice else response

    return answer


def _marked(response: Response, tag: str, changed: datetime) -> Response:
    # Weak, since how long an answer took is part of it.
    response.set_etag(tag, weak=True)
    response.last_modified = changed
    response.cache_control.no_cache = True
    response.cache_control.private = True
    return response


def _tag(commit: Commit, midnight: datetime, started: datetime) -> str:
    # Of the address, too: a tag is then only ever one of an answer that was given there.
    asked = [request.full_path, *(request.headers.get(name, "") for name in _VARIES_BY)]
    moments = [moment.isoformat() for moment in (commit.made, midnight, started)]
    return hashlib.sha256("\n".join((commit.id, *moments, *asked)).encode()).hexdigest()[:20]


def _midnight() -> datetime:
    return datetime.now(ARCHIVE_ZONE).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
