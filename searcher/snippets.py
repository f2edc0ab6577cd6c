"""Where a hit matched, and the stretch of its text that shows it."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
from index.schema.zones import Zone, zone_texts
from index.text import tokenizer
from index.text.folding import fold, fold_with_offsets
from searcher.query.scopes import SCOPE_ZONES
from searcher.query.tree import And, Fuzzy, Hashtag, Node, Or, Phrase, Prefix, Scope, Terms, Wildcard
from searcher.results import Fragment

# Characters of a snippet, as they are in the post; and how many of them stand before the first match.
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
# What * stands for, as far as a word may go on.
_WORD_REST = r"[^\W_]{0,20}?"
_JOINT = r"[-._'’&/+ ]?"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = "(?<![a-z0-9])", "(?![a-z0-9])"

# Where a post matched, the snippet, and where that is from.
Shown = tuple[tuple[str, ...], tuple[Fragment, ...], str]
_Patterns = dict[Zone, re.Pattern[str] | None]
_Matches = dict[tuple[Zone, str], set[str]]


class Highlighter:
    """Finds in posts what the texts of a query look for; `similar` gives the words that one may be a slip of."""

    def __init__(self, node: Node, similar: Callable[[str], list[str]]) -> None:
        self._node = node
        self._topics = set(_topics(node))
        self._proper = _by_zone(_patterns(node, similar))

    @property
    def _levels(self) -> Iterator[_Patterns]:
        """Yield what is looked for, the best first: what comes later is shown only where nothing better is."""
        yield self._proper
        # What was found only inside other words: "ai" in "said".
        yield _by_zone((re.escape(text), scope) for text, scope in _texts(self._node))
        # Parts of what is taken whole where a post holds it, and of long runs their characters.
        for length in (2, 1):
            yield _by_zone(
                (re.escape(gram), scope)
                for text, scope in _texts(self._node)
                for gram in tokenizer.han_grams(text)
                if len(gram) == length
            )

    def places(self, post: Post) -> dict[str, list[str]]:
        """Return the raw texts that matched, by the name of the part they stand in."""
        texts = _FoldedTexts(zone_texts(post))
        matches: _Matches = next(filter(None, (texts.find(patterns, Zone) for patterns in self._levels)), {})
        places: dict[str, list[str]] = {}
        for zone, text in matches:
            places.setdefault(_ZONE_NAMES[zone], []).append(text)
        if under := [spelling for spelling in post.hashtags if hashtag_key(spelling) in self._topics]:
            places["hashtag"] = under
        return places

    def show(self, post: Post) -> Shown:
        """Return the names of the parts that matched, in order of rank, the snippet, and the name of its part.

        Earlier saves are named only if nothing else matched. Where no text matched, as with a filter alone,
        the snippet is the opening of the post, and of no part.
        """
        zones = zone_texts(post)
        texts = _FoldedTexts(zones)
        under = ("hashtag",) if self._topics & set(map(hashtag_key, post.hashtags)) else ()
        for patterns in self._levels:
            if matches := texts.find(patterns, _PRESENT) or texts.find(patterns, [Zone.EARLIER]):
                names, snippet, part = _show(zones, patterns, matches)
                return (*names, *under), snippet, part
        return under, _opening(zones), ""


def _by_zone(wanted: Iterable[tuple[str, Scope]]) -> _Patterns:
    """Return for each zone the pattern of all that is looked for there."""
    scopes = dict.fromkeys(wanted)
    return {zone: _compile([pattern for pattern, scope in scopes if _takes_in(scope, zone)]) for zone in Zone}


def _takes_in(scope: Scope, zone: Zone) -> bool:
    zones = SCOPE_ZONES[scope]
    return zones is None or zone in zones


def _compile(patterns: list[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds the longest at each place."""
    return re.compile("|".join(sorted(patterns, key=len, reverse=True))) if patterns else None


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield all matches, overlapping ones too."""
    at = 0
    while match := pattern.search(text, at):
        yield match
        at = match.start() + 1


class _FoldedTexts:
    """Holds the texts of a post, folded when they are first looked at."""

    def __init__(self, zones: dict[Zone, list[str]]) -> None:
        self._zones = zones
        self._folded: dict[Zone, list[str]] = {}

    def find(self, patterns: _Patterns, zones: Iterable[Zone]) -> _Matches:
        """Return the texts of `zones` that match, raw, and the different things found in each."""
        matches: _Matches = {}
        for zone in zones:
            if (pattern := patterns[zone]) is None:
                continue
            for folded, raw in zip(self._of(zone), self._zones[zone], strict=True):
                if found := {match[0] for match in _matches(pattern, folded)}:
                    matches[zone, raw] = found
        return matches

    def _of(self, zone: Zone) -> list[str]:
        if zone not in self._folded:
            self._folded[zone] = [fold(text.strip()) for text in self._zones[zone]]
        return self._folded[zone]


def _show(zones: dict[Zone, list[str]], patterns: _Patterns, matches: _Matches) -> Shown:
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
    spans = _merged(_raw_span(offsets, *match.span()) for match in _matches(pattern, folded))
    start = max(0, _densest(spans) - LEAD)
    end = min(len(text), start + LENGTH)
    start = max(0, min(start, end - LENGTH))
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    first, last = (inside[0][0], inside[-1][1]) if inside else (start, end)
    return tuple(_fragments(text, _word_start(text, start, first), _word_end(text, end, last), inside))


def _raw_span(offsets: list[int], start: int, end: int) -> tuple[int, int]:
    """Return where folded[start:end] stands in the raw text; part of a character's fold is all of the character."""
    last = offsets[end - 1]
    while offsets[end] <= last:
        end += 1
    return offsets[start], offsets[end]


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


