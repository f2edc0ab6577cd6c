"""The help page: the query language by example, and the keyboard shortcuts."""

from collections.abc import Mapping

from flask import Response

from searcher.engine import Searcher
from searcher.request import SearchRequest
from searcher.results import Bucket
from web.pages.layout import all_facets, make_layout, render_page

_KEYS = (("/", "search"), ("j", "next"), ("k", "previous"), ("Enter", "open"), ("o", "original"), ("?", "help"))


def show(searcher: Searcher) -> Response:
    """Show the help; its examples use the most frequent values of this archive."""
    layout = make_layout(SearchRequest())
    return render_page("help.html", layout, examples=_examples(all_facets(searcher)), keys=_KEYS)


def _examples(facets: Mapping[str, tuple[Bucket, ...]]) -> dict[str, list[tuple[str, str]]]:
    """Return example queries by subject, each with the name of its meaning."""
    first, second = _most_frequent(facets, "hashtag", "大模型", "DeepSeek")
    source, other = _most_frequent(facets, "source", "weibo", "arxiv")
    (account,) = _most_frequent(facets, "account", "9900000002")
    day = max((bucket.value for bucket in facets.get("date", ())), default="2025-05-09")
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


def _most_frequent(facets: Mapping[str, tuple[Bucket, ...]], facet: str, *defaults: str) -> list[str]:
    """Return as many values as there are `defaults`: the most frequent ones that a query can hold unquoted."""
    values = [bucket.value for bucket in facets.get(facet, ()) if _is_plain(bucket.value)]
    return list(dict.fromkeys((*values, *defaults)))[: len(defaults)]


def _is_plain(value: str) -> bool:
    return value.replace(".", "").isalnum() and value not in ("AND", "OR", "NOT")
