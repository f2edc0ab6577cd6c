"""A segment opened: its postings, columns and stored posts as arrays over the mapped file."""

import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.archive.post import Post
from index.files.block_file import BlockFile
from index.schema.bm25 import LENGTH
from index.schema.stored_post import decode_post
from index.schema.zones import Zone
from index.segments.layout import PAIRS, REPEATS, ZONE_ENDS
from index.segments.lexicon import GramLexicon, Lexicon, Terms, open_terms
from index.segments.record import SegmentRecord

Documents = NDArray[np.unsignedinteger]
# In tenths of an occurrence.
Weights = NDArray[np.uint8]
# Document ids, and a position in each.
Occurrences = tuple[Documents, NDArray[np.unsignedinteger]]
# The file of a segment and the id of a document in it.
Place = tuple[str, int]


class FieldArrays:
    """The postings of a field, term by term and ascending by document within a term, as one array for each column.

    `documents` are ids (u2 or u4), `weights` are in tenths (u1), `zones` have a bit for each zone (u1), `positions` are
    u2 or u4. A column that the field does not have is empty.
    """

    def __init__(self, blocks: BlockFile, name: str, terms: Terms) -> None:
        self.terms = terms
        # Reading one number off a memoryview is several times as fast as off an array.
        self._ends = memoryview(blocks.array(f"{name}/postings").data)
        self.documents: Documents = blocks.array(f"{name}/documents")
        weights, zones, positions = (f"{name}/{column}" for column in ("weights", "zones", "positions"))
        none = np.zeros(0, np.uint8)
        self.weights: Weights = blocks.array(weights) if weights in blocks else none
        self.zones: NDArray[np.uint8] = blocks.array(zones) if zones in blocks else none
        self.positions: NDArray[np.unsignedinteger] = blocks.array(positions) if positions in blocks else none

    def counts(self, terms: range) -> NDArray[np.int64]:
        """Return the number of postings of each of the neighbouring `terms`."""
        ends = np.asarray(self._ends[terms.start : terms.stop + 1], np.int64)
        return ends[1:] - ends[:-1]

    def count(self, term_id: int) -> int:
        """Return the number of postings of a term."""
        count: int = self._ends[term_id + 1] - self._ends[term_id]
        return count

    def postings(self, terms: range) -> slice:
        """Return the slice of the postings of neighbouring `terms`."""
        return slice(self._ends[terms.start], self._ends[terms.stop])

    def find(self, term: bytes) -> slice:
        """Return the slice of the postings of `term`, empty if the field does not have it."""
        term_id = self.terms.find(term)
        return self.postings(range(term_id, term_id + 1)) if term_id >= 0 else slice(0)


