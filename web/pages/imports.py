"""The page of imports: the last updates of the index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response

from index.updates.report import POST_KINDS, PostNews, UpdateReport
from searcher.engine import Searcher
from searcher.request import SearchRequest
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.layout import Link, Moment, make_layout, make_moment, render_page

_IMPORTS = 20
# Posts or files listed of each kind.
_LISTED = 20


@dataclass(frozen=True, slots=True)
class NewsView:
    """The posts of one kind of change: the first ones, and a text on the rest."""

    heading: str
    posts: tuple[Link, ...]
    more: str


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """The unread files of one kind: the first ones with reasons, and a text on the rest."""

    heading: str
    files: tuple[tuple[str, str], ...]
    more: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """An update of the index."""

    finished: Moment | None
    summary: str
    holds: str
    news: tuple[NewsView, ...]
    problems: tuple[ProblemsView, ...]


def show(searcher: Searcher) -> Response:
    """Show the last updates, newest first."""
    layout = make_layout(SearchRequest())
    views = [_view(layout.text, report) for report in searcher.imports(_IMPORTS)]
    return render_page("imports.html", layout, imports=views)


def _view(text: Texts, report: UpdateReport) -> ImportView:
    news = tuple(_news(text, report))
    done = text("list").join(kind.heading for kind in news) or text("import_nothing")
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
            posts = tuple(_post(text, news, kind == "lost") for news in listing.first[:_LISTED])
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
            files = tuple((problem.path, problem.reason) for problem in listing.first[:_LISTED])
            yield ProblemsView(text(f"import_{kind}", n=f"{listing.count:,}"), files, _more(text, listing.count))


def _more(text: Texts, count: int) -> str:
    return text("import_more", n=f"{count - _LISTED:,}") if count > _LISTED else ""
