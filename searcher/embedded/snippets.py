"""Where a hit matched, and the stretch of its text that shows it."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from index import analyzer
from index.folding import fold, fold_with_offsets
from index.post import Post
from index.schema import Zone, zone_texts
from searcher.embedded.scopes import SCOPE_ZONES
from searcher.query import And, Literal, Node, Or, Prefix, Scope, Similar, Words
from searcher.results import Fragment

# Characters of a snippet, as they are in the post; and how many of them stand before the first match.
LENGTH = 150
LEAD = 30

_ZONE_NAMES = {
    Zone.TITLE: "title",
    Zone.BODY: "body",
    Zone.QUOTED: "quoted",
    Zone.SUMMARY: "summary",
    Zone.EARLIER: "earlier",
}
_JOINT = r"[-._'’&/+ ]?"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W_])", r"(?![^\W_])"


class Highlighter:
    """Finds in posts what the texts of a query look for; `similar` gives the words that one may be a slip of."""

    def __init__(self, node: Node, similar: Callable[[str], list[str]]) -> None:
        wanted = dict.fromkeys(_patterns(node, similar))
        self._patterns = {zone: _compile([p for p, scope in wanted if zone in SCOPE_ZONES[scope]]) for zone in Zone}

    def show(self, post: Post) -> tuple[tuple[str, ...], tuple[Fragment, ...]]:
        """Return the names of the parts that matched, in order of rank, and the snippet.

        Earlier saves are named only if nothing else matched. Where no text matched, as with a filter alone,
        the snippet is the opening of the post.
        """
        zones = zone_texts(post)
        matches = {
            (zone, text): found
            for zone, texts in zones.items()
            for text in texts
            if (found := _find(self._patterns[zone], fold(text)))
        }
        present = {zone for zone, _ in matches}
        present = present - {Zone.EARLIER} or present
        names = tuple(_ZONE_NAMES[zone] for zone in Zone if zone in present)
        # The title is shown anyway: a snippet comes from elsewhere if it can.
        shown = [key for key in matches if key[0] is not Zone.TITLE and key[0] in present]
        if not shown:
            return names, _opening(zones)
        zone, text = max(shown, key=lambda key: (len(matches[key]), -list(Zone).index(key[0])))
        return names, _cut(self._patterns[zone], text)


def _compile(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(sorted(patterns, key=len, reverse=True))) if patterns else None


def _find(pattern: re.Pattern[str] | None, folded: str) -> set[str]:
    return {match[0] for match in pattern.finditer(folded)} if pattern else set()


def _cut(pattern: re.Pattern[str] | None, text: str) -> tuple[Fragment, ...]:
    assert pattern is not None
    folded, offsets = fold_with_offsets(text)
    spans = _merged((offsets[m.start()], offsets[m.end()]) for m in pattern.finditer(folded) if m[0])
    start = max(0, _densest(spans) - LEAD)
    end = min(len(text), start + LENGTH)
    start = max(0, min(start, end - LENGTH))
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    return tuple(_fragments(text, start, end, inside))


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
    return max(starts, key=lambda start: sum(start <= other < start + LENGTH - LEAD for other in starts))


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
    return tuple(_fragments(text, 0, min(len(text), LENGTH), []))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _patterns(node: Node, similar: Callable[[str], list[str]]) -> Iterator[tuple[str, Scope]]:
    """Yield regular expressions over folded text for what `node` asks to be there, and where."""
    match node:
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _patterns(child, similar)
        case Literal(text=text, scope=scope):
            yield re.escape(fold(text)), scope
        case Prefix(text=text, scope=scope):
            folded = fold(text).strip()
            yield (_NO_LETTER_BEFORE if folded[0].isascii() else "") + re.escape(folded) + "[a-z0-9]*", scope
        case Similar(text=text, scope=scope):
            for token in similar(fold(text).strip()):
                yield f"{_NO_LETTER_BEFORE}{re.escape(token)}{_NO_LETTER_AFTER}", scope
        case Words(text=text, scope=scope):
            for pattern in _word_patterns(fold(text).strip()):
                yield pattern, scope


def _word_patterns(folded: str) -> Iterator[str]:
    yield re.escape(folded)
    units = list(analyzer.units(folded))
    # Single characters of a longer query are jieba's leftovers, not what was asked for.
    only_characters = all(len(unit.text) == 1 for unit in units)
    for unit in units:
        if unit.alternatives:
            yield from _latin_patterns(unit)
        elif len(unit.text) > 1 or only_characters:
            yield re.escape(unit.text)
    for typed in folded.split(" "):
        if len(typed) > 1 and not typed.isascii():
            yield re.escape(typed)


def _latin_patterns(unit: analyzer.Unit) -> Iterator[str]:
    for tokens in unit.alternatives:
        joined = _JOINT.join(map(re.escape, tokens))
        closing = "" if unit.text[-1] in "+#" else _NO_LETTER_AFTER
        yield f"{_NO_LETTER_BEFORE}{joined}{closing}"
