"""How readers reach the pages: at which address, under which names, with which password."""

import hmac
import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from werkzeug.datastructures import Authorization

from searcher.errors import ErrorMessage, UserError

# WSGI has each byte as the character of its number; escapes are there already.
_ASCII = "".join(map(chr, range(128)))
_Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class UnknownHostError(UserError):
    """Says that a request names a host that this is not: let `searcher serve --url` name it."""

    code = "unknown_host"


class PasswordError(UserError):
    """Says that the password is missing or another: give the right one."""

    code = "unauthorized"


@dataclass(frozen=True, slots=True)
class Site:
    """Says how readers reach the pages.

    `url` is the pages' address as readers know it, where a proxy stands between; empty where they reach the server
    itself, as `host`. `password` is empty where everyone may read. `started` is when the server was.
    """

    url: str = ""
    host: str = ""
    password: str = ""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def check_host(self, host: str) -> None:
        """Raise UnknownHostError unless `host`, of a request's header, may stand for this server.

        A page elsewhere whose name was made to point here would be let read everything by the reader's browser. An
        address that is a number names no page elsewhere.
        """
        name = _name(f"//{host}")
        if not name or (name not in ("localhost", self.host.lower(), _name(self.url)) and not _is_number(name)):
            raise UnknownHostError(ErrorMessage.UNKNOWN_HOST if host else ErrorMessage.NO_HOST, host=host)

    def check_password(self, given: Authorization | None) -> None:
        """Raise PasswordError unless a password is asked for by nobody, or is the one given."""
        password = (given.password if given and given.type == "basic" else None) or ""
        if self.password and not hmac.compare_digest(password.encode(), self.password.encode()):
            raise PasswordError(ErrorMessage.NO_PASSWORD)

    @property
    def prefix(self) -> str:
        """Return the path below which readers find the pages, without its last slash."""
        return urlsplit(self.url).path.rstrip("/")

    def absolute(self, path: str, host_url: str) -> str:
        """Return the address of `path`, the prefix included; `host_url` is that of the server as it was asked."""
        parts = urlsplit(self.url or host_url)
        return f"{parts.scheme}://{parts.netloc}{path}"


def below(prefix: str, application: _Application) -> _Application:
    """Return `application` as it is to be reached below `prefix`, whether or not the proxy has taken it off."""

    def mounted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            path = path.removeprefix(prefix)
        return application({**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path or "/"}, start_response)

    return mounted


def in_ascii(application: _Application) -> _Application:
    """Return `application` so that it is told of every byte of a query string: of those that are no UTF-8, too.

    Werkzeug takes what is sent without escapes for UTF-8, and raises where it isn't.
    """

    def escaped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        query = quote(environ.get("QUERY_STRING", ""), _ASCII, "latin-1")
        return application({**environ, "QUERY_STRING": query}, start_response)

    return escaped


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
