"""What stands around every page, and the parts that several pages show."""

from dataclasses import dataclass
from datetime import datetime

from flask import Request

from index.archive.post import ARCHIVE_ZONE
from searcher.request import SearchRequest
from web.http.preferences import CHOICES, Preferences, preferences
from web.i18n.texts import LANGUAGE_NAMES, LANGUAGES, Texts
from web.pages import urls


@dataclass(frozen=True, slots=True)
class Link:
    """Is a link with its words; `selected` says that it stands for how things are."""

    label: str
    url: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Is a time as machines and as readers in the archive's zone take it."""

    iso: str
    shown: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Is the search form, with the filters it keeps, and links to other pages and other ways to show this one."""

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


def reader_language(http: Request) -> str:
    """Return the language the reader chose in this URL, chose before, or prefers."""
    return preferences(http).language


def make_frame(http: Request, request: SearchRequest) -> Frame:
    """Return the frame of the page that answers `http`; what is typed next keeps the filters of `request`."""
    chosen = preferences(http)
    text = Texts(chosen.language)
    params = list(http.args.items(multi=True))

    def choice(name: str, value: str, label: str, selected: bool = False) -> Link:
        return Link(label, urls.choice_url(http.path, params, name, value), selected)

    pictures = "off" if chosen.pictures else "on"
    return Frame(
        text=text,
        language=LANGUAGES[chosen.language],
        preferences=chosen,
        color_scheme="light dark" if chosen.theme == "auto" else chosen.theme,
        query=request.query,
        kept=urls.kept_params(request, "q", "hashtag_like"),
        pages=tuple(
            Link(text(f"nav_{name}"), urls.page_of(name), urls.page_of(name) == http.path)
            for name in ("statistics", "imports", "help")
        ),
        languages=tuple(choice("lang", code, name, code == chosen.language) for code, name in LANGUAGE_NAMES.items()),
        themes=tuple(choice("theme", name, text(f"theme_{name}"), name == chosen.theme) for name in CHOICES["theme"]),
        pictures=choice("pictures", pictures, text(f"pictures_{pictures}")),
    )


def make_moment(moment: datetime | None) -> Moment | None:
    """Return `moment` for a page, or None where it isn't known."""
    if moment is None:
        return None
    local = moment.astimezone(ARCHIVE_ZONE)
    return Moment(local.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M"))


def source_name(text: Texts, source: str, label: str = "") -> str:
    """Return what to call a source: a known one in the reader's language, another by its label or host."""
    key = f"source_{source}"
    return text(key) if text.has(key) else label or source
