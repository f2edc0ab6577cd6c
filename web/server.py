"""Serve the page from this process, with a production WSGI server."""

from collections.abc import Callable

import waitress

from index.errors import SearcherError
from searcher.engine import Searcher
from web.app import create_app

_THREADS = 8


class ServeError(SearcherError):
    """Says that an address can't be listened on: choose another."""

    code = "serve"


def serve(searcher: Searcher, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Answer requests on `host` and `port` until interrupted; port 0 takes any free one.

    Calls `announce` with the page's address once it can be opened. Raises ServeError.
    """
    try:
        server = waitress.create_server(create_app(searcher), host=host, port=port, threads=_THREADS, ident=None)
    except OSError as error:
        raise ServeError(
            f"{host}:{port} can't be listened on: {error.strerror}. Choose another with --port."
        ) from error
    shown_host = f"[{host}]" if ":" in host else host
    announce(f"http://{shown_host}:{server.effective_port}/")
    server.run()
