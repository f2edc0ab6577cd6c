"""The searchable fields of a Whoosh index: views of a segment's arrays as terms and postings."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.schema.bm25 import WEIGHT_UNIT
from index.schema.fields import NO_TIME
from index.schema.zones import Zone
from index.segments.arrays import FieldArrays, SegmentArrays
from index.whoosh.schema import ALL_TEXTS, NUMBER_FIELDS, TEXT_ZONES, number_value

# Document ids, ascending, and the weight of the term in each.
Postings = tuple[NDArray[np.integer[Any]], NDArray[np.float32]]
NO_POSTINGS: Postings = (np.zeros(0, np.uint16), np.zeros(0, np.float32))


class Field(Protocol):
    """A field of a segment: its sorted terms, and the postings of each."""

    @property
    def terms(self) -> Sequence[bytes]: ...

    def postings(self, term: bytes) -> Postings:
        """Return the postings of `term`, none if the field has no such term."""
        ...


def field_names(arrays: SegmentArrays) -> list[str]:
    """Return the names of the searchable fields of a segment."""
    return [*arrays.fields(), *TEXT_ZONES, *(name for name in NUMBER_FIELDS if name in arrays.blocks)]


def open_field(arrays: SegmentArrays, name: str) -> Field:
    """Return the field `name`, one of `field_names`."""
    if name in TEXT_ZONES:
        return ZoneField(arrays.field(ALL_TEXTS), TEXT_ZONES[name])
    if name in NUMBER_FIELDS:
        return NumberField(name, arrays.column(name))
    return ArrayField(arrays.field(name))


class ArrayField:
    """A field of the segment's own."""

    def __init__(self, arrays: FieldArrays) -> None:
        self._arrays = arrays
        self.terms: Sequence[bytes] = arrays.terms

    def postings(self, term: bytes) -> Postings:
        place = _postings_of(self._arrays, term)
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
        place = _postings_of(self._words, term)
        return _unweighted(self._words.documents[place][self._words.zones[place] & self._bits > 0])


class NumberField:
    """A numeric column, each number of it a term."""

    def __init__(self, name: str, column: NDArray[np.int64]) -> None:
        self._order = np.argsort(column, kind="stable")
        self._sorted = column[self._order]
        self._numbers = np.unique(column[column != NO_TIME]).tolist()
        field = NUMBER_FIELDS[name]
        self.terms: Sequence[bytes] = [field.to_bytes(number_value(name, number)) for number in self._numbers]

    def postings(self, term: bytes) -> Postings:
        place = bisect_left(self.terms, term)
        if self.terms[place : place + 1] != [term]:
            return NO_POSTINGS
        start, stop = self._sorted.searchsorted([self._numbers[place], self._numbers[place] + 1])
        return _unweighted(self._order[start:stop])


def _postings_of(field: FieldArrays, term: bytes) -> slice:
    term_id = field.terms.find(term)
    return field.postings(range(term_id, term_id + 1)) if term_id >= 0 else slice(0)


def _unweighted(documents: NDArray[np.integer[Any]]) -> Postings:
    return documents, np.ones(len(documents), np.float32)
