"""The layout around every page, and the parts that several pages share."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from flask import Response, make_response, render_template, request

from index.archive.post import ARCHIVE_ZONE
from searcher.engine import Searcher
from searcher.request import DateUnit, SearchRequest
from searcher.results import Bucket
from web.http.preferences import CHOICES, Preferences, read_preferences, remember_preferences
from web.i18n.texts import LANGUAGE_NAMES, LANGUAGES, Texts
from web.pages import urls


class Link(NamedTuple):
    """A link; a `selected` one stands for the present state."""

    label: str
    url: str
    selected: bool = False


class Layout(NamedTuple):
    """The search in the form of a page, and the reader's preferences and texts."""

    asked: SearchRequest
    preferences: Preferences
    text: Texts


def make_layout(asked: SearchRequest) -> Layout:
    """Return the layout of the page being answered; its search form keeps the filters of `asked`."""
    preferences = read_preferences(request)
    return Layout(asked, preferences, Texts(preferences.language))


def render_page(template: str, layout: Layout, **values: object) -> Response:
    """Return the page that `template` makes of `values`."""
    language = LANGUAGES[layout.preferences.language]
    page = render_template(
        template,
        layout=layout,
        text=layout.text,
        language=language,
        languages=LANGUAGE_NAMES,
        themes=CHOICES["theme"],
        urls=urls,
        **values,
    )
    response = make_response(page)
    response.headers["Content-Language"] = language
    response.vary.update(("Accept-Language", "Cookie"))
    remember_preferences(request, response)
    return response


def all_facets(searcher: Searcher) -> Mapping[str, tuple[Bucket, ...]]:
    """Return the facets of all posts, dates by day."""
    return searcher.search(SearchRequest(page_size=1, date_by=DateUnit.DAY)).facets


def local_time(moment: datetime) -> datetime:
    """Return `moment` in the archive's time zone."""
    return moment.astimezone(ARCHIVE_ZONE)


def source_name(text: Texts, source: str, label: str = "") -> str:
    """Return the name of a source: translated if there is a translation, else its label or host."""
    key = f"source_{source}"
    return text(key) if text.has(key) else label or source
