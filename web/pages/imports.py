"""The page of imports: the last updates of the index."""

from datetime import datetime

from flask import Response, url_for

from index.updates.report import POST_KINDS, PostNews, UpdateReport
from searcher.engine import Searcher
from searcher.request import SearchRequest
from web.i18n.texts import Texts
from web.pages.layout import Link, make_layout, render_page

_IMPORTS = 20
# Posts or files listed of each kind.
_LISTED = 20


def show(searcher: Searcher) -> Response:
    """Show the last updates, newest first."""
    layout = make_layout(SearchRequest())
    views = [_view(layout.text, report) for report in searcher.imports(_IMPORTS)]
    return render_page("imports.html", layout, imports=views)


def _view(text: Texts, report: UpdateReport) -> dict[str, object]:
    news = [_listing(text, report, kind) for kind in POST_KINDS if getattr(report, kind).count]
    done = text("list").join(str(listing["heading"]) for listing in news) or text("import_nothing")
    return {
        "finished": datetime.fromisoformat(report.finished) if report.finished else None,
        "summary": text("import_rebuilt", what=done) if report.rebuilt else done,
        "holds": text("import_holds", posts=f"{report.posts:,}", saves=f"{report.saves:,}"),
        "news": news,
        "problems": [_listing(text, report, kind) for kind in ("malformed", "unopened") if getattr(report, kind).count],
    }


def _listing(text: Texts, report: UpdateReport, kind: str) -> dict[str, object]:
    """Return the posts or unread files of one kind: the `first` ones, and a text on the others."""
    listing = getattr(report, kind)
    first = listing.first[:_LISTED]
    return {
        "heading": text(f"import_{kind}", n=f"{listing.count:,}"),
        "first": [_post(text, item, kind == "lost") if isinstance(item, PostNews) else item for item in first],
        "more": text("import_more", n=f"{listing.count - _LISTED:,}") if listing.count > _LISTED else "",
    }


def _post(text: Texts, news: PostNews, is_lost: bool) -> Link:
    title = news.title or news.url or news.id or text("untitled")
    parts = text("list").join(text(f"in_{part}") for part in news.changed)
    label = text("import_parts", title=title, parts=parts) if parts else title
    return Link(label, "" if is_lost else url_for("post", post_id=news.id))
