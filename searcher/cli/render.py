"""Results, posts and reports as a terminal shows them; colour is dropped by click where there is no terminal."""

import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from index.archive.post import ARCHIVE_ZONE, Post, Save
from index.errors import how_to_rebuild, index_command
from index.opensearch.address import shown
from searcher.export import day, facts, many, markdown, spreadsheet
from searcher.results import Bucket, Hit, Results, Stats, Suggestion

if TYPE_CHECKING:
    from index.updates.check import CheckReport
    from index.updates.report import Listing, PostNews, Problem, Progress, UpdateReport

Listed = TypeVar("Listed")
_BAR_WIDTH = 24
_FACET_LINES = 10
_LISTED = 20
# Seconds between what a line of progress shows.
_REFRESHED = 0.1


def results(found: Results, facets: bool) -> str:
    """Return a page of hits, numbered through the pages, and the facets if wanted."""
    first = (found.page - 1) * found.page_size + 1
    blocks = [_hit(number, hit) for number, hit in enumerate(found.hits, first)]
    blocks.append(_footing(found, first))
    if found.did_you_mean:
        blocks.append(f"Did you mean {click.style(found.did_you_mean, bold=True)}?")
    if facets:
        blocks += [_facet(name, buckets) for name, buckets in found.facets.items() if buckets]
    return "\n\n".join(blocks)


def settings(file: Path, told: list[tuple[str, object, str, str]]) -> str:
    """Return every setting: its key, its value, where that comes from, and the variable that would set it."""
    head = f"Configuration file: {file}{'' if file.exists() else ' (there is none)'}"
    rows = [(key, _value(value), source, f"or {variable}") for key, value, variable, source in told]
    widths = [max(_width(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)) for row in rows
    ]
    return "\n".join([head, "", *(f"{line}  {row[3]}" for line, row in zip(lines, rows, strict=True))])


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return str(value).lower()
    return "-" if value in (None, "") else str(value)


def related(hits: tuple[Hit, ...]) -> str:
    """Return the posts related to one, under a heading."""
    shown = "\n\n".join(_hit(number, hit) for number, hit in enumerate(hits, 1))
    return _titled("Related posts", shown or "There are none.")


def post(shown: Post, hashtags: tuple[str, ...]) -> str:
    """Return a post in full with every save, the latest first."""
    content = shown.latest.content
    saves = "\n\n".join(_save(save) for save in reversed(shown.saves))
    blocks = [
        f"{click.style(shown.title, bold=True)}\n{shown.url}\n{facts(shown, hashtags)}",
        content.text,
        _titled("Quoted", content.quoted),
        _titled("AI summary", shown.summary),
        *(_titled(section.heading or "Further text", section.text) for section in shown.latest.sections),
        _titled("Links", "\n".join(f"{link.text or link.url}  {link.url}" for link in content.links)),
        _titled("Images", "\n".join(content.images)),
        _titled("Videos", "\n".join(content.videos)),
        _titled(many(len(shown.saves), "save"), saves),
    ]
    return "\n\n".join(block for block in blocks if block)


def suggestions(found: tuple[Suggestion, ...]) -> str:
    """Return suggestions, each a line with how many posts hold it."""
    return "\n".join(f"{one.text}  {one.count:,}" for one in found) or "Nothing found."


def stats(figures: Stats, location: str | Path) -> str:
    """Return what an index holds, a line each."""
    sources = ", ".join(f"{name} {count:,}" for name, count in figures.sources.items())
    lines = [
        f"Index      {location}",
        f"Posts      {figures.posts:,} ({sources})",
        f"Saves      {figures.saves:,}",
        f"Hashtags   {figures.hashtags:,}",
        f"Published  {day(figures.first_published)} to {day(figures.last_published)}",
        f"Matched    its archives as of {_clock(datetime.fromisoformat(figures.updated))}",
        *(f"Archive    {archive}" for archive in figures.archives),
    ]
    return "\n".join(lines)


def report(done: "UpdateReport") -> str:
    """Return what an update did, in sentences that name every file it could not use."""
    parts = ", ".join(f"{count:,} {part}" for part, count in done.changed_parts.items() if count)
    what = (
        f"{many(done.added.count, 'post')} added, {done.resaved.count:,} saved again, {done.changed.count:,} changed"
        f"{f' ({parts})' if parts else ''}, {done.moved.count:,} moved, {done.lost.count:,} lost"
    )
    lines = ["Nothing has changed." if done.unchanged else f"{'Rebuilt' if done.rebuilt else 'Updated'}: {what}."]
    lines.append(
        f"The index holds {many(done.saves, 'save')} of {many(done.posts, 'post')}; "
        f"{many(done.unreadable, 'unreadable file')}; "
        f"{many(done.not_posts.count, 'file')} that {'is' if done.not_posts.count == 1 else 'are'} not a post."
    )
    for heading, posts in (
        ("Added:", done.added),
        ("Saved again, unchanged:", done.resaved),
        ("Changed:", done.changed),
        ("Moved, or with fewer saves:", done.moved),
        ("Lost:", done.lost),
    ):
        lines += _listing(heading, posts, _news)
    lines += _listing("Not posts:", done.not_posts, str)
    lines += _listing("Could not be read as posts:", done.malformed, _problem)
    lines += _listing("Could not be opened (what the index holds of them stays):", done.unopened, _problem)
    return "\n".join(lines)


