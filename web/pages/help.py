"""The query language as the pages tell it, each line with an example to click."""

from dataclasses import dataclass

from searcher.results import Results
from web.i18n.texts import Texts
from web.pages import urls

_KEYS = (("/", "search"), ("j", "next"), ("k", "previous"), ("Enter", "open"), ("o", "original"), ("?", "help"))


@dataclass(frozen=True, slots=True)
class Example:
    """Is a query, where it leads, and what it finds."""

    query: str
    url: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ExampleGroup:
    """Is the examples of one subject."""

    heading: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class HelpView:
    """Is the query language, and the keys, each with what it does."""

    groups: tuple[ExampleGroup, ...]
    keys: tuple[tuple[str, str], ...]


def make_help(text: Texts, everything: Results) -> HelpView:
    """Return the help; its examples are of the hashtags, accounts and months that `everything` has most of."""
    return HelpView(
        groups=tuple(
            ExampleGroup(
                text(f"syntax_{subject}"),
                tuple(Example(query, urls.query_url(query), text(f"syntax_{meaning}")) for query, meaning in examples),
            )
            for subject, examples in _examples(everything).items()
        ),
        keys=tuple((key, text(f"key_{name}")) for key, name in _KEYS),
    )


def _examples(everything: Results) -> dict[str, list[tuple[str, str]]]:
    first, second = _commonest(everything, "hashtag", "大模型", "DeepSeek")
    source, other = _commonest(everything, "source", "weibo", "arxiv")
    (account,) = _commonest(everything, "account", "9900000002")
    day = max((bucket.value for bucket in everything.facets.get("date", ())), default="2025-05-09")
    return {
        "text": [
            (f"{first} {second}", "words"),
            (f'"{first}"', "exact"),
            (f"{first} -{second}", "without"),
            (f"{first} OR {second}", "either"),
            (f"({first} OR {second}) -source:{other}", "brackets"),
            (f"{first[:2]}*", "prefix"),
            ("modle~", "similar"),
        ],
        "hashtags": [(f"#{first}#", "hashtag"), (f"#{first}# #{second}#", "hashtags_both")],
        "parts": [
            (f"title:{first}", "title"),
            (f"original:{first}", "original"),
            (f"summary:{first}", "summary"),
        ],
        "origin": [(f"source:{source}", "source"), (f"account:{account}", "account"), ("saves:>1", "saves")],
        "times": [
            (f"date:{day[:7]}", "date"),
            (f"date:{day[:7]}-01..{day}", "range"),
            (f"since:{day[:4]}", "since"),
            ("date:7d", "days"),
            (f"saved:{day[:7]}", "saved"),
        ],
    }


def _commonest(everything: Results, facet: str, *otherwise: str) -> list[str]:
    """Return the values of `facet` that most posts have and a query can hold as they are, else those given."""
    values = [bucket.value for bucket in everything.facets.get(facet, ()) if _is_plain(bucket.value)]
    return list(dict.fromkeys((*values, *otherwise)))[: len(otherwise)]


def _is_plain(value: str) -> bool:
    return value.replace(".", "").isalnum() and value not in ("AND", "OR", "NOT")
