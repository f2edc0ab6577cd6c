"""One segment's file, opened as arrays."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockFile
from index.schema.bm25 import LENGTH
from index.schema.zones import Zone
from index.segments.grams import PAIRS, REPEATS, ZONE_ENDS
from index.segments.lexicon import GramLexicon, Lexicon, Terms, open_terms
from index.segments.record import SegmentRecord

Documents = NDArray[np.unsignedinteger]
Units = NDArray[np.uint8]
# Documents, and a position in each.
Occurrences = tuple[Documents, NDArray[np.unsignedinteger]]


class PostingArrays:
    """Holds postings term by term; of each there is the document, ascending within a term."""

    def __init__(self, blocks: BlockFile, name: str) -> None:
        # A view gives Python's own numbers, several times as fast as an array gives NumPy's.
        self._ends = memoryview(blocks.array(f"{name}/postings").data)
        self.documents: Documents = blocks.array(f"{name}/documents")

    def counts(self, terms: range) -> NDArray[np.int64]:
        """Return how many documents each of neighbouring terms has."""
        ends = np.asarray(self._ends[terms.start : terms.stop + 1], np.int64)
        return ends[1:] - ends[:-1]

    def count(self, term: int) -> int:
        """Return how many documents a term has."""
        count: int = self._ends[term + 1] - self._ends[term]
        return count

    def postings(self, terms: range) -> slice:
        """Return where the postings of neighbouring terms are."""
        return slice(self._ends[terms.start], self._ends[terms.stop])


class FieldArrays(PostingArrays):
    """Holds the postings of a field.

    Of each there is the weight in tenths, but not for facets, where `weights` is empty; and for words a bit for each
    zone that holds the word, where others have empty `zones`.
    """

    def __init__(self, blocks: BlockFile, name: str, terms: Terms) -> None:
        super().__init__(blocks, name)
        self.terms = terms
        weights, zones = (f"{name}/{kind}" for kind in ("weights", "zones"))
        self.weights: Units = blocks.array(weights) if weights in blocks else np.zeros(0, np.uint8)
        self.zones: NDArray[np.uint8] = blocks.array(zones) if zones in blocks else np.zeros(0, np.uint8)


class SegmentArrays:
    """Gives the arrays of one segment's file; documents are numbered from 0 to before `size`."""

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
        """Return the mask of the documents that are not deleted."""
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
        if (found := self._terms.get(name)) is None:
            found = self._terms[name] = open_terms(self.blocks, name)
        return found

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

    def field(self, name: str) -> "FieldArrays":
        """Return the postings of a field."""
        if (found := self._fields.get(name)) is None:
            found = self._fields[name] = FieldArrays(self.blocks, name, self.terms(name))
        return found

    def occurrences(self, pairs: range) -> tuple[Occurrences, Occurrences]:
        """Return the first occurrence of each of neighbouring pairs in each document, and all others."""
        field, repeats = self.field(PAIRS), self._repeats
        firsts, others = field.postings(pairs), repeats.postings(pairs)
        return (
            (field.documents[firsts], self._first_positions[firsts]),
            (repeats.documents[others], self._other_positions[others]),
        )

    def occurrence_count(self, pair: int) -> int:
        """Return how often a pair occurs."""
        return self.field(PAIRS).count(pair) + self._repeats.count(pair)

    @cached_property
    def _repeats(self) -> PostingArrays:
        return PostingArrays(self.blocks, REPEATS)

    @cached_property
    def _first_positions(self) -> NDArray[np.unsignedinteger]:
        return self.blocks.array(f"{PAIRS}/positions")

    @cached_property
    def _other_positions(self) -> NDArray[np.unsignedinteger]:
        return self.blocks.array(f"{REPEATS}/positions")

    @property
    def zone_ends(self) -> NDArray[np.uint32]:
        """Return the position behind each zone's texts: (documents, zones)."""
        return self.blocks.array(ZONE_ENDS).reshape(self.size, len(Zone))

    def numbers(self, name: str) -> NDArray[Any]:
        """Return a numeric column."""
        return self.blocks.array(name)

    def rows(self, name: str) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Return a facet: document i has the values `ordinals[ends[i]:ends[i + 1]]` of `lexicon(name)`."""
        return self.blocks.array(f"{name}/rows"), self.blocks.array(f"{name}/ordinals")

    def id(self, document: int) -> str:
        """Return the id of a document; each has exactly one."""
        return self.lexicon("id")[self._ids[document]].decode()

    @cached_property
    def _ids(self) -> memoryview:
        return memoryview(self.rows("id")[1].data)

    def blob(self, name: str, document: int) -> memoryview:
        """Return the bytes of a document in a column of bytes."""
        ends = self.blocks.array(f"{name}/ends")
        return self.blocks.bytes(f"{name}/heap")[int(ends[document]) : int(ends[document + 1])]


def open_segment(folder: Path, record: SegmentRecord) -> SegmentArrays:
    """Return the arrays of the segment that `record` names in `folder`."""
    return SegmentArrays(folder / record.file, record.size, frozenset(record.deleted))