def check(found: "CheckReport", location: str | Path) -> str:
    """Return what a check found, in sentences that name all that is damaged."""
    where = shown(location)
    lines = [f"{problem.path}: {problem.reason}" for problem in found.damaged]
    if found.is_whole:
        # The files of a cluster are its own.
        read = f"{many(found.files, 'file')} of {found.bytes / 2**20:,.1f} MB, " if found.files else ""
        lines.append(
            f"The index at {where} is whole: {read}{many(found.saves, 'save')} of {many(found.posts, 'post')}."
        )
    else:
        lines.append(f"The index at {where} is damaged. {how_to_rebuild(where)}")
    if found.behind:
        changed = many(found.behind, "file")
        lines.append(f"Its archives have changed in {changed} since: run {index_command(where)}.")
    return "\n".join(lines)


def document(found: Results, form: str) -> str:
    """Return the hits as `markdown` or `csv`."""
    return spreadsheet(found.hits) if form == "csv" else markdown(found.query, found.hits)


def pointer(query: str, start: int, end: int) -> str:
    """Return the query, cut around its wrong stretch, with that stretch underlined."""
    first, last = max(0, start - 30), min(len(query), end + 30, start + 60)
    shown = query[first:last].replace("\n", " ").replace("\t", " ")
    marks = "^" * max(1, _width(query[start : min(end, last)]))
    return f"  {shown}\n  {' ' * _width(query[first:start])}{marks}"


@contextmanager
def progress(stream: TextIO) -> Iterator["Progress | None"]:
    """Give a callback that shows how a long work gets on; None where `stream` is no terminal."""
    if not stream.isatty():
        yield None
        return
    yield _ProgressLine(stream).show
    click.echo("\r\x1b[K", file=stream, nl=False)


class _ProgressLine:
    """Is a line of a terminal that says what is being done, how far it is, how fast, and how much time is left."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._phase: tuple[str, int] | None = None
        self._began = self._shown = 0.0
        self._first = 0

    def show(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if (step, total) != self._phase:
            self._phase, self._began, self._first = (step, total), now, done
        elif now - self._shown < _REFRESHED and done != total:
            return
        self._shown = now
        text = f"{step.capitalize()} {done:,}" if done else step.capitalize()
        if total:
            text += f" of {total:,}"
        if done > self._first:
            rate = (done - self._first) / (now - self._began)
            left = f" · {_duration((total - done) / rate)} left" if total else ""
            text += f" · {rate:,.0f}/s{left}"
        click.echo(f"\r\x1b[K{text}", file=self._stream, nl=False)


def _duration(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _hit(number: int, hit: Hit) -> str:
    shown = hit.post
    lines = [
        f"{number:>3}. {click.style(shown.title or shown.url, bold=True)}",
        f"     {facts(shown, hit.hashtags)}",
        f"     {click.style(shown.id, fg='cyan')}  {shown.url}",
    ]
    if snippet := "".join(_fragment(fragment.text, fragment.matched) for fragment in hit.snippet):
        lines.append(f"     {snippet}")
    return "\n".join(lines)


def _fragment(text: str, matched: bool) -> str:
    return click.style(text, fg="yellow", bold=True) if matched else text


def _footing(found: Results, first: int) -> str:
    if not found.total:
        return "Nothing found."
    if not found.hits:
        return f"{many(found.total, 'post')} found; page {found.page} is beyond the last, {found.pages}."
    shown = f"{first}–{first + len(found.hits) - 1} of {many(found.total, 'post')}"
    return f"{shown} · page {found.page} of {found.pages} · {found.took_ms:.0f} ms"


def _facet(name: str, buckets: tuple[Bucket, ...]) -> str:
    most = max(bucket.count for bucket in buckets) or 1
    lines = [_bar(bucket, most) for bucket in buckets[:_FACET_LINES]]
    more = [f"    … {len(buckets) - _FACET_LINES} more"] if len(buckets) > _FACET_LINES else []
    return "\n".join([click.style(name, bold=True), *lines, *more])


def _bar(bucket: Bucket, most: int) -> str:
    bar = "█" * round(_BAR_WIDTH * bucket.count / most)
    return f"  {'*' if bucket.selected else ' '} {bucket.count:>6,} {bar:<{_BAR_WIDTH}} {bucket.label}"


def _save(save: Save) -> str:
    lines = [f"{_clock(save.saved)}  {save.path}", f"  {save.title}", f"  {save.summary}" if save.summary else ""]
    lines += [f"  {text}" for text in save.other_side]
    return "\n".join(line for line in lines if line)


def _titled(title: str, text: str) -> str:
    return f"{click.style(title, bold=True)}\n{text}" if text else ""


def _listing(heading: str, listing: "Listing[Listed]", shown: Callable[[Listed], str]) -> list[str]:
    lines = [f"  {shown(one)}" for one in listing.first[:_LISTED]]
    more = [f"  … and {listing.count - len(lines):,} more"] if listing.count > len(lines) else []
    return [heading, *lines, *more] if lines else []


def _news(news: "PostNews") -> str:
    changed = f" ({', '.join(news.changed)})" if news.changed else ""
    return f"{news.id}  {news.title}{changed}".rstrip()


def _problem(problem: "Problem") -> str:
    return f"{problem.path}: {problem.reason}"


def _clock(moment: datetime | None) -> str:
    return moment.astimezone(ARCHIVE_ZONE).strftime("%Y-%m-%d %H:%M") if moment else "no time"


def _width(text: str) -> int:
    """Return the columns that `text` takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
