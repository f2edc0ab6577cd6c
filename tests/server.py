"""The server, started as its users start it."""

import http.client
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT = 30


class Running:
    """Is a server: where it listens, and its first process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        line = process.stdout.readline()
        assert " on http://" in line, line
        self.process = process
        self.port = int(re.findall(r" on http://[^ ]*:(\d+)/", line)[0])
        self.address = f"http://127.0.0.1:{self.port}"

    def children(self) -> list[int]:
        """Return the processes that the first one started, which answer."""
        started = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return list(map(int, started.read_text().split()))

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(urllib.request.Request(self.address + path, headers=headers)) as answer:
            return answer.status, answer.read()

    def socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)


@contextmanager
def running(location: Path, *options: str, **environ: str) -> Iterator[Running]:
    """Run a server over the index at `location`, on a free port."""
    command = [sys.executable, "-m", "searcher", "serve", "--index", str(location), "--port", "0", *options]
    environment = {**os.environ, **environ}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield Running(process)
        finally:
            process.terminate()
            process.wait(WAIT)
