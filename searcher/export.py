"""Hits as Markdown to read, and as CSV for a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime

from index.archive.post import ARCHIVE_ZONE, Post
from searcher.results import Fragment, Hit

_CSV_COLUMNS = ("id", "url", "title", "source", "account", "published", "saves", "hashtags", "score")
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKUP = re.compile(r"[\\`*_\[\]<>&#|~]")
_NO_ADDRESS = re.compile(r"[\s<>]")


def markdown(query: str, hits: Iterable[Hit]) -> str:
    """Return the hits as a list under the query; markup in posts is escaped, and only web addresses are links."""
    lines = [f"# {_plain(query) or '*'}", ""]
    for hit in hits:
        lines += [f"- {_link(hit.post)} · {_plain(facts(hit.post, hit.hashtags))}", f"  {_snippet(hit.snippet)}"]
    return "\n".join(lines) + "\n"


def spreadsheet(hits: Iterable[Hit]) -> str:
    """Return the hits as CSV; an apostrophe precedes a text that a spreadsheet would take for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_CSV_COLUMNS)
    for hit in hits:
        fields = {**hit.as_json(), "hashtags": " ".join(f"#{name}#" for name in hit.hashtags)}
        writer.writerow([_cell(fields[name]) for name in _CSV_COLUMNS])
    return text.getvalue()


def facts(post: Post, hashtags: tuple[str, ...]) -> str:
    """Return the source, account, day, number of saves and hashtags of a post in a line."""
    names = " ".join(f"#{name}#" for name in hashtags)
    account = f"/{post.account}" if post.account else ""
    all_facts = [f"{post.source}{account}", day(post.published), count_noun(len(post.saves), "save"), names]
    return " · ".join(fact for fact in all_facts if fact)


def count_noun(count: int, noun: str) -> str:
    """Return `count` with `noun`, in the plural unless `count` is 1."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def day(moment: datetime | None) -> str:
    """Return the day of `moment` in the archive's time zone."""
    return moment.astimezone(ARCHIVE_ZONE).strftime("%Y-%m-%d") if moment else "no date"


def _link(post: Post) -> str:
    title = _plain(post.title) or _plain(post.id)
    if not post.url.startswith(("https://", "http://")) or _NO_ADDRESS.search(post.url):
        return f"{title} {_plain(post.url)}"
    return f"[{title}](<{post.url}>)"


def _snippet(fragments: tuple[Fragment, ...]) -> str:
    shown = "".join(
        f"**{_plain(fragment.text)}**" if fragment.matched and fragment.text.strip() else _plain(fragment.text)
        for fragment in fragments
    )
    return " ".join(shown.split())


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
