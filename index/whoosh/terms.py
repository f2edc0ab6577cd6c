"""The terms of a segment's fields behind Whoosh's interfaces, with their postings, lengths and spans.

The index has no positions of words. Those of a token are looked up in the stored post, since few posts hold all words
of a phrase. A position is one character of Han, or one part of a Latin word; white space and punctuation have none.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cache, cached_property, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import FieldCursor, TermsReader
from whoosh.matching import ListMatcher
from whoosh.query.spans import Span
from whoosh.reading import TermInfo, TermNotFound

from index.schema.bm25 import LENGTH, WEIGHT_UNIT
from index.schema.fields import NO_TIME
from index.schema.zones import Zone
from index.segments.arrays import FieldArrays, SegmentArrays
from index.text.folding import fold
from index.text.tokenizer import latin_part_count, latin_words, script_runs
from index.whoosh.schema import ALL_TEXTS, NUMBER_FIELDS, TEXT_ZONES, field_texts, number_value

# Document ids, ascending, and the weight of the term in each.
Postings = tuple[NDArray[np.integer[Any]], NDArray[np.float32]]
_NO_DOCUMENTS = np.zeros(0, np.uint16)
# Posts whose spans are remembered: each word of a phrase asks for those of the same post.
_REMEMBERED_SPANS = 16
# Positions between two texts of a post: more than the slop of any phrase.
_GAP = 1000


class ArrayTerms(TermsReader):  # type: ignore[misc]
    """The terms and postings of a segment's fields."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._arrays = arrays
        self._names = [*arrays.fields(), *TEXT_ZONES, *(name for name in NUMBER_FIELDS if name in arrays.blocks)]
        self._field = cache(partial(_open_field, arrays))
        self._spans = lru_cache(_REMEMBERED_SPANS)(
            lambda field, document: TokenSpans(field_texts(arrays.post(document))[field])
        )

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return len(self._postings(*term)[0]) > 0

    def indexed_field_names(self) -> list[str]:
        return self._names

    def cursor(self, fieldname: str, fieldobj: object) -> "ArrayCursor":  # noqa: ARG002
        return ArrayCursor(self._field(fieldname).terms)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return ((name, term) for name in sorted(self._names) for term in self._field(name).terms)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        terms = self._field(fieldname).terms
        return ((fieldname, terms[place]) for place in range(bisect_left(terms, prefix), len(terms)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        documents, weights = self._postings(fieldname, text)
        if not len(documents):
            raise KeyError((fieldname, text))
        lengths = field_lengths(self._arrays, fieldname)[documents]
        return TermInfo(
            weight=float(weights.sum()),
            df=len(documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )

    def matcher(self, fieldname: str, text: bytes, format_: object, scorer: Any = None) -> "ArrayMatcher":
        documents, weights = self._postings(fieldname, text)
        if not len(documents):
            raise TermNotFound(f"{fieldname}:{text!r}")

        def spans(document: int) -> list[Span]:
            return list(self._spans(fieldname, document).find(text.decode()))

        term = (fieldname, text)
        return ArrayMatcher(spans, documents.tolist(), weights.tolist(), format=format_, scorer=scorer, term=term)

    def _postings(self, name: str, term: bytes) -> Postings:
        return self._field(name).postings(term) if name in self._names else _unweighted(_NO_DOCUMENTS)


class ArrayCursor(FieldCursor):  # type: ignore[misc]
    """A cursor over sorted terms, for Whoosh's automata."""

    def __init__(self, terms: Sequence[bytes]) -> None:
        self._terms = terms
        self._at = 0

    def first(self) -> str | None:
        return self.find("")

    def find(self, string: str) -> str | None:
        self._at = bisect_left(self._terms, string.encode())
        return self.text()

    def next(self) -> str | None:
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        return self._terms[self._at].decode() if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._at < len(self._terms)


class ArrayMatcher(ListMatcher):  # type: ignore[misc]
    """A matcher over the postings of one term; `find_spans` returns the spans of the term in a document."""

    def __init__(self, find_spans: Callable[[int], list[Span]], *postings: Any, **options: Any) -> None:
        super().__init__(*postings, **options)
        self._find_spans = find_spans

    def spans(self) -> list[Span]:
        return self._find_spans(self.id())

    def skip_to(self, id: int) -> None:
        self._i: int = bisect_left(self._ids, id, self._i)

    def all_ids(self) -> Iterator[int]:
        return iter(self._ids[self._i :])

    def supports_block_quality(self) -> bool:
        return False

    def max_quality(self) -> float:
        return float(self._scorer.max_quality())

    def replace(self, minquality: float = 0) -> "ArrayMatcher":  # noqa: ARG002
        return self

    def copy(self) -> "ArrayMatcher":
        return copy(self)


class ArrayField:
    """A field of the segment's own: its sorted terms, and the postings of each."""

    def __init__(self, arrays: FieldArrays) -> None:
        self._arrays = arrays
        self.terms: Sequence[bytes] = arrays.terms

    def postings(self, term: bytes) -> Postings:
        """Return the postings of `term`, none if the field has no such term."""
        place = self._arrays.find(term)
        documents = self._arrays.documents[place]
        if not len(self._arrays.weights):  # a facet
            return _unweighted(documents)
        return documents, self._arrays.weights[place] * np.float32(WEIGHT_UNIT)


class ZoneField:
    """The words within some zones, without weights: a posting has one weight for all zones together."""

    def __init__(self, words: FieldArrays, zones: Iterable[Zone]) -> None:
        self._words = words
        self._bits = np.uint8(sum(1 << zone for zone in zones))

    @cached_property
    def terms(self) -> Sequence[bytes]:
        counts = self._words.counts(range(len(self._words.terms)))
        is_within = self._words.zones & self._bits > 0
        within = np.unique(np.repeat(np.arange(len(counts)), counts)[is_within])
        return [self._words.terms[term_id] for term_id in within.tolist()]

    def postings(self, term: bytes) -> Postings:
        place = self._words.find(term)
        return _unweighted(self._words.documents[place][self._words.zones[place] & self._bits > 0])


class NumberField:
    """A numeric column, each number of it a term."""

    def __init__(self, name: str, column: NDArray[np.int64]) -> None:
        order = np.argsort(column, kind="stable")
        numbers, starts = np.unique(column[order], return_index=True)
        self._documents = {
            NUMBER_FIELDS[name].to_bytes(number_value(name, number)): documents
            for number, documents in zip(numbers.tolist(), np.split(order, starts[1:]), strict=False)
            if number != NO_TIME
        }
        self.terms = list(self._documents)

    def postings(self, term: bytes) -> Postings:
        return _unweighted(self._documents.get(term, _NO_DOCUMENTS))


def _open_field(arrays: SegmentArrays, name: str) -> ArrayField | ZoneField | NumberField:
    if name in TEXT_ZONES:
        return ZoneField(arrays.field(ALL_TEXTS), TEXT_ZONES[name])
    return NumberField(name, arrays.column(name)) if name in NUMBER_FIELDS else ArrayField(arrays.field(name))


def _unweighted(documents: NDArray[np.integer[Any]]) -> Postings:
    return documents, np.ones(len(documents), np.float32)


def field_lengths(arrays: SegmentArrays, name: str) -> NDArray[np.int64]:
    """Return the length of a field in each document: of all texts in weighted words, of a zone's in characters."""
    if name == ALL_TEXTS:
        return arrays.column(LENGTH)
    if name in TEXT_ZONES:
        ends = np.pad(arrays.zone_ends.astype(np.int64), ((0, 0), (1, 0)))
        first, *_, last = TEXT_ZONES[name] * 2  # neighbours
        return ends[:, last + 1] - ends[:, first]
    return np.ones(arrays.size, np.int64)


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
