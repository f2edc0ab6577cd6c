"""The arrays through Whoosh's own interfaces, so that its stock queries run on them."""

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import Codec, FieldCursor, PerDocumentReader, TermsReader
from whoosh.matching import LeafMatcher
from whoosh.reading import TermInfo, TermNotFound

from index.schema.bm25 import LENGTH, WEIGHT_UNIT
from index.segments.arrays import SegmentArrays, open_segment
from index.segments.lexicon import Terms

# The numeric column that holds the length of each field that Whoosh may score.
_LENGTHS = {"words": LENGTH}
_STORED = "post"


class ArrayCodec(Codec):  # type: ignore[misc]
    """Opens segments of arrays for Whoosh's readers; `IndexWriter` writes them."""

    def terms_reader(self, storage: Any, segment: Any) -> "ArrayTerms":
        return ArrayTerms(open_segment(Path(storage.folder), segment.record))

    def per_document_reader(self, storage: Any, segment: Any) -> "ArrayDocuments":
        return ArrayDocuments(open_segment(Path(storage.folder), segment.record))


class ArrayTerms(TermsReader):  # type: ignore[misc]
    """Gives Whoosh the lexicons and postings of a segment."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._arrays = arrays

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field, text = term
        return self._number(field, text) >= 0

    def indexed_field_names(self) -> list[str]:
        return self._arrays.fields()

    def cursor(self, fieldname: str, fieldobj: object) -> "ArrayCursor":  # noqa: ARG002
        return ArrayCursor(self._arrays.terms(fieldname))

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return ((field, term) for field in sorted(self._arrays.fields()) for term in self._arrays.terms(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        lexicon = self._arrays.terms(fieldname)
        return ((fieldname, lexicon[number]) for number in range(bisect_left(lexicon, prefix), len(lexicon)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        number = self._number(fieldname, text)
        if number < 0:
            raise KeyError((fieldname, text))
        documents, weights = self._postings(fieldname, number)
        lengths = _lengths(self._arrays, fieldname)[documents]
        return TermInfo(
            weight=float(weights.sum()),
            df=len(documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return int(self.term_info(fieldname, text).doc_frequency())

    def matcher(self, fieldname: str, text: bytes, format_: object, scorer: Any = None) -> "ArrayMatcher":
        number = self._number(fieldname, text)
        if number < 0:
            raise TermNotFound(f"{fieldname}:{text!r}")
        documents, weights = self._postings(fieldname, number)
        return ArrayMatcher((fieldname, text), format_, scorer, documents.tolist(), weights.tolist())

    def _postings(self, field: str, number: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
        arrays = self._arrays.field(field)
        postings = arrays.postings(range(number, number + 1))
        documents = arrays.documents[postings]
        if not len(arrays.weights):
            return documents, np.ones(len(documents), np.float32)
        return documents, arrays.weights[postings] * np.float32(WEIGHT_UNIT)

    def _number(self, field: str, text: bytes) -> int:
        return self._arrays.terms(field).find(text) if field in self._arrays.fields() else -1


class ArrayCursor(FieldCursor):  # type: ignore[misc]
    """Goes through a lexicon for Whoosh's automata."""

    def __init__(self, lexicon: Terms) -> None:
        self._lexicon = lexicon
        self._at = 0

    def first(self) -> str | None:
        self._at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        self._at = bisect_left(self._lexicon, string.encode() if isinstance(string, str) else string)
        return self.text()

    def next(self) -> str | None:
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        return self._lexicon[self._at].decode() if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._at < len(self._lexicon)


class ArrayMatcher(LeafMatcher):  # type: ignore[misc]
    """Steps through the postings of one term."""

    def __init__(
        self, term: tuple[str, bytes], format_: object, scorer: Any, documents: list[int], weights: list[float]
    ) -> None:
        self._term = term
        self.format = format_
        self.scorer = scorer
        self._documents = documents
        self._weights = weights
        self._at = 0

    def is_active(self) -> bool:
        return self._at < len(self._documents)

    def id(self) -> int:
        return self._documents[self._at]

    def weight(self) -> float:
        return self._weights[self._at]

    def value(self) -> bytes:
        return b""

    def next(self) -> bool:
        self._at += 1
        return True

    def skip_to(self, id: int) -> None:
        self._at = bisect_left(self._documents, id, self._at)

    def reset(self) -> None:
        self._at = 0

    def all_ids(self) -> Iterator[int]:
        return iter(self._documents[self._at :])

    def supports_block_quality(self) -> bool:
        return False

    def copy(self) -> "ArrayMatcher":
        other = ArrayMatcher(self._term, self.format, self.scorer, self._documents, self._weights)
        other._at = self._at
        return other


class ArrayDocuments(PerDocumentReader):  # type: ignore[misc]
    """Gives Whoosh what a segment knows of its documents."""

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
        return int(_lengths(self._arrays, fieldname)[docnum]) if fieldname in _LENGTHS else default

    def field_length(self, fieldname: str) -> int:
        return int(_lengths(self._arrays, fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(_lengths(self._arrays, fieldname).min())

    def max_field_length(self, fieldname: str) -> int:
        return int(_lengths(self._arrays, fieldname).max())

    def stored_fields(self, docnum: int) -> dict[str, bytes]:
        return {_STORED: bytes(self._arrays.blob(_STORED, docnum))}


def _lengths(arrays: SegmentArrays, field: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    name = _LENGTHS.get(field)
    return arrays.numbers(name) if name else np.ones(arrays.size, np.int64)
