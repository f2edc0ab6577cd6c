"""An exception → the one shape in which the API and the pages tell of it."""

from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import HTTPException

from index.errors import (
    ClusterError,
    DamagedIndexError,
    LockedIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
)
from searcher.parser import QuerySyntaxError
from searcher.request import RequestError, UnknownPostError
from web.export import MovingIndexError
from web.raw import GoneError
from web.site import PasswordError, UnknownHostError


@dataclass(frozen=True, slots=True)
class Failure:
    """Says in a sentence what went wrong; `place` is the stretch of the query that has no meaning."""

    status: int
    code: str
    message: str
    place: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the contract's JSON object of an error."""
        start_end = {"start": self.place[0], "end": self.place[1]} if self.place else {}
        return {"error": {"code": self.code, "message": self.message, **start_end}}


STATUS: dict[type[SearcherError], int] = {
    QuerySyntaxError: 400,
    RequestError: 400,
    UnknownHostError: 400,
    PasswordError: 401,
    UnknownPostError: 404,
    GoneError: 404,
    MovingIndexError: 503,
    NoIndexError: 503,
    OutdatedIndexError: 503,
    DamagedIndexError: 503,
    LockedIndexError: 503,
    ClusterError: 503,
}


def failure_of(error: Exception, path: str) -> Failure:
    """Return what to tell the reader of `error`, which came of asking for `path`."""
    if isinstance(error, SearcherError):
        place = (error.start, error.end) if isinstance(error, QuerySyntaxError) else None
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        return Failure(status, error.code, str(error), place)
    if isinstance(error, HTTPException) and error.code and error.code < 500:
        return Failure(error.code, error.name.lower().replace(" ", "_"), _sentence(error, path))
    return Failure(500, "internal_error", "The search engine failed at this; its log says why.")


def _sentence(error: HTTPException, path: str) -> str:
    if error.code == 404:
        return f"There is nothing at {path}."
    if error.code == 405:
        return f"{path} answers GET requests only."
    return error.description or error.name
