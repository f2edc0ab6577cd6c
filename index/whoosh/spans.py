"""The places of tokens in the texts of a post, for Whoosh's phrases and other spans.

The index has no positions of words. Those of a token are looked up in the stored post, since few posts hold all words
of a phrase. A position is one character of Han, or one part of a Latin word; white space and punctuation have none.
"""

from collections.abc import Iterable, Iterator

from whoosh.query.spans import Span

from index.text.folding import fold
from index.text.tokenizer import latin_part_count, latin_words, script_runs

# Positions between two texts of a post: more than the slop of any phrase.
_GAP = 1000


class TokenSpans:
    """The runs of one script in the texts of a post, each with its first position."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._latin: list[tuple[str, int]] = []
        self._others: list[tuple[str, int]] = []
        position = 0
        for text in texts:
            for run in script_runs(fold(text)):
                is_latin = run.lastgroup == "latin"
                (self._latin if is_latin else self._others).append((run[0], position))
                position += latin_part_count(run[0]) if is_latin else len(run[0])
            position += _GAP

    def find(self, token: str) -> Iterator[Span]:
        """Yield the places of a token, ascending; a token of several characters or parts spans their positions."""
        return self._find_latin(token) if any(latin_words(token)) else self._find_other(token)

    def _find_latin(self, token: str) -> Iterator[Span]:
        for text, position in self._latin:
            (word,) = latin_words(text)
            parts = word.alternatives[-1]
            if token in parts:
                yield from (Span(position + place) for place, part in enumerate(parts) if part == token)
            elif token in word.tokens:
                yield Span(position, position + len(parts) - 1)

    def _find_other(self, token: str) -> Iterator[Span]:
        for text, position in self._others:
            at = text.find(token)
            while at >= 0:
                yield Span(position + at, position + at + len(token) - 1)
                at = text.find(token, at + 1)
