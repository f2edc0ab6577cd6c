"""Segments behind Whoosh's interfaces: stock readers open them, and sort, group and show their documents."""

from pathlib import Path
from typing import Any

from whoosh.codec.base import Codec, PerDocumentReader, Segment
from whoosh.columns import ColumnReader

from index.schema.fields import FIELDS, NO_TIME
from index.segments.arrays import SegmentArrays, open_segment
from index.segments.record import INDEX_NAME, SegmentRecord
from index.whoosh.schema import ALL_TEXTS, NUMBER_FIELDS, TEXT_ZONES, number_value, stored_fields
from index.whoosh.terms import ArrayTerms, field_lengths


class ArraySegment(Segment):  # type: ignore[misc]
    """A segment's record as Whoosh's table of contents pickles it."""

    def __init__(self, record: SegmentRecord) -> None:
        super().__init__(INDEX_NAME)
        self.record = record
        # Whoosh knows the files of a segment by its name.
        self.segid = record.file.partition(".")[0].removeprefix(f"{INDEX_NAME}_")

    def codec(self) -> "ArrayCodec":
        return ArrayCodec()

    def doc_count_all(self) -> int:
        return self.record.size

    def deleted_count(self) -> int:
        return len(self.record.deleted)


class ArrayCodec(Codec):  # type: ignore[misc]
    """The codec by which Whoosh's readers open a segment; it writes none."""

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTerms:
        return ArrayTerms(open_segment(Path(storage.folder), segment.record))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> "ArrayDocuments":
        return ArrayDocuments(open_segment(Path(storage.folder), segment.record))


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
        return stored_fields(self._arrays.post(docnum))


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
        self._name = name
        self._sign = 1

    def __getitem__(self, docnum: int) -> int:
        value = number_value(self._name, int(self._numbers[docnum]))
        return int(NUMBER_FIELDS[self._name].to_column_value(value))

    def sort_key(self, docnum: int) -> int:
        # A post without a time is the last in either order.
        return self[docnum] * (1 if self._numbers[docnum] == NO_TIME else self._sign)

    def set_reverse(self) -> None:
        self._sign = -1
