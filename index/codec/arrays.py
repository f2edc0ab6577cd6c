"""One segment's file, opened as arrays."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.codec.blocks import BlockFile
from index.codec.grams import PAIRS, ZONE_ENDS
from index.codec.layout import FIRST_BIT
from index.codec.lexicon import GramLexicon, Lexicon, Terms, open_terms
from index.zones import Zone

Documents = NDArray[np.unsignedinteger]
Units = NDArray[np.uint8]


class SegmentArrays:
    """Gives the arrays of one segment's file; documents are numbered from 0 to before `size`."""

    def __init__(self, path: Path, size: int, deleted: frozenset[int]) -> None:
        self.size = size
        self.deleted = deleted
        self.blocks = BlockFile(path)
        self._terms: dict[str, Terms] = {}

    @property
    def live(self) -> NDArray[np.bool_]:
        """Return the mask of the documents that are not deleted."""
        mask = np.ones(self.size, bool)
        mask[list(self.deleted)] = False
        return mask

    def fields(self) -> list[str]:
        """Return the names of the fields that have postings."""
        return [name.split("/")[0] for name in self.blocks.names() if name.endswith("/documents")]

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

    def postings(self, field: str, terms: range) -> slice:
        """Return where in the columns of `field` the postings of neighbouring terms are, term by term."""
        ends = self.blocks.array(f"{field}/postings")
        return slice(int(ends[terms.start]), int(ends[terms.stop]))

    def documents(self, field: str, postings: slice) -> Documents:
        """Return the documents of postings, ascending within a term."""
        return self.blocks.array(f"{field}/documents")[postings]

    def weights(self, field: str, postings: slice) -> Units:
        """Return the weights of postings in tenths; those of facets have none."""
        return self.blocks.array(f"{field}/weights")[postings]

    def word_zones(self, postings: slice) -> NDArray[np.uint8]:
        """Return for postings of words a bit for each zone that holds the word."""
        return self.blocks.array("words/zones")[postings]

    def occurrences(self, pairs: range) -> tuple[Documents, NDArray[Any]]:
        """Return the document and the position of each occurrence of neighbouring pairs of characters."""
        documents, packed = self.packed_occurrences(pairs)
        posting = np.cumsum(packed & FIRST_BIT, dtype=np.int64)
        posting -= 1
        return documents[posting], packed >> FIRST_BIT

    def packed_occurrences(self, pairs: range) -> tuple[Documents, NDArray[Any]]:
        """Return the documents of neighbouring pairs, and their positions as `layout.packed_positions` makes them."""
        ends = self.blocks.array(f"{PAIRS}/occurrences")
        packed = self.blocks.array(f"{PAIRS}/positions")[int(ends[pairs.start]) : int(ends[pairs.stop])]
        return self.documents(PAIRS, self.postings(PAIRS, pairs)), packed

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

    def blob(self, name: str, document: int) -> memoryview:
        """Return the bytes of a document in a column of bytes."""
        ends = self.blocks.array(f"{name}/ends")
        return self.blocks.bytes(f"{name}/heap")[int(ends[document]) : int(ends[document + 1])]
