"""Sorted byte strings in a block: found by bisection, without reading the rest."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from index.codec.blocks import BlockFile, BlockWriter

# Strings that are written at once.
_BATCH = 4096


class Lexicon(Sequence[bytes]):
    """Is a sequence of byte strings; the look-ups need them sorted and different."""

    def __init__(self, heap: memoryview, ends: NDArray[np.uint64]) -> None:
        self._heap = heap
        self._ends = ends

    @classmethod
    def of(cls, blocks: BlockFile, name: str) -> "Lexicon":
        """Return the strings that `write_lexicon` wrote under `name`."""
        return cls(blocks.bytes(f"{name}/heap"), blocks.array(f"{name}/ends"))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> bytes:  # type: ignore[override]
        return bytes(self._heap[int(self._ends[number]) : int(self._ends[number + 1])])

    def __iter__(self) -> Iterator[bytes]:
        heap, ends = self._heap, self._ends.tolist()
        return (bytes(heap[a:b]) for a, b in pairwise(ends))

    def find(self, text: bytes) -> int:
        """Return the number of `text`, or -1 if it is not there."""
        number = bisect_left(self, text)
        return number if number < len(self) and self[number] == text else -1

    def with_prefix(self, prefix: bytes) -> range:
        """Return the numbers of the strings that begin with `prefix`."""
        first = bisect_left(self, prefix)
        # No UTF-8 text has the byte 0xFF: it sorts behind everything that begins so.
        return range(first, bisect_left(self, prefix + b"\xff", first))


def write_lexicon(writer: BlockWriter, name: str, texts: Iterable[bytes]) -> None:
    """Write byte strings under `name`, in the order given."""
    lengths = [0]
    remaining = iter(texts)
    with writer.open(f"{name}/heap", "u1") as heap:
        while batch := list(islice(remaining, _BATCH)):
            heap.write(b"".join(batch))
            lengths.extend(map(len, batch))
    writer.add(f"{name}/ends", np.cumsum(lengths, dtype=np.uint64))
