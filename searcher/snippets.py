"""Snippets: where a hit matched, and the piece of its text that shows it."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cache
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
_LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
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
        texts = zone_texts(post)
        folded = cache(_fold)
        matches = next(filter(None, (_find(texts, patterns, Zone, folded) for patterns in self._levels())), {})
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
        texts = zone_texts(post)
        folded = cache(_fold)
        hashtag = ("hashtag",) if self._hashtags & set(map(hashtag_key, post.hashtags)) else ()
        for patterns in self._levels():
            matches = _find(texts, patterns, _PRESENT, folded) or _find(texts, patterns, [Zone.EARLIER], folded)
            if matches:
                names, snippet, part = _show(texts, patterns, matches)
                return (*names, *hashtag), snippet, part
        return hashtag, _opening(texts), ""

    def _levels(self) -> Iterator[ZonePatterns]:
        yield self._best_patterns
        yield from weaker_patterns(self._node)


def _find(
    texts: dict[Zone, list[str]], patterns: ZonePatterns, zones: Iterable[Zone], folded: Callable[[str], str]
) -> _Matches:
    """Return the matches in those of `texts` that are in `zones`."""
    matches: _Matches = {}
    for zone in zones:
        if pattern := patterns[zone]:
            for text in texts[zone]:
                if found := {match[0] for match in _find_all(pattern, folded(text))}:
                    matches[zone, text] = found
    return matches


def _fold(text: str) -> str:
    return fold(text.strip())


def _find_all(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield all matches, overlapping ones too."""
    at = 0
    while match := pattern.search(text, at):
        yield match
        at = match.start() + 1


def _show(texts: dict[Zone, list[str]], patterns: ZonePatterns, matches: _Matches) -> Shown:
    present = {zone for zone, _ in matches}
    names = tuple(name for zone, name in _ZONE_NAMES.items() if zone in present)
    # The title is shown anyway: a snippet comes from elsewhere if it can.
    shown = [key for key in matches if _ZONE_NAMES[key[0]] != "title"]
    if not shown:
        return names, _opening(texts), ""
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
    # A Latin word that the start would cut is left out, but no match.
    if start and text[start - 1] in _LATIN:
        start = first - len(text[start:first].lstrip(_LATIN))
    return tuple(_fragments(text, start, _word_end(text, end, last), inside))


def _word_end(text: str, end: int, last: int) -> int:
    """Return where the last whole Latin word before `end` ends, but not before `last`."""
    return last + len(text[last:end].rstrip(_LATIN)) if end < len(text) and text[end] in _LATIN else end


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


def _opening(texts: dict[Zone, list[str]]) -> tuple[Fragment, ...]:
    text = next(chain(texts[Zone.BODY], texts[Zone.SUMMARY], texts[Zone.QUOTED]), "")
    return tuple(_fragments(text, 0, _word_end(text, min(len(text), LENGTH), 0), []))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
