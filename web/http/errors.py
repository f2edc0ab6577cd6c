"""Errors over HTTP: the status, code and message of an exception."""

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
from web.http.access import PasswordError, UnknownHostError
from web.i18n.messages import error_messages
from web.i18n.texts import LANGUAGES, Texts


class GoneError(UserError):
    """A save's file that is no longer in the archive, or was replaced by something else."""

    code = "file_gone"


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a request, with its messages by language, English always among them.

    `span` is the start and end of the mistake in the query. `is_complete` means that every message tells all that the
    English one does.
    """

    status: int
    code: str
    messages: Mapping[str, str]
    span: tuple[int, int] | None = None
    is_complete: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object of an error, as the API documents it."""
        span = {"start": self.span[0], "end": self.span[1]} if self.span else {}
        return {"error": {"code": self.code, "message": self.messages["en"], **span}}


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


def failure_from(error: Exception, path: str) -> Failure:
    """Return the failure that `error` is to the reader of `path`."""
    if isinstance(error, SearcherError):
        span = (error.start, error.end) if isinstance(error, QuerySyntaxError) else None
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        return Failure(status, error.code, error_messages(error), span, isinstance(error, UserError))
    if isinstance(error, HTTPException) and error.code and error.code < 500:
        return Failure(error.code, error.name.lower().replace(" ", "_"), _http_messages(error, path))
    return Failure(500, "internal_error", _translations("why_internal_error"))


def _http_messages(error: HTTPException, path: str) -> Mapping[str, str]:
    if key := {404: "why_not_found", 405: "why_method_not_allowed"}.get(error.code or 0):
        return _translations(key, path=path)
    return {"en": error.description or error.name}


def _translations(key: str, **values: str) -> Mapping[str, str]:
    return {language: Texts(language)(key, **values) for language in LANGUAGES}
