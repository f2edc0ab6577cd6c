"""Reports of updates → what the page of imports tells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from index.updates.report import POST_KINDS, PostNews, UpdateReport
from searcher.request import SearchRequest
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.layout import Link, Moment, make_moment

IMPORTS = 20
# Posts or files named of a kind; a report of many would fill a book.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class NewsView:
    """Is what became of posts of one kind: how many, the first of them, and how many more there are."""

    heading: str
    posts: tuple[Link, ...]
    more: str


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """Is the files of one kind that were passed over, each with why."""

    heading: str
    files: tuple[tuple[str, str], ...]
    more: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """Is one update: when it ended, what it did in a sentence, and what it could not read."""

    finished: Moment | None
    summary: str
    holds: str
    news: tuple[NewsView, ...]
    problems: tuple[ProblemsView, ...]


def make_imports(text: Texts, reports: Iterable[UpdateReport]) -> tuple[ImportView, ...]:
    """Return the updates, the newest first."""
    return tuple(_import(text, report) for report in reports)


def _import(text: Texts, report: UpdateReport) -> ImportView:
    news = tuple(_news(text, report))
    done = text("list").join(one.heading for one in news) or text("import_nothing")
    return ImportView(
        finished=make_moment(datetime.fromisoformat(report.finished)) if report.finished else None,
        summary=text("import_rebuilt", what=done) if report.rebuilt else done,
        holds=text("import_holds", posts=f"{report.posts:,}", saves=f"{report.saves:,}"),
        news=news,
        problems=tuple(_problems(text, report)),
    )


def _news(text: Texts, report: UpdateReport) -> Iterator[NewsView]:
    for kind in POST_KINDS:
        listing = getattr(report, kind)
        if listing.count:
            posts = tuple(_post(text, news, kind == "lost") for news in listing.first[:_NAMED])
            yield NewsView(text(f"import_{kind}", n=f"{listing.count:,}"), posts, _more(text, listing.count))


def _post(text: Texts, news: PostNews, is_lost: bool) -> Link:
    title = news.title or news.url or news.id or text("untitled")
    parts = text("list").join(text(f"in_{part}") for part in news.changed)
    label = text("import_parts", title=title, parts=parts) if parts else title
    return Link(label, "" if is_lost else urls.post_url(news.id, SearchRequest()))


def _problems(text: Texts, report: UpdateReport) -> Iterator[ProblemsView]:
    for kind in ("malformed", "unopened"):
        listing = getattr(report, kind)
        if listing.count:
            files = tuple((problem.path, problem.reason) for problem in listing.first[:_NAMED])
            yield ProblemsView(text(f"import_{kind}", n=f"{listing.count:,}"), files, _more(text, listing.count))


def _more(text: Texts, count: int) -> str:
    return text("import_more", n=f"{count - _NAMED:,}") if count > _NAMED else ""
