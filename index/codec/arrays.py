"""One segment's file, opened as arrays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.codec.blocks import BlockFile
from index.codec.lexicon import Lexicon

# Weights are stored as whole numbers of this part.
WEIGHT_UNIT = 0.1

Documents = NDArray[np.unsignedinteger]
Weights = NDArray[np.float32]


class SegmentArrays:
    """Gives the arrays of one segment's file; documents are numbered from 0 to before `size`."""

    def __init__(self, path: Path, size: int, deleted: frozenset[int]) -> None:
        self.size = size
        self.deleted = deleted
        self.blocks = BlockFile(path)
        self._lexicons: dict[str, Lexicon] = {}

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

    def lexicon(self, name: str) -> Lexicon:
        """Return the terms of a field, or the values of a facet."""
        if (found := self._lexicons.get(name)) is None:
            found = self._lexicons[name] = Lexicon.of(self.blocks, name)
        return found

    def postings(self, field: str, number: int) -> tuple[Documents, Weights]:
        """Return the documents, ascending, that hold the term `number` of `field`, and its weight in each."""
        return self.postings_of(field, range(number, number + 1))

    def postings_of(self, field: str, terms: range) -> tuple[Documents, Weights]:
        """Return the postings of neighbouring terms, one term's after the other's."""
        ends = self.blocks.array(f"{field}/postings")
        first, last = int(ends[terms.start]), int(ends[terms.stop])
        weights = self.blocks.array(f"{field}/weights")[first:last]
        return self.blocks.array(f"{field}/documents")[first:last], weights * np.float32(WEIGHT_UNIT)

    def numbers(self, name: str) -> NDArray[Any]:
        """Return a numeric column."""
        return self.blocks.array(name)

    def rows(self, name: str) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Return a facet: document i has the values `ordinals[ends[i]:ends[i + 1]]` of `lexicon(name)`."""
        return self.blocks.array(f"{name}/rows"), self.blocks.array(f"{name}/ordinals")

    def blobs(self, name: str, documents: NDArray[np.int64]) -> Iterator[memoryview]:
        """Yield the bytes of many documents in a column of bytes."""
        heap, ends = self.blocks.bytes(f"{name}/heap"), self.blocks.array(f"{name}/ends")
        starts, stops = ends[documents].tolist(), ends[documents + 1].tolist()
        return (heap[start:stop] for start, stop in zip(starts, stops, strict=True))

    def blob(self, name: str, document: int) -> memoryview:
        """Return the bytes of a document in a column of bytes."""
        ends = self.blocks.array(f"{name}/ends")
        return self.blocks.bytes(f"{name}/heap")[int(ends[document]) : int(ends[document + 1])]
