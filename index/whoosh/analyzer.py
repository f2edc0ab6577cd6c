"""This program's Chinese analysis as a Whoosh analyzer."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from whoosh.analysis import Token, Tokenizer

from index.text.folding import fold_with_offsets, raw_span
from index.text.segmenter import Segmenter, compiled_segmenter
from index.text.tokenizer import latin_words, script_runs


class Piece(NamedTuple):
    """A token with its place in a folded text, and its position: the number of words before it."""

    text: str
    start: int
    end: int
    position: int


class ChineseTokenizer(Tokenizer):  # type: ignore[misc]
    """A Whoosh tokenizer whose tokens are those of the index; filters compose with it by `|`.

    A text gives all word tokens, overlapping ones included; the words within a word have its position. A query (mode
    "query") gives its words one after the other. Offsets are those of the raw text. `frequencies` are the user's words
    with the frequency of each.
    """

    def __init__(self, frequencies: tuple[tuple[str, int], ...] = ()) -> None:
        self.frequencies = frequencies

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChineseTokenizer) and self.frequencies == other.frequencies

    __hash__ = None  # type: ignore[assignment]

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        tokenize: bool = True,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Token]:
        """Yield the tokens of `value`, all in one object whose attributes change, as Whoosh's own tokenizers do.

        Without `tokenize`, as for a prefix or a pattern, the folded text is one token.
        """
        folded, offsets = fold_with_offsets(value)
        token = Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        segmenter = compiled_segmenter(self.frequencies)
        pieces = _pieces(folded, segmenter, mode == "query") if tokenize else _whole(folded)
        for piece in pieces:
            start, end = raw_span(offsets, piece.start, piece.end)
            token.text = piece.text
            token.boost = 1.0
            token.stopped = False
            if keeporiginal:
                token.original = value[start:end]
            if positions:
                token.pos = start_pos + piece.position
            if chars:
                token.startchar, token.endchar = start_char + start, start_char + end
            yield token


def _pieces(folded: str, segmenter: Segmenter, is_query: bool) -> Iterator[Piece]:
    position = 0
    for run in script_runs(folded):
        start, end = run.span()
        if run.lastgroup == "latin":
            (word,) = latin_words(run[0])
            # The alternative that finds the most: the parts of a compound, or the stem.
            parts = word.alternatives[-1]
            wholes = [] if is_query else [token for token in word.tokens if token not in parts]
            yield from (Piece(token, start, end, position) for token in wholes)
            yield from (Piece(part, start, end, position + place) for place, part in enumerate(parts))
            position += len(parts)
        elif run.lastgroup == "unspaced":
            yield Piece(run[0], start, end, position)
            position += 1
        else:
            for text in segmenter.cut(run[0]):
                for first, last in [(0, len(text))] if is_query else _tokens_within(text, segmenter):
                    yield Piece(text[first:last], start + first, start + last, position)
                position += 1
                start += len(text)


def _whole(folded: str) -> list[Piece]:
    return [Piece(folded, 0, len(folded), 0)] if folded else []


def _tokens_within(word: str, segmenter: Segmenter) -> list[tuple[int, int]]:
    """Return start and end of each token of a word of Han; of two with the same start the longer comes first."""
    tokens = {*segmenter.cut_for_search(word)}
    spans = combinations(range(len(word) + 1), 2)
    return sorted(((a, b) for a, b in spans if word[a:b] in tokens), key=lambda span: (span[0], -span[1]))