def _patterns(node: Node, similar: Callable[[str], list[str]]) -> Iterator[tuple[str, Scope]]:
    """Yield regular expressions over folded text for what `node` asks to be there, and where."""
    match node:
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _patterns(child, similar)
        case Phrase(text=text, scope=scope):
            yield re.escape(fold(text)), scope
        case Prefix(text=text, scope=scope):
            folded = fold(text).strip()
            yield (_at_word_start(folded) if folded[0].isascii() else re.escape(folded)) + "[a-z0-9]*", scope
        case Wildcard(text=text, scope=scope):
            folded = fold(text).strip()
            first, *middle, last = map(re.escape, folded.split("*"))
            # What was found stays found: taking it back, again and again, could take forever.
            between = "".join(f"(?>{_WORD_REST}{part})" for part in middle)
            yield f"{_NO_LETTER_BEFORE}{first}{between}{_WORD_REST}{last}{_NO_LETTER_AFTER}", scope
            yield re.escape(folded), scope
        case Fuzzy(text=text, scope=scope):
            for token in similar(fold(text).strip()):
                yield f"{_at_word_start(token)}{_NO_LETTER_AFTER}", scope
        case Terms(text=text, scope=scope):
            for pattern in _word_patterns(fold(text).strip()):
                yield pattern, scope


def _texts(node: Node) -> Iterator[tuple[str, Scope]]:
    """Yield the unquoted texts of `node`, folded, which also match inside words."""
    match node:
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _texts(child)
        case Terms(text=text, scope=scope):
            yield fold(text).strip(), scope


def _topics(node: Node) -> Iterator[str]:
    """Yield the keys of the hashtags that `node` asks for."""
    match node:
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _topics(child)
        case Hashtag(name=name):
            yield hashtag_key(name)


def _word_patterns(folded: str) -> Iterator[str]:
    """Yield what makes a post a hit: the text as typed, its Latin words, and its clues of Han."""
    yield _bounded(folded)
    yield from map(_bounded, folded.split(" "))
    latin = list(tokenizer.latin_words(folded))
    for unit in latin:
        yield from _latin_patterns(unit)
    for one, other in pairwise(latin):  # "gpt 4o" is found in "gpt4o"
        yield f"{_at_word_start(one.text)}{_JOINT}{re.escape(other.text)}{_NO_LETTER_AFTER}"
    yield from map(re.escape, tokenizer.required_han_terms(folded))


def _bounded(text: str) -> str:
    """Return a pattern for `text` that doesn't begin or end within a Latin word."""
    begun = _at_word_start(text) if text[:1].isascii() and text[:1].isalnum() else re.escape(text)
    after = _NO_LETTER_AFTER if text[-1:].isascii() and text[-1:].isalnum() else ""
    return f"{begun}{after}"


def _at_word_start(text: str) -> str:
    """Return a pattern for `text` where no letter stands before it."""
    # The first letter goes first: texts are skipped through to it, several times as fast as looking behind each.
    first = re.escape(text[0])
    return f"{first}(?<![a-z0-9]{first}){re.escape(text[1:])}"


def _latin_patterns(unit: tokenizer.QueryWord) -> Iterator[str]:
    for tokens in unit.alternatives:
        joined = _JOINT.join((_at_word_start(tokens[0]), *map(re.escape, tokens[1:])))
        closing = "" if unit.text[-1] in "+#" else _NO_LETTER_AFTER
        yield f"{joined}{closing}"
