"""An exception → the one shape in which the API and the pages tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import HTTPException

from index.errors import (
    ClusterError,
    DamagedIndexError,
    LockedIndexError,
    MovingIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
    UserWordsError,
)
from searcher.errors import QuerySyntaxError, UserError
from searcher.request import RequestError, UnknownPostError
from web.api.raw import GoneError
from web.http.access import PasswordError, UnknownHostError
from web.i18n.messages import sentences
from web.i18n.texts import LANGUAGES, Texts


@dataclass(frozen=True, slots=True)
class Failure:
    """Says what went wrong, in a sentence of each language that there is one in, and of English always.

    `place` is the stretch of the query that has no meaning. `is_whole` says that each sentence says all that the
    English one does.
    """

    status: int
    code: str
    sentences: Mapping[str, str]
    place: tuple[int, int] | None = None
    is_whole: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return the contract's JSON object of an error."""
        start_end = {"start": self.place[0], "end": self.place[1]} if self.place else {}
        return {"error": {"code": self.code, "message": self.sentences["en"], **start_end}}


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
    UserWordsError: 503,
    ClusterError: 503,
}


def failure_of(error: Exception, path: str) -> Failure:
    """Return what to tell the reader of `error`, which came of asking for `path`."""
    if isinstance(error, SearcherError):
        place = (error.start, error.end) if isinstance(error, QuerySyntaxError) else None
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        return Failure(status, error.code, sentences(error), place, isinstance(error, UserError))
    if isinstance(error, HTTPException) and error.code and error.code < 500:
        return Failure(error.code, error.name.lower().replace(" ", "_"), _sentences(error, path))
    return Failure(500, "internal_error", _in_all_languages("why_internal_error"))


def _sentences(error: HTTPException, path: str) -> Mapping[str, str]:
    if key := {404: "why_not_found", 405: "why_method_not_allowed"}.get(error.code or 0):
        return _in_all_languages(key, path=path)
    return {"en": error.description or error.name}


def _in_all_languages(key: str, **values: str) -> Mapping[str, str]:
    return {language: Texts(language)(key, **values) for language in LANGUAGES}
