"""Where tokens stand in the texts of a post, for Whoosh's phrases and other spans.

The index keeps no positions of words. Those of a token are looked up in the stored post, as few posts hold all words of
a phrase. A position is one character of Han, or one part of a Latin word; white space and punctuation have none.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from whoosh.query.spans import Span

from index.text.folding import fold
from index.text.tokenizer import QueryWord, latin_words, script_runs

# Positions between two texts of a post: more than the slop of any phrase.
_GAP = 1000


class _Run(NamedTuple):
    text: str
    position: int
    latin: QueryWord | None


class TokenSpans:
    """The runs of one script in the texts of a post, by position."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs: list[_Run] = []
        position = 0
        for text in texts:
            for match in script_runs(fold(text)):
                latin = next(latin_words(match[0])) if match.lastgroup == "latin" else None
                self._runs.append(_Run(match[0], position, latin))
                position += len(latin.alternatives[-1]) if latin else len(match[0])
            position += _GAP

    def find(self, token: str) -> Iterator[Span]:
        """Yield the places of a token, ascending; a token of several characters or parts spans their positions."""
        for text, position, latin in self._runs:
            if latin and token in latin.tokens:
                yield from _in_latin(latin.alternatives[-1], token, position)
            elif not latin:
                at = text.find(token)
                while at >= 0:
                    yield Span(position + at, position + at + len(token) - 1)
                    at = text.find(token, at + 1)


def _in_latin(parts: tuple[str, ...], token: str, position: int) -> Iterator[Span]:
    if token in parts:
        return (Span(position + place) for place, part in enumerate(parts) if part == token)
    return iter([Span(position, position + len(parts) - 1)])
