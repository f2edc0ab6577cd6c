"""Snippets: where a hit matched, and the piece of its text that shows it."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
from index.schema.zones import Zone, zone_texts
from index.text.folding import fold, fold_with_offsets, raw_span
from searcher.patterns import ZonePatterns, best_patterns, weaker_patterns
from searcher.query.tree import Hashtag, Node, leaves
from searcher.results import Fragment

# Raw characters of a snippet, and of its text before the first match.
LENGTH = 150
LEAD = 30

_ZONE_NAMES = {
    Zone.TITLE: "title",
    Zone.OPENING: "title",
    Zone.BODY: "body",
    Zone.SUMMARY: "summary",
    Zone.QUOTED: "quoted",
    Zone.EARLIER: "earlier",
}
_PRESENT = [zone for zone in Zone if zone is not Zone.EARLIER]

# The names of the parts that matched, the snippet, and the name of its part.
Shown = tuple[tuple[str, ...], tuple[Fragment, ...], str]
# The different matches of each raw text of a zone.
_Matches = dict[tuple[Zone, str], set[str]]


class Highlighter:
    """The matches of a query in posts; `similar` returns the words that a fuzzy one stands for."""

    def __init__(self, node: Node, similar: Callable[[str], list[str]]) -> None:
        self._node = node
        self._hashtags = {hashtag_key(leaf.name) for leaf in leaves(node) if isinstance(leaf, Hashtag)}
        self._best_patterns = best_patterns(node, similar)

    def places(self, post: Post) -> dict[str, list[str]]:
        """Return the raw texts that matched, by the name of their part."""
        texts = _FoldedTexts(zone_texts(post))
        matches: _Matches = next(filter(None, (texts.find(patterns, Zone) for patterns in self._levels())), {})
        places: dict[str, list[str]] = {}
        for zone, text in matches:
            places.setdefault(_ZONE_NAMES[zone], []).append(text)
        if hashtags := [spelling for spelling in post.hashtags if hashtag_key(spelling) in self._hashtags]:
            places["hashtag"] = hashtags
        return places

    def show(self, post: Post) -> Shown:
        """Return the names of the parts that matched, in order of rank, the snippet, and the name of its part.

        Earlier saves are named only if nothing else matched. Where no text matched, as with a filter alone,
        the snippet is the opening of the post, and of no part.
        """
        zones = zone_texts(post)
        texts = _FoldedTexts(zones)
        hashtag = ("hashtag",) if self._hashtags & set(map(hashtag_key, post.hashtags)) else ()
        for patterns in self._levels():
            if matches := texts.find(patterns, _PRESENT) or texts.find(patterns, [Zone.EARLIER]):
                names, snippet, part = _show(zones, patterns, matches)
                return (*names, *hashtag), snippet, part
        return hashtag, _opening(zones), ""

    def _levels(self) -> Iterator[ZonePatterns]:
        yield self._best_patterns
        yield from weaker_patterns(self._node)


class _FoldedTexts:
    """The texts of a post, folded when they are first read."""

    def __init__(self, zones: dict[Zone, list[str]]) -> None:
        self._zones = zones
        self._folded: dict[Zone, list[str]] = {}

    def find(self, patterns: ZonePatterns, zones: Iterable[Zone]) -> _Matches:
        """Return the matches in the texts of `zones`."""
        matches: _Matches = {}
        for zone in zones:
            if (pattern := patterns[zone]) is None:
                continue
            for folded, raw in zip(self._fold(zone), self._zones[zone], strict=True):
                if found := {match[0] for match in _find_all(pattern, folded)}:
                    matches[zone, raw] = found
        return matches

    def _fold(self, zone: Zone) -> list[str]:
        if zone not in self._folded:
            self._folded[zone] = [fold(text.strip()) for text in self._zones[zone]]
        return self._folded[zone]


def _find_all(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield all matches, overlapping ones too."""
    at = 0
    while match := pattern.search(text, at):
        yield match
        at = match.start() + 1


def _show(zones: dict[Zone, list[str]], patterns: ZonePatterns, matches: _Matches) -> Shown:
    present = {zone for zone, _ in matches}
    names = tuple(name for zone, name in _ZONE_NAMES.items() if zone in present)
    # The title is shown anyway: a snippet comes from elsewhere if it can.
    shown = [key for key in matches if _ZONE_NAMES[key[0]] != "title"]
    if not shown:
        return names, _opening(zones), ""
    zone, text = max(shown, key=lambda key: (len(matches[key]), -list(Zone).index(key[0])))
    return names, _cut(patterns[zone], text), _ZONE_NAMES[zone]


def _cut(pattern: re.Pattern[str] | None, text: str) -> tuple[Fragment, ...]:
    assert pattern is not None
    folded, offsets = fold_with_offsets(text)
    spans = _merged(raw_span(offsets, *match.span()) for match in _find_all(pattern, folded))
    start = max(0, _densest(spans) - LEAD)
    end = min(len(text), start + LENGTH)
    start = max(0, min(start, end - LENGTH))
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    first, last = (inside[0][0], inside[-1][1]) if inside else (start, end)
    return tuple(_fragments(text, _word_start(text, start, first), _word_end(text, end, last), inside))


def _word_start(text: str, start: int, first: int) -> int:
    """Return where the first whole Latin word after `start` begins, but not beyond `first`."""
    at = start
    while 0 < at < first and _in_word(text, at):
        at += 1
    return at


def _word_end(text: str, end: int, last: int) -> int:
    """Return where the last whole Latin word before `end` ends, but not before `last`."""
    at = end
    while last < at < len(text) and _in_word(text, at):
        at -= 1
    return at


def _in_word(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return `spans` in order with those that touch as one."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _densest(spans: list[tuple[int, int]]) -> int:
    """Return the start of the match after which the most matches lie within one snippet."""
    starts = [start for start, _ in spans]
    reach = LENGTH - LEAD
    return max(starts, key=lambda start: bisect_left(starts, start + reach) - bisect_left(starts, start))


def _fragments(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> Iterator[Fragment]:
    at = start
    before = "…" if start else ""
    for first, last in spans:
        if first > at or before:
            yield Fragment(before + _one_line(text[at:first]))
            before = ""
        yield Fragment(_one_line(text[first:last]), matched=True)
        at = last
    rest = before + _one_line(text[at:end]) + ("…" if end < len(text) else "")
    if rest:
        yield Fragment(rest)


def _opening(zones: dict[Zone, list[str]]) -> tuple[Fragment, ...]:
    text = next(chain(zones[Zone.BODY], zones[Zone.SUMMARY], zones[Zone.QUOTED]), "")
    return tuple(_fragments(text, 0, _word_end(text, min(len(text), LENGTH), 0), []))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
