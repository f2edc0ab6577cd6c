"""Keep an index up to date with archives that change: here until told to stop, or beside a server in a process."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SearcherError
from index.opensearch.address import is_cluster, read_location
from searcher import open_searcher
from searcher.cli import render

if TYPE_CHECKING:
    from index import UpdateReport
    from index.archive.watch import Stop


def follow(
    location: str | Path, on_update: Callable[["UpdateReport"], None], on_error: Callable[[str], None], stop: "Stop"
) -> None:
    """Update the index at `location` whenever its archives have changed, until `stop` is set.

    What was done is told where it was anything; so is what went wrong, which may be right after the next change.
    """
    from index import update
    from index.archive.watch import follow as follow_archives

    def bring_up_to_date() -> None:
        try:
            report = update(location)
        except (SearcherError, OSError) as error:
            on_error(str(error))
        else:
            if not report.unchanged:
                on_update(report)

    with open_searcher(location) as searcher:
        archives = searcher.stats().archives
    on_error(f"Following {', '.join(archives)} (Ctrl-C ends it)")
    follow_archives(archives, None if is_cluster(location) else Path(location).absolute(), bring_up_to_date, stop)


@contextmanager
def followed(location: str | Path) -> Iterator[None]:
    """Follow the archives of the index at `location` in a process of its own: a server's answers are not to wait."""
    command = [sys.executable, "-m", "searcher.cli.following", str(location), str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            yield
        finally:
            # In the middle of an update that leaves the index as it was.
            process.kill()


class _ParentGone:
    """Is set once the process that started this one has ended, be it by a kill."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def is_set(self) -> bool:
        return os.getppid() != self._parent

    def wait(self, timeout: float) -> bool:
        time.sleep(timeout)
        return self.is_set()


def main(location: str, parent: str) -> None:
    def tell(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    try:
        follow(read_location(location), lambda report: tell(render.report(report)), tell, _ParentGone(int(parent)))
    except (SearcherError, OSError) as error:
        tell(f"The archives can't be followed: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
