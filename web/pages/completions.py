"""The completions of the word before the cursor, as options for the search box."""

import re
from collections.abc import Iterator
from typing import assert_never

from flask import Response, request

from index.schema.fields import FIELDS
from index.text.folding import fold
from searcher.engine import Searcher
from searcher.query.fields import QUERY_FIELDS, SCOPES, QueryField, ValueKind
from searcher.request import SearchRequest
from web.http.parameters import number_parameter
from web.i18n.texts import Texts
from web.pages.layout import all_facets, make_layout, render_page, source_name

_LIMIT = 8
# Shorter prefixes complete to no field name: too many would match.
_MIN_FIELD_PREFIX = 2
_TIME_WORDS = {
    "zh": ("今天", "昨天", "本周", "上周", "本月", "上个月", "今年"),
    "en": ("today", "yesterday", "this-week"),
}
# A word begins after a space, a parenthesis or a minus; nothing is completed inside quotes.
_WORD = re.compile(r"[^\s()（）]*\Z")
_FIELD = re.compile(r"([A-Za-z]+)[:：](.*)", re.DOTALL)
_QUOTES = '"“”＂'


def show(searcher: Searcher) -> Response:
    """Show the completions of the query `q` at `cursor`."""
    layout = make_layout(SearchRequest())
    query = request.args.get("q", "")
    cursor = number_parameter("cursor", len(query))
    return render_page("completions.html", layout, completions=_complete(layout.text, searcher, query, cursor))


def _complete(text: Texts, searcher: Searcher, query: str, cursor: int) -> list[dict[str, object]]:
    """Return completions of the word before `cursor`: fields and their values, hashtags, words; also by pinyin.

    Each has the `query` and the `cursor` after choosing it.
    """
    before, after = query[:cursor], query[cursor:]
    if sum(before.count(quote) for quote in _QUOTES) % 2:
        return []
    match = _WORD.search(before)
    typed = (match[0] if match else "").lstrip("-－")
    if not typed:
        return []
    head = before[: len(before) - len(typed)]
    completions: dict[str, dict[str, object]] = {}
    for label, kind, count in _candidates(text, searcher, typed):
        if label != typed and label not in completions:
            start = f"{head}{label}" if label.endswith(":") else f"{head}{label} "
            completions[label] = {
                "label": label,
                "kind": text(f"kind_{kind}"),
                "count": f"{count:,}" if count else "",
                "query": start + after.lstrip(),
                "cursor": len(start),
            }
    return list(completions.values())[:_LIMIT]


# A label, its kind, and its count of posts, 0 if unknown.
_Candidate = tuple[str, str, int]


def _candidates(text: Texts, searcher: Searcher, typed: str) -> Iterator[_Candidate]:
    if (match := _FIELD.fullmatch(typed)) and match[1].lower() in QUERY_FIELDS:
        yield from _values(text, searcher, QUERY_FIELDS[match[1].lower()], match[2])
        return
    if len(typed) >= _MIN_FIELD_PREFIX:
        names = (name for name in QUERY_FIELDS if name.startswith(typed.lower()))
        yield from ((f"{name}:", f"field_{name}", 0) for name in names)
    for suggestion in searcher.suggest(typed, _LIMIT):
        yield suggestion.text, suggestion.kind, suggestion.count


def _values(text: Texts, searcher: Searcher, field: QueryField, typed: str) -> Iterator[_Candidate]:
    """Yield the values of `field` that begin with `typed`."""
    match field.kind:
        case ValueKind.HASHTAG:
            for hashtag in searcher.suggest(f"#{typed.lstrip('#＃')}", _LIMIT):
                yield hashtag.text, "hashtag", hashtag.count
        case ValueKind.KEYWORD:
            yield from _buckets(text, searcher, field.name, typed)
        case ValueKind.DATE | ValueKind.SCOPE:
            values = SCOPES if field.kind is ValueKind.SCOPE else _TIME_WORDS[text.language]
            yield from (
                (f"{field.name}:{value}", f"field_{field.name}", 0) for value in values if value.startswith(typed)
            )
        case ValueKind.TEXT | ValueKind.COUNT:
            return
        case _:
            assert_never(field.kind)


def _buckets(text: Texts, searcher: Searcher, field: str, typed: str) -> Iterator[_Candidate]:
    """Yield the values of a field that is a facet whose value or label begins with `typed`."""
    for bucket in all_facets(searcher).get(FIELDS[field].facet, ()):
        names = (bucket.value, bucket.label, source_name(text, bucket.value, bucket.label))
        if any(fold(name).startswith(fold(typed)) for name in names):
            yield f"{field}:{bucket.value}", f"field_{field}", bucket.count
