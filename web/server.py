"""The production server: worker processes that share a port and a memory-mapped index."""

import ctypes
import ipaddress
import os
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from index.errors import SearcherError
from searcher import open_searcher
from web.http.access import Site, mount
from web.http.metrics import SHARED_FOLDER

# More threads compete for the interpreter lock; with one, a long export would block all other requests.
_THREADS = 2
_MAX_WAITING = 256
_HEADER_SECONDS = 5
_HEADER_BYTES = 64 * 1024
_STOP_SECONDS = 15
# Options of mallopt, as in glibc's malloc.h, and their values in bytes.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_TRIM_BYTES, _MMAP_BYTES = 4 << 20, 1 << 20


class ServeError(SearcherError):
    """An address that can't be listened on: choose another."""

    code = "serve"


class OpenServerError(SearcherError):
    """A server that other machines could read without a password: set one, or pass --open."""

    code = "open_server"


def default_workers() -> int:
    """Return the default number of worker processes: one per usable core, at most 8."""
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def require_password(host: str, password: str) -> None:
    """Raise OpenServerError if other machines can reach `host` and `password` is empty."""
    if not password and not _is_loopback(host):
        raise OpenServerError(
            f"Without a password, every machine that reaches {host} could read the archive: put one into "
            "SEARCHER_PASSWORD, or serve with --open if they may."
        )


def serve(
    location: str | Path, host: str, port: int, workers: int, site: Site, announce: Callable[[str], None]
) -> None:
    """Answer requests on `host` and `port`, 0 for any free one, until stopped; then finish the open requests.

    Calls `announce` with the URL of the pages once the server accepts connections. Raises ServeError.
    """
    port = _free_port(host, port)
    shown_host = f"[{host}]" if ":" in host else host
    with TemporaryDirectory(prefix="searcher-metrics-") as shared:
        os.environ[SHARED_FOLDER] = shared
        server = Server(
            "web.app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=_THREADS,
            backpressure=_MAX_WAITING,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000, max_buffer_size=_HEADER_BYTES),
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=_STOP_SECONDS,
        )
        on_ready = partial(announce, f"http://{shown_host}:{port}/")
        Thread(target=_wait_until_ready, args=(host, port, on_ready), daemon=True).start()
        server.serve(target_loader=partial(_load, location, site), wrap_loader=False)


def _load(location: str | Path, site: Site) -> Callable[..., Any]:
    """Return the application of a worker, warmed up by a search and a suggestion."""
    from web.app import create_app

    _return_large_blocks()
    # A worker inherits its parent's signal handlers, which would keep it from stopping while it loads.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    searcher = open_searcher(location)
    searcher.search("词 word")
    searcher.suggest("ci")
    application = create_app(searcher, site).wsgi_app
    return mount(site.prefix, application) if site.prefix else application


def _return_large_blocks() -> None:
    """Make malloc return blocks of a megabyte and more to the system as soon as they are free.

    By default glibc raises its mmap threshold when large blocks are freed. Large blocks then share the heap with small
    ones, and each commit and export fragments it further. Other C libraries have no such setting, nor the need.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _TRIM_BYTES)


def _free_port(host: str, port: int) -> int:
    """Return `port`, or a free one for 0; raise ServeError if it is in use.

    The workers listen with SO_REUSEPORT: beside an older server of this user they would start, and share its requests.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, port), family=family) as listening:
            return int(listening.getsockname()[1])
    except OSError as error:
        raise ServeError(
            f"{host}:{port} can't be listened on: {error.strerror}. Choose another with --port."
        ) from error


def _wait_until_ready(host: str, port: int, on_ready: Callable[[], None]) -> None:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while True:
        try:
            socket.create_connection((target, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return on_ready()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
