"""The most memory that a process and those it started hold together."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

_PAUSE = 0.1
_OWN = re.compile(r"RssAnon:\s*(\d+) kB")


class OwnMemory:
    """Watches what this process and those it starts hold of their own; `peak` is the most of it together, in MB.

    Pages of files that are mapped are not among it: the system takes them back when it wants to.
    """

    def __init__(self) -> None:
        self.peak = 0.0
        self._stop = Event()
        self._thread = Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_PAUSE):
            self.peak = max(self.peak, sum(_own(process) for process in _processes()) / 1024)


def _processes() -> Iterator[Path]:
    yield Path("/proc/self")
    for thread in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            yield from (Path("/proc", number) for number in (thread / "children").read_text().split())


def _own(process: Path) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        if held := _OWN.search((process / "status").read_text()):
            return int(held[1])
    return 0
