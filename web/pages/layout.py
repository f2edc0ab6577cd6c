"""The layout around every page, and the parts that several pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, current_app, make_response, render_template, request, url_for

from index.archive.post import ARCHIVE_ZONE
from searcher.engine import Searcher
from searcher.request import DateUnit, SearchRequest
from searcher.results import Bucket
from web.http.preferences import CHOICES, Preferences, read_preferences, remember_preferences
from web.i18n.texts import LANGUAGE_NAMES, LANGUAGES, Texts
from web.pages import urls


@dataclass(frozen=True, slots=True)
class Link:
    """A link; a `selected` one stands for the present state."""

    label: str
    url: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in ISO format, and as shown, in the archive's zone."""

    iso: str
    shown: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The search form with the filters it keeps, the navigation, and the preferences."""

    text: Texts
    language: str
    preferences: Preferences
    color_scheme: str
    query: str
    kept: tuple[tuple[str, str], ...]
    pages: tuple[Link, ...]
    languages: tuple[Link, ...]
    themes: tuple[Link, ...]
    pictures: Link


def make_layout(asked: SearchRequest) -> Layout:
    """Return the layout of the page being answered; its search form keeps the filters of `asked`."""
    chosen = read_preferences(request)
    text = Texts(chosen.language)
    params = list(request.args.items(multi=True))

    def choice(name: str, value: str, label: str, selected: bool = False) -> Link:
        return Link(label, urls.preference_url(request.path, params, name, value), selected)

    pages = ((name, url_for(name)) for name in current_app.config["NAVIGATION"])
    pictures = "off" if chosen.pictures else "on"
    return Layout(
        text=text,
        language=LANGUAGES[chosen.language],
        preferences=chosen,
        color_scheme="light dark" if chosen.theme == "auto" else chosen.theme,
        query=asked.query,
        kept=urls.kept_params(asked, "q", "hashtag_like"),
        pages=tuple(Link(text(f"nav_{name}"), url, url == request.path) for name, url in pages),
        languages=tuple(choice("lang", code, name, code == chosen.language) for code, name in LANGUAGE_NAMES.items()),
        themes=tuple(choice("theme", name, text(f"theme_{name}"), name == chosen.theme) for name in CHOICES["theme"]),
        pictures=choice("pictures", pictures, text(f"pictures_{pictures}")),
    )


def render_page(template: str, layout: Layout, **values: object) -> Response:
    """Return the page that `template` makes of `values`."""
    response = make_response(render_template(template, layout=layout, text=layout.text, **values))
    response.headers["Content-Language"] = layout.language
    response.vary.update(("Accept-Language", "Cookie"))
    remember_preferences(request, response)
    return response


def all_facets(searcher: Searcher) -> Mapping[str, tuple[Bucket, ...]]:
    """Return the facets of all posts, dates by day."""
    return searcher.search(SearchRequest(page_size=1, date_by=DateUnit.DAY)).facets


def make_moment(moment: datetime | None) -> Moment | None:
    """Return `moment` for a page, None for an unknown one."""
    if moment is None:
        return None
    local = moment.astimezone(ARCHIVE_ZONE)
    return Moment(local.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M"))


def source_name(text: Texts, source: str, label: str = "") -> str:
    """Return the name of a source: translated if there is a translation, else its label or host."""
    key = f"source_{source}"
    return text(key) if text.has(key) else label or source
