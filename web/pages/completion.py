"""A query and where the cursor is in it → what could stand there instead of what is being typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.schema.fields import FACETS
from index.text.folding import fold
from searcher.engine import Searcher
from searcher.request import SearchRequest
from web.i18n.texts import Texts
from web.pages.layout import source_name

LIMIT = 8
# Fewer letters could begin anything.
_LEAST_OF_FIELD = 2
_FIELDS = (
    "source",
    "site",
    "account",
    "type",
    "hashtag",
    "title",
    "original",
    "summary",
    "in",
    "date",
    "since",
    "until",
)
_COUNTED = [field.facet for field in FACETS.values() if field.in_queries]
_TIMES = ("date", "since", "until")
_TIME_WORDS = {
    "zh": ("今天", "昨天", "本周", "上周", "本月", "上个月", "今年"),
    "en": ("today", "yesterday", "this-week"),
}
_SCOPES = ("title", "original", "summary")
# A word begins behind a blank, a bracket or a minus; behind an open quote nothing is completed.
_WORD = re.compile(r"[^\s()（）]*\Z")
_FIELD = re.compile(r"([A-Za-z]+)[:：](.*)", re.DOTALL)
_QUOTES = '"“”＂'


@dataclass(frozen=True, slots=True)
class Completion:
    """Is one choice: what it is called, of which kind, how many posts it finds, and the query and cursor it makes."""

    label: str
    kind: str
    count: str
    query: str
    cursor: int


def complete(text: Texts, searcher: Searcher, query: str, cursor: int) -> tuple[Completion, ...]:
    """Return what completes the word before `cursor`: fields and their values, hashtags, and words, by pinyin too."""
    before, after = query[:cursor], query[cursor:]
    if sum(before.count(quote) for quote in _QUOTES) % 2:
        return ()
    match = _WORD.search(before)
    typed = (match[0] if match else "").lstrip("-－")
    if not typed:
        return ()
    head = before[: len(before) - len(typed)]
    found: dict[str, Completion] = {}
    for label, kind, count in _choices(text, searcher, typed):
        done = label if label.endswith(":") else f"{label} "
        if label != typed and label not in found:
            words = text(f"kind_{kind}")
            shown = f"{count:,}" if count else ""
            found[label] = Completion(label, words, shown, head + done + after.lstrip(), len(head + done))
    return tuple(found.values())[:LIMIT]


_Choice = tuple[str, str, int]


def _choices(text: Texts, searcher: Searcher, typed: str) -> Iterator[_Choice]:
    """Yield what could stand instead of `typed`, its kind, and how many posts it finds, 0 if that isn't known."""
    if (match := _FIELD.fullmatch(typed)) and match[1].lower() in _FIELDS:
        yield from _values(text, searcher, match[1].lower(), match[2])
        return
    if len(typed) >= _LEAST_OF_FIELD:
        begun = (name for name in _FIELDS if name.startswith(typed.lower()))
        yield from ((f"{name}:", f"field_{name}", 0) for name in begun)
    for suggestion in searcher.suggest(typed, LIMIT):
        yield suggestion.text, suggestion.kind, suggestion.count


def _values(text: Texts, searcher: Searcher, field: str, typed: str) -> Iterator[_Choice]:
    """Yield the values of a field that begin with `typed`."""
    if field == "hashtag":
        hashtags = searcher.suggest(f"#{typed.lstrip('#＃')}", LIMIT)
        yield from ((hashtag.text, "hashtag", hashtag.count) for hashtag in hashtags)
    elif field in _COUNTED:
        yield from _buckets(text, searcher, field, typed)
    elif field in (*_TIMES, "in"):
        values = _SCOPES if field == "in" else _TIME_WORDS[text.language]
        yield from ((f"{field}:{value}", f"field_{field}", 0) for value in values if value.startswith(typed))


def _buckets(text: Texts, searcher: Searcher, field: str, typed: str) -> Iterator[_Choice]:
    """Yield the sources or accounts whose value or name begins with `typed`."""
    for bucket in searcher.search(SearchRequest(page_size=1)).facets.get(field, ()):
        names = (bucket.value, bucket.label, source_name(text, bucket.value, bucket.label))
        if any(fold(name).startswith(fold(typed)) for name in names):
            yield f"{field}:{bucket.value}", f"field_{field}", bucket.count
