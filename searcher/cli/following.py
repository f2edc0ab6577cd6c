"""Updates of an index whenever its archives change: in this process, or beside a server in another."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.backend import is_cluster, read_location
from index.errors import SearcherError
from searcher import open_searcher
from searcher.cli.render import update_report

if TYPE_CHECKING:
    from index import UpdateReport
    from index.archive.watch import Stop


def follow(location: str | Path, on_update: Callable[["UpdateReport"], None], stop: "Stop") -> None:
    """Update the index at `location` whenever its archives have changed, until `stop` is set.

    Calls `on_update` after an update that changed the index. An error is printed, and ends nothing, since the next
    change may mend its cause.
    """
    from index import update
    from index.archive.watch import follow as follow_archives

    def update_index() -> None:
        try:
            report = update(location)
        except (SearcherError, OSError) as error:
            click.echo(str(error), err=True)
        else:
            if not report.unchanged:
                on_update(report)

    with open_searcher(location) as searcher:
        archives = searcher.stats().archives
    click.echo(f"Following {', '.join(archives)} (Ctrl-C ends it)", err=True)
    follow_archives(archives, None if is_cluster(location) else Path(location).absolute(), update_index, stop)


@contextmanager
def followed(location: str | Path) -> Iterator[None]:
    """Follow the archives of the index at `location` in another process, so that a server's answers need not wait."""
    command = [sys.executable, "-m", "searcher.cli.following", str(location), str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            yield
        finally:
            process.kill()  # an update that is killed leaves the index as it was


class _ParentExit:
    """A stop signal that is set once the parent process has ended, even by a kill."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def is_set(self) -> bool:
        return os.getppid() != self._parent

    def wait(self, timeout: float) -> bool:
        time.sleep(timeout)
        return self.is_set()


def main(location: str, parent: str) -> None:
    """Follow the archives of the index at `location` as long as the process `parent` lives."""
    stop = _ParentExit(int(parent))
    try:
        follow(read_location(location), lambda report: click.echo(update_report(report), err=True), stop)
    except (SearcherError, OSError) as error:
        click.echo(f"The archives can't be followed: {error}", err=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