class SegmentArrays:
    """The arrays of a segment's file; document ids run from 0 to before `size`."""

    def __init__(self, path: Path, size: int, deleted: frozenset[int]) -> None:
        self.size = size
        self.deleted = deleted
        self.blocks = BlockFile(path)
        if len(self.blocks.array(LENGTH)) != size or not all(0 <= document < size for document in deleted):
            raise self.blocks.damaged(f"it does not hold the {size} documents that it should")
        self._terms: dict[str, Terms] = {}
        self._fields: dict[str, FieldArrays] = {}

    @property
    def live(self) -> NDArray[np.bool_]:
        """Return the mask (size,) of the documents that are not deleted."""
        mask = np.ones(self.size, bool)
        mask[list(self.deleted)] = False
        return mask

    def fields(self) -> list[str]:
        """Return the names of the fields that have postings."""
        names = (name.split("/")[0] for name in self.blocks.names() if name.endswith("/documents"))
        return [name for name in names if name != REPEATS]

    def blob_names(self) -> list[str]:
        """Return the names of the columns of bytes."""
        heaps = (name.split("/")[0] for name in self.blocks.names() if name.endswith("/heap"))
        return [name for name in heaps if f"{name}/documents" not in self.blocks]

    def terms(self, name: str) -> Terms:
        """Return the terms of a field, or the values of a facet."""
        if name not in self._terms:
            self._terms[name] = open_terms(self.blocks, name)
        return self._terms[name]

    def lexicon(self, name: str) -> Lexicon:
        """Return the terms of a field of strings."""
        terms = self.terms(name)
        assert isinstance(terms, Lexicon)
        return terms

    @property
    def pairs(self) -> GramLexicon:
        """Return the terms of the pairs of characters."""
        terms = self.terms(PAIRS)
        assert isinstance(terms, GramLexicon)
        return terms

    def field(self, name: str) -> FieldArrays:
        """Return the postings of a field."""
        if name not in self._fields:
            terms = self.terms(PAIRS if name == REPEATS else name)
            self._fields[name] = FieldArrays(self.blocks, name, terms)
        return self._fields[name]

    def occurrences(self, pairs: range) -> list[Occurrences]:
        """Return the first occurrence in each document of each of the neighbouring `pairs`, and all others."""
        parts = [(field, field.postings(pairs)) for field in self._pair_fields]
        return [(field.documents[postings], field.positions[postings]) for field, postings in parts]

    def occurrence_count(self, pair: int) -> int:
        """Return the number of occurrences of a pair."""
        firsts, others = self._pair_fields
        return firsts.count(pair) + others.count(pair)

    @cached_property
    def _pair_fields(self) -> tuple[FieldArrays, FieldArrays]:
        return self.field(PAIRS), self.field(REPEATS)

    @property
    def zone_ends(self) -> NDArray[np.uint32]:
        """Return the position behind the texts of each zone, an array (size, zones)."""
        return self.blocks.array(ZONE_ENDS).reshape(self.size, len(Zone))

    def column(self, name: str) -> NDArray[Any]:
        """Return a numeric column, an array (size,) of i8."""
        return self.blocks.array(name)

    def rows(self, name: str) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Return `ends` and `ordinals` of a facet.

        Document i has the values `ordinals[ends[i]:ends[i + 1]]` of `lexicon(name)`.
        """
        return self.blocks.array(f"{name}/rows"), self.blocks.array(f"{name}/ordinals")

    def id(self, document: int) -> str:
        """Return the id of the post that a document is."""
        return self._id_lexicon[self._ids[document]].decode()

    @cached_property
    def _id_lexicon(self) -> Lexicon:
        return self.lexicon("id")

    @cached_property
    def _ids(self) -> memoryview:
        return memoryview(self.rows("id")[1].data)

    def blob(self, name: str, document: int) -> memoryview:
        """Return the bytes of a document in a column of bytes."""
        ends = self.blocks.array(f"{name}/ends")
        return self.blocks.bytes(f"{name}/heap")[int(ends[document]) : int(ends[document + 1])]

    def post(self, document: int) -> Post:
        """Return the stored post of a document; raise DamagedIndexError if its bytes have changed."""
        try:
            return decode_post(bytes(self.blob("post", document)))
        except (zlib.error, ValueError) as error:
            raise self.blocks.damaged(f"a stored post can't be read ({error})") from error


def open_segment(folder: Path, record: SegmentRecord) -> SegmentArrays:
    """Return the arrays of the segment that `record` names in `folder`."""
    return SegmentArrays(folder / record.file, record.size, frozenset(record.deleted))


class StoredPosts:
    """The stored posts of a commit, whose segments are in a data folder, found by id across them."""

    def __init__(self, folder: Path, records: Iterable[SegmentRecord]) -> None:
        self._segments = {record.file: open_segment(folder, record) for record in records}

    def __iter__(self) -> Iterator[Post]:
        for segment in self._segments.values():
            yield from map(segment.post, np.flatnonzero(segment.live).tolist())

    def find(self, post_id: str) -> Place | None:
        """Return the place of the live document of a post, or None."""
        for file, segment in self._segments.items():
            ids = segment.field("id")
            for document in ids.documents[ids.find(post_id.encode())].tolist():
                if document not in segment.deleted:
                    return file, document
        return None

    def read(self, place: Place) -> Post:
        """Return the post at `place`."""
        file, document = place
        return self._segments[file].post(document)
