"""Texts of a terminal that several commands print; click drops the colours where there is no terminal."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from index.archive.post import ARCHIVE_ZONE
from searcher.export import count_noun, facts
from searcher.results import Hit

if TYPE_CHECKING:
    from index.updates.report import Listing, PostNews, Problem, Progress, UpdateReport

T = TypeVar("T")
_MAX_LISTED = 20
_CLEAR_LINE = "\r\x1b[K"
_REFRESH_SECONDS = 0.1


def hit_list(hits: Iterable[Hit], first: int = 1) -> Iterator[str]:
    """Yield each hit as a few lines, numbered from `first`."""
    for number, hit in enumerate(hits, first):
        lines = [
            f"{number:>3}. {click.style(hit.post.title or hit.post.url, bold=True)}",
            f"     {facts(hit.post, hit.hashtags)}",
            f"     {click.style(hit.post.id, fg='cyan')}  {hit.post.url}",
        ]
        fragments = (
            click.style(fragment.text, fg="yellow", bold=True) if fragment.matched else fragment.text
            for fragment in hit.snippet
        )
        if snippet := "".join(fragments):
            lines.append(f"     {snippet}")
        yield "\n".join(lines)


def update_report(report: "UpdateReport") -> str:
    """Return what an update did, with the names of the posts it changed and the files it could not use."""
    parts = ", ".join(f"{count:,} {part}" for part, count in report.changed_parts.items() if count)
    counts = (
        f"{count_noun(report.added.count, 'post')} added, {report.resaved.count:,} saved again, "
        f"{report.changed.count:,} changed{f' ({parts})' if parts else ''}, {report.moved.count:,} moved, "
        f"{report.lost.count:,} lost"
    )
    not_posts = f"{count_noun(report.not_posts.count, 'file')} that {'is' if report.not_posts.count == 1 else 'are'}"
    lines = [
        "Nothing has changed." if report.unchanged else f"{'Rebuilt' if report.rebuilt else 'Updated'}: {counts}.",
        f"The index holds {count_noun(report.saves, 'save')} of {count_noun(report.posts, 'post')}; "
        f"{count_noun(report.unreadable, 'unreadable file')}; {not_posts} not a post.",
    ]
    for heading, posts in (
        ("Added:", report.added),
        ("Saved again, unchanged:", report.resaved),
        ("Changed:", report.changed),
        ("Moved, or with fewer saves:", report.moved),
        ("Lost:", report.lost),
    ):
        lines += _listing(heading, posts, _post_news)
    lines += _listing("Not posts:", report.not_posts, str)
    lines += _listing("Could not be read as posts:", report.malformed, _problem)
    lines += _listing("Could not be opened (what the index holds of them stays):", report.unopened, _problem)
    return "\n".join(lines)


def minute(moment: datetime | None) -> str:
    """Return `moment` to the minute in the archive's zone."""
    return moment.astimezone(ARCHIVE_ZONE).strftime("%Y-%m-%d %H:%M") if moment else "no time"


def width(text: str) -> int:
    """Return the number of terminal columns of `text`; a control character has one."""
    from wcwidth import wcwidth  # takes time, and few commands need it

    return sum(columns if (columns := wcwidth(character)) >= 0 else 1 for character in text)


def _listing(heading: str, listing: "Listing[T]", as_line: Callable[[T], str]) -> list[str]:
    lines = [f"  {as_line(item)}" for item in listing.first[:_MAX_LISTED]]
    more = [f"  … and {listing.count - len(lines):,} more"] if listing.count > len(lines) else []
    return [heading, *lines, *more] if lines else []


def _post_news(news: "PostNews") -> str:
    changed = f" ({', '.join(news.changed)})" if news.changed else ""
    return f"{news.id}  {news.title}{changed}".rstrip()


def _problem(problem: "Problem") -> str:
    return f"{problem.path}: {problem.reason}"


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
