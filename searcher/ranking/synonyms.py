"""Synonyms: the text of a query with one word replaced by another that means the same to the user."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import assert_never

from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import Segmenter
from index.text.user_words import MAX_SYNONYMS
from searcher.query.tree import And, MatchAll, Node, Not, Or, Phrase, PropertyNode, Terms, TextNode

# As many as one line of the user's words allows for one word.
MOST_VARIANTS = MAX_SYNONYMS - 1


@dataclass(frozen=True, slots=True)
class Variant:
    """A folded text in which `word` replaces a synonym."""

    text: str
    word: str


class Synonyms:
    """Groups of words that mean the same."""

    def __init__(self, groups: tuple[tuple[str, ...], ...]) -> None:
        self._others = {word: tuple(other for other in group if other != word) for group in groups for word in group}

    def __bool__(self) -> bool:
        return bool(self._others)

    def variants(self, text: str, segmenter: Segmenter) -> list[Variant]:
        """Return the folded `text` with one word replaced by each of its synonyms, at most MOST_VARIANTS texts."""
        replaced = (
            Variant(_joined(_joined(text[:start], other), text[end:]), other)
            for start, end in self._places(text, segmenter)
            for other in self._others[text[start:end]]
        )
        return list(islice(replaced, MOST_VARIANTS))

    def _places(self, text: str, segmenter: Segmenter) -> Iterator[tuple[int, int]]:
        """Yield the spans of words with synonyms, which begin and end with words of `text`.

        Spans don't overlap; of those that begin at one place the longest counts.
        """
        longest = max(map(len, self._others))
        spans = list(_spans(text, segmenter))
        last_end = 0
        for place, (start, _) in enumerate(spans):
            if start < last_end:
                continue
            ends = [end for _, end in spans[place : place + longest] if text[start:end] in self._others]
            if ends:
                last_end = ends[-1]
                yield start, last_end


def latin_word(text: str) -> tokenizer.QueryWord | None:
    """Return the folded `text` as one Latin word, or None if it is none."""
    return next((word for word in tokenizer.latin_words(text) if word.text == text), None)


def with_synonyms(node: Node, variants_of: Callable[[str], list[Variant]]) -> Node:
    """Return `node` with the synonyms of its texts beside them, to highlight what they matched."""
    match node:
        case And(children=children):
            return And(tuple(with_synonyms(child, variants_of) for child in children))
        case Or(children=children):
            return Or(tuple(with_synonyms(child, variants_of) for child in children))
        case Terms(text=text, scope=scope):
            others = dict.fromkeys(variant.word for variant in variants_of(fold(text).strip()))
            return Or((node, *((Terms if latin_word(word) else Phrase)(word, scope) for word in others)))
        case Not() | TextNode() | PropertyNode() | MatchAll():
            return node
        case _:
            assert_never(node)


def _joined(before: str, after: str) -> str:
    """Return both texts as one, with a space where they would join into one Latin word."""
    between = before[-1:] + after[:1]
    return f"{before} {after}" if len(between) == 2 and latin_word(between) else before + after


def _spans(text: str, segmenter: Segmenter) -> Iterator[tuple[int, int]]:
    """Yield the span of each word of the folded `text`."""
    end = 0
    for word in tokenizer.query_words(text, segmenter):
        # No letter stands between words, so that the next match is the word itself.
        start = text.index(word.text, end)
        end = start + len(word.text)
        yield start, end
