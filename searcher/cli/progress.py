"""The line of a terminal that shows the progress of long work."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from index.updates.report import Progress

_CLEAR_LINE = "\r\x1b[K"
_REFRESH_SECONDS = 0.1


@contextmanager
def progress_line(stream: TextIO) -> Iterator["Progress | None"]:
    """Give a callback that shows progress on `stream`, or None if `stream` is not a terminal."""
    if not stream.isatty():
        yield None
        return
    yield _ProgressLine(stream).show
    click.echo(_CLEAR_LINE, file=stream, nl=False)


class _ProgressLine:
    """A line with the current step, its count, its rate and the time left."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._phase: tuple[str, int] | None = None
        self._began = self._shown = 0.0
        self._first = 0

    def show(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if (step, total) != self._phase:
            self._phase, self._began, self._first = (step, total), now, done
        elif now - self._shown < _REFRESH_SECONDS and done != total:
            return
        self._shown = now
        text = f"{step.capitalize()} {done:,}" if done else step.capitalize()
        if total:
            text += f" of {total:,}"
        if done > self._first:
            rate = (done - self._first) / (now - self._began)
            minutes, seconds = divmod(int((total - done) / rate), 60)
            text += f" · {rate:,.0f}/s{f' · {minutes}:{seconds:02d} left' if total else ''}"
        click.echo(f"{_CLEAR_LINE}{text}", file=self._stream, nl=False)
