"""The arrays of a segment behind Whoosh's interfaces: stock queries run on them."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from whoosh.codec.base import Codec, FieldCursor, TermsReader
from whoosh.matching import LeafMatcher
from whoosh.query.spans import Span
from whoosh.reading import TermInfo, TermNotFound

from index.segments.arrays import SegmentArrays, open_segment
from index.segments.stored_posts import read_post
from index.whoosh.documents import ArrayDocuments, field_lengths
from index.whoosh.postings import NO_POSTINGS, Field, Postings, field_names, open_field
from index.whoosh.schema import field_texts
from index.whoosh.spans import TokenSpans

# Posts whose spans are remembered: each word of a phrase asks for those of the same post.
_REMEMBERED_SPANS = 16


class ArrayCodec(Codec):  # type: ignore[misc]
    """The codec by which Whoosh's readers open a segment; it writes none."""

    def terms_reader(self, storage: Any, segment: Any) -> "ArrayTerms":
        return ArrayTerms(open_segment(Path(storage.folder), segment.record))

    def per_document_reader(self, storage: Any, segment: Any) -> ArrayDocuments:
        return ArrayDocuments(open_segment(Path(storage.folder), segment.record))


class ArrayTerms(TermsReader):  # type: ignore[misc]
    """The terms and postings of a segment's fields."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._arrays = arrays
        self._names = field_names(arrays)
        self._fields: dict[str, Field] = {}
        self._spans = lru_cache(_REMEMBERED_SPANS)(partial(_read_spans, arrays))

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

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return int(self.term_info(fieldname, text).doc_frequency())

    def matcher(self, fieldname: str, text: bytes, format_: object, scorer: Any = None) -> "ArrayMatcher":
        documents, weights = self._postings(fieldname, text)
        if not len(documents):
            raise TermNotFound(f"{fieldname}:{text!r}")

        def spans(document: int) -> list[Span]:
            return list(self._spans(fieldname, document).find(text.decode()))

        return ArrayMatcher((fieldname, text), format_, scorer, documents.tolist(), weights.tolist(), spans)

    def _postings(self, name: str, term: bytes) -> Postings:
        return self._field(name).postings(term) if name in self._names else NO_POSTINGS

    def _field(self, name: str) -> Field:
        if name not in self._fields:
            self._fields[name] = open_field(self._arrays, name)
        return self._fields[name]


def _read_spans(arrays: SegmentArrays, field: str, document: int) -> TokenSpans:
    return TokenSpans(field_texts(read_post(arrays, document))[field])


class ArrayCursor(FieldCursor):  # type: ignore[misc]
    """A cursor over sorted terms, for Whoosh's automata."""

    def __init__(self, terms: Sequence[bytes]) -> None:
        self._terms = terms
        self._at = 0

    def first(self) -> str | None:
        self._at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        self._at = bisect_left(self._terms, string.encode() if isinstance(string, str) else string)
        return self.text()

    def next(self) -> str | None:
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        return self._terms[self._at].decode() if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._at < len(self._terms)


class ArrayMatcher(LeafMatcher):  # type: ignore[misc]
    """A matcher over the postings of one term."""

    def __init__(
        self,
        term: tuple[str, bytes],
        format_: object,
        scorer: Any,
        documents: list[int],
        weights: list[float],
        spans: Callable[[int], list[Span]],
    ) -> None:
        self._term = term
        self.format = format_
        self.scorer = scorer
        self._documents = documents
        self._weights = weights
        self._spans = spans
        self._at = 0

    def is_active(self) -> bool:
        return self._at < len(self._documents)

    def id(self) -> int:
        return self._documents[self._at]

    def weight(self) -> float:
        return self._weights[self._at]

    def value(self) -> bytes:
        return b""

    def spans(self) -> list[Span]:
        return self._spans(self.id())

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
        other = ArrayMatcher(self._term, self.format, self.scorer, self._documents, self._weights, self._spans)
        other._at = self._at
        return other
