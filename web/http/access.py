"""Access to the server: host names, the password, and the URL prefix behind a proxy."""

import hmac
import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from flask import request
from werkzeug.datastructures import Authorization

from searcher.errors import ErrorMessage, UserError

_ASCII = "".join(map(chr, range(128)))
_Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class UnknownHostError(UserError):
    """A request for a host name that the server does not have."""

    code = "unknown_host"


class PasswordError(UserError):
    """A missing or wrong password."""

    code = "unauthorized"


@dataclass(frozen=True, slots=True)
class Site:
    """The address of the pages and the conditions to read them.

    `url` is the public URL behind a proxy; it is empty if readers reach the server itself, as `host`. With an empty
    `password` everyone may read. `started` is the time at which the server started.
    """

    url: str = ""
    host: str = ""
    password: str = ""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def check_host(self, host: str) -> None:
        """Raise UnknownHostError unless the Host header `host` names this server.

        This prevents DNS rebinding, by which a foreign page reads this server through the reader's browser. IP
        addresses always pass: a foreign page has a name.
        """
        name = _hostname(f"//{host}")
        known = ("localhost", self.host.lower(), _hostname(self.url))
        if not name or (name not in known and not _is_ip_address(name)):
            raise UnknownHostError(ErrorMessage.UNKNOWN_HOST if host else ErrorMessage.NO_HOST, host=host)

    def check_password(self, given: Authorization | None) -> None:
        """Raise PasswordError if there is a password and `given` is another."""
        password = (given.password if given and given.type == "basic" else None) or ""
        if self.password and not hmac.compare_digest(password.encode(), self.password.encode()):
            raise PasswordError(ErrorMessage.NO_PASSWORD)

    @property
    def prefix(self) -> str:
        """Return the path of `url` without its last slash."""
        return urlsplit(self.url).path.rstrip("/")

    def absolute(self, path: str) -> str:
        """Return the absolute URL of `path`, on the host of `url`, else of the request."""
        parts = urlsplit(self.url or request.host_url)
        return f"{parts.scheme}://{parts.netloc}{path}"


def mount(prefix: str, application: _Application) -> _Application:
    """Return `application` mounted at `prefix`, whether or not the proxy strips the prefix."""

    def mounted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            path = path.removeprefix(prefix)
        return application({**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path or "/"}, start_response)

    return mounted


def escape_query_string(application: _Application) -> _Application:
    """Return `application` behind a filter that percent-encodes the query string's bytes outside ASCII.

    Werkzeug decodes bare bytes as UTF-8 and raises if they are not.
    """

    def escaped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # WSGI decodes the bytes of a request as Latin-1.
        query = quote(environ.get("QUERY_STRING", ""), _ASCII, "latin-1")
        return application({**environ, "QUERY_STRING": query}, start_response)

    return escaped


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_ip_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
