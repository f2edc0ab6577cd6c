"""Serve the pages with a production server: processes that share one port and one mapped index."""

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
from web.http.access import Site, below
from web.http.metrics import SHARED_FOLDER

# More threads only take the interpreter from each other; one would leave everybody waiting for who exports.
_THREADS = 2
_WAITING_EACH = 256
_HEADER_SECONDS = 5
_HEADER_BYTES = 64 * 1024
_STOP_SECONDS = 15
# For mallopt, by glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_APART_FROM, _ROOM_KEPT = 1 << 20, 4 << 20


class ServeError(SearcherError):
    """Says that an address can't be listened on: choose another."""

    code = "serve"


class OpenServerError(SearcherError):
    """Says that others could read the archive without a password: set one, or say that they may."""

    code = "open_server"


def default_workers() -> int:
    """Return how many processes answer unless told otherwise: one for each core that this process may use, up to 8."""
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def refuse_open(host: str, password: str) -> None:
    """Raise OpenServerError if other machines can reach `host` and no password is asked of them."""
    if not password and not _is_loopback(host):
        raise OpenServerError(
            f"Without a password, every machine that reaches {host} could read the archive: put one into "
            "SEARCHER_PASSWORD, or serve with --open if they may."
        )


def serve(
    location: str | Path, host: str, port: int, workers: int, site: Site, announce: Callable[[str], None]
) -> None:
    """Answer requests on `host` and `port` until told to stop, then finish those under way; port 0 takes any free one.

    Calls `announce` with the page's address once it can be opened. Raises ServeError.
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
            backpressure=_WAITING_EACH,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000, max_buffer_size=_HEADER_BYTES),
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=_STOP_SECONDS,
        )
        announce_it = partial(announce, f"http://{shown_host}:{port}/")
        Thread(target=_announce, args=(host, port, announce_it), daemon=True).start()
        server.serve(target_loader=partial(_load, location, site), wrap_loader=False)


def _load(location: str | Path, site: Site) -> Callable[..., Any]:
    """Return the application of one worker, with everything loaded that its first readers would wait for."""
    from web.app import create_app

    _keep_large_blocks_apart()
    # Until it answers, a worker has the handlers of its parent, by which it would stay when told to stop.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    searcher = open_searcher(location)
    searcher.search("词 word")
    searcher.suggest("ci")
    application = create_app(searcher, site).wsgi_app
    return below(site.prefix, application) if site.prefix else application


def _keep_large_blocks_apart() -> None:
    """Have memory of a megabyte and more given back to the system as soon as it is free.

    Left to itself glibc puts such blocks among small ones once it has seen some come and go: with every commit and
    export more room lies idle between them. Other libraries have no such setting, nor the need.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt:
        mallopt(_MMAP_THRESHOLD, _APART_FROM)
        mallopt(_TRIM_THRESHOLD, _ROOM_KEPT)


def _free_port(host: str, port: int) -> int:
    """Return `port`, or a free one for 0; raise ServeError if something listens there.

    The workers let others of this user listen beside them, and would share their requests with whoever did before.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, port), family=family) as listening:
            return int(listening.getsockname()[1])
    except OSError as error:
        raise ServeError(
            f"{host}:{port} can't be listened on: {error.strerror}. Choose another with --port."
        ) from error


def _announce(host: str, port: int, announce: Callable[[], None]) -> None:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while True:
        try:
            socket.create_connection((reached, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return announce()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
