"""What stands around every page, and the parts that several pages show."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import Request

from index.post import ARCHIVE_ZONE
from searcher.request import SearchRequest
from web import links
from web.texts import LANGUAGE_NAMES, LANGUAGES, Texts


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
    """Is the search form, with the filters it keeps, and the links to other languages."""

    text: Texts
    language: str
    query: str
    kept: tuple[tuple[str, str], ...]
    languages: tuple[Link, ...]


def reader_language(http: Request) -> str:
    """Return the language the reader chose in this URL, chose before, or prefers."""
    first = next(iter(LANGUAGES))
    for chosen in (http.args.get("lang"), http.cookies.get("lang")):
        if chosen in LANGUAGES:
            return chosen
    return http.accept_languages.best_match(LANGUAGES, first) or first


def make_frame(http: Request, request: SearchRequest) -> Frame:
    """Return the frame of the page that answers `http`; what is typed next keeps the filters of `request`."""
    language = reader_language(http)
    params = list(http.args.items(multi=True))
    return Frame(
        text=Texts(language),
        language=LANGUAGES[language],
        query=request.query,
        kept=tuple(replace(request, query="", page=1).to_params()),
        languages=tuple(
            Link(name, links.language_url(http.path, params, code), code == language)
            for code, name in LANGUAGE_NAMES.items()
        ),
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
