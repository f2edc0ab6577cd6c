"""Texts of a terminal that several commands print; click drops the colours where there is no terminal."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import click

from index.archive.post import ARCHIVE_ZONE
from searcher.export import count_noun, facts
from searcher.results import Hit

if TYPE_CHECKING:
    from index.updates.report import Listing, PostNews, Problem, UpdateReport

T = TypeVar("T")
_MAX_LISTED = 20


def hit_list(hits: Iterable[Hit], first: int = 1) -> list[str]:
    """Return each hit as a few lines, numbered from `first`."""
    return [_hit(number, hit) for number, hit in enumerate(hits, first)]


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


def _hit(number: int, hit: Hit) -> str:
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
    return "\n".join(lines)


def _listing(heading: str, listing: "Listing[T]", as_line: Callable[[T], str]) -> list[str]:
    lines = [f"  {as_line(item)}" for item in listing.first[:_MAX_LISTED]]
    more = [f"  … and {listing.count - len(lines):,} more"] if listing.count > len(lines) else []
    return [heading, *lines, *more] if lines else []


def _post_news(news: "PostNews") -> str:
    changed = f" ({', '.join(news.changed)})" if news.changed else ""
    return f"{news.id}  {news.title}{changed}".rstrip()


def _problem(problem: "Problem") -> str:
    return f"{problem.path}: {problem.reason}"
