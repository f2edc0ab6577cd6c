"""Patterns of a query: regular expressions that find in folded text what the query looks for."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import assert_never

from index.schema.zones import Zone
from index.text import tokenizer
from index.text.folding import fold
from searcher.query.tree import Fuzzy, Node, Phrase, Prefix, Scope, Terms, Text, TextNode, Wildcard, leaves

# One pattern for each zone, None where nothing is looked for.
ZonePatterns = dict[Zone, re.Pattern[str] | None]

# The rest of a word for a *, within reason.
_WORD_REST = r"[^\W_]{0,20}?"
# Between the parts of one Latin word: "gpt 4o", "gpt-4o".
_JOINT = r"[-._'’&/+ ]?"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = "(?<![a-z0-9])", "(?![a-z0-9])"


def best_patterns(node: Node, similar: Callable[[str], list[str]]) -> ZonePatterns:
    """Return the patterns of `node`; `similar` returns the words that a fuzzy one stands for."""
    texts = (leaf for leaf in leaves(node) if isinstance(leaf, TextNode))
    return _by_zone((pattern, leaf.scope) for leaf in texts for pattern in _patterns(leaf, similar))


def weaker_patterns(node: Node) -> Iterator[ZonePatterns]:
    """Yield patterns for posts in which the best ones find nothing, the stronger first."""
    unquoted = [(fold(leaf.text).strip(), leaf.scope) for leaf in leaves(node) if isinstance(leaf, Terms)]
    # Inside other words: "ai" in "said".
    yield _by_zone((re.escape(text), scope) for text, scope in unquoted)
    # Pairs of Han characters, then single ones.
    for length in (2, 1):
        yield _by_zone(
            (re.escape(gram), scope)
            for text, scope in unquoted
            for gram in tokenizer.han_grams(text)
            if len(gram) == length
        )


def _by_zone(wanted: Iterable[tuple[str, Scope]]) -> ZonePatterns:
    scopes = dict.fromkeys(wanted)
    return {
        zone: _compile([pattern for pattern, scope in scopes if scope.zones is None or zone in scope.zones])
        for zone in Zone
    }


def _compile(patterns: list[str]) -> re.Pattern[str] | None:
    """Return one pattern of all; of those that match at one place, the longest wins."""
    return re.compile("|".join(sorted(patterns, key=len, reverse=True))) if patterns else None


def _patterns(node: Text, similar: Callable[[str], list[str]]) -> Iterator[str]:
    folded = fold(node.text).strip()
    match node:
        case Phrase():
            yield re.escape(fold(node.text))
        case Prefix():
            yield (_at_word_start(folded) if folded[0].isascii() else re.escape(folded)) + "[a-z0-9]*"
        case Wildcard():
            first, *middle, last = map(re.escape, folded.split("*"))
            # Atomic groups: to give characters back and try again could take forever.
            between = "".join(f"(?>{_WORD_REST}{part})" for part in middle)
            yield f"{_NO_LETTER_BEFORE}{first}{between}{_WORD_REST}{last}{_NO_LETTER_AFTER}"
            yield re.escape(folded)
        case Fuzzy():
            yield from (f"{_at_word_start(word)}{_NO_LETTER_AFTER}" for word in similar(folded))
        case Terms():
            yield from _term_patterns(folded)
        case _:
            assert_never(node)


def _term_patterns(folded: str) -> Iterator[str]:
    """Yield the patterns of what makes a post a hit: the text as typed, its Latin words, its required terms of Han."""
    yield _bounded(folded)
    yield from map(_bounded, folded.split(" "))
    latin = list(tokenizer.latin_words(folded))
    for word in latin:
        yield from _latin_patterns(word)
    for word, following in pairwise(latin):  # "gpt 4o" is found in "gpt4o"
        yield f"{_at_word_start(word.text)}{_JOINT}{re.escape(following.text)}{_NO_LETTER_AFTER}"
    yield from map(re.escape, tokenizer.required_han_terms(folded))


def _latin_patterns(word: tokenizer.QueryWord) -> Iterator[str]:
    for tokens in word.alternatives:
        joined = _JOINT.join((_at_word_start(tokens[0]), *map(re.escape, tokens[1:])))
        yield joined if word.text[-1] in "+#" else f"{joined}{_NO_LETTER_AFTER}"


def _bounded(text: str) -> str:
    """Return a pattern for `text` that doesn't begin or end within a Latin word."""
    begun = _at_word_start(text) if text[:1].isascii() and text[:1].isalnum() else re.escape(text)
    after = _NO_LETTER_AFTER if text[-1:].isascii() and text[-1:].isalnum() else ""
    return f"{begun}{after}"


def _at_word_start(text: str) -> str:
    """Return a pattern for `text` with no letter before it."""
    # The first letter comes before the look-behind: `re` skips to it, several times as fast as it looks behind each.
    first = re.escape(text[0])
    return f"{first}(?<![a-z0-9]{first}){re.escape(text[1:])}"
