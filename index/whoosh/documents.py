"""Documents of a segment for Whoosh: lengths, columns to sort and group by, stored fields."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import PerDocumentReader
from whoosh.columns import ColumnReader

from index.schema.bm25 import LENGTH
from index.schema.fields import FIELDS, NO_TIME
from index.segments.arrays import SegmentArrays
from index.segments.stored_posts import read_post
from index.whoosh.schema import ALL_TEXTS, NUMBER_FIELDS, TEXT_ZONES, number_value, stored_fields


class ArrayDocuments(PerDocumentReader):  # type: ignore[misc]
    """A segment's documents behind Whoosh's interface."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._arrays = arrays

    def doc_count(self) -> int:
        return self._arrays.size - len(self._arrays.deleted)

    def doc_count_all(self) -> int:
        return self._arrays.size

    def has_deletions(self) -> bool:
        return bool(self._arrays.deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._arrays.deleted

    def deleted_docs(self) -> frozenset[int]:
        return self._arrays.deleted

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        is_text = fieldname == ALL_TEXTS or fieldname in TEXT_ZONES
        return int(field_lengths(self._arrays, fieldname)[docnum]) if is_text else default

    def field_length(self, fieldname: str) -> int:
        return int(field_lengths(self._arrays, fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(field_lengths(self._arrays, fieldname).min())

    def max_field_length(self, fieldname: str) -> int:
        return int(field_lengths(self._arrays, fieldname).max())

    def has_column(self, fieldname: str) -> bool:
        return fieldname in FIELDS or (fieldname in NUMBER_FIELDS and fieldname in self._arrays.blocks)

    def column_reader(self, fieldname: str, column: object) -> ColumnReader:  # noqa: ARG002
        return (NumberColumn if fieldname in NUMBER_FIELDS else FacetColumn)(self._arrays, fieldname)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return stored_fields(read_post(self._arrays, docnum))


def field_lengths(arrays: SegmentArrays, name: str) -> NDArray[np.int64]:
    """Return the length of a field in each document: of all texts in weighted words, of a zone's in characters."""
    if name == ALL_TEXTS:
        length: NDArray[np.int64] = arrays.column(LENGTH)
        return length
    if name in TEXT_ZONES:
        ends = np.pad(arrays.zone_ends.astype(np.int64), ((0, 0), (1, 0)))
        first, *_, last = TEXT_ZONES[name] * 2  # neighbours
        return ends[:, last + 1] - ends[:, first]
    return np.ones(arrays.size, np.int64)


class FacetColumn(ColumnReader):  # type: ignore[misc]
    """The first value of each document in a facet, empty where there is none."""

    def __init__(self, arrays: SegmentArrays, name: str) -> None:
        super().__init__(None, 0, 0, arrays.size)
        self._values = arrays.lexicon(name)
        self._ends, self._ordinals = arrays.rows(name)

    def __getitem__(self, docnum: int) -> bytes:
        start, stop = self._ends[docnum : docnum + 2]
        return self._values[self._ordinals[start]] if start < stop else b""


class NumberColumn(ColumnReader):  # type: ignore[misc]
    """The number of each document in a column, as Whoosh's fields encode it."""

    def __init__(self, arrays: SegmentArrays, name: str) -> None:
        super().__init__(None, 0, 0, arrays.size)
        self._numbers = arrays.column(name)
        self._encode: Callable[[int], int] = lambda number: NUMBER_FIELDS[name].to_column_value(
            number_value(name, number)
        )
        self._sign = 1

    def __getitem__(self, docnum: int) -> int:
        return self._encode(int(self._numbers[docnum]))

    def sort_key(self, docnum: int) -> int:
        # A post without a time is the last in either order.
        return self[docnum] * (1 if self._numbers[docnum] == NO_TIME else self._sign)

    def set_reverse(self) -> None:
        self._sign = -1
