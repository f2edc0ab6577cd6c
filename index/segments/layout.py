"""The layout of postings and facets in a segment's file, with their dtypes and orders."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter

# Postings that a merge copies at a time.
CHUNK = 1_000_000


def write_postings(
    writer: BlockWriter, field: str, counts: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]
) -> None:
    """Write the postings of `field`, in order of term and document; term i has the next `counts[i]`.

    `columns` maps "documents", "weights" and so on to an array of one value for each posting.
    """
    writer.add(f"{field}/postings", ends_of(counts))
    for name, values in columns.items():
        writer.add(f"{field}/{name}", values)


def write_rows(writer: BlockWriter, name: str, lengths: NDArray[np.int64], ordinals: NDArray[np.uint32]) -> None:
    """Write the values of each document in a facet; document i has the next `lengths[i]` of `ordinals`."""
    writer.add(f"{name}/rows", ends_of(lengths))
    writer.add(f"{name}/ordinals", ordinals.astype(np.uint32))


def document_dtype(size: int) -> type[np.unsignedinteger[Any]]:
    """Return the dtype of the document ids of a segment of `size` documents."""
    return np.uint16 if size <= 2**16 else np.uint32


def position_dtype(longest: int) -> type[np.unsignedinteger[Any]]:
    """Return the dtype for positions in texts of up to `longest` characters a document."""
    return np.uint16 if longest <= 2**16 else np.uint32


def ends_of(lengths: NDArray[Any]) -> NDArray[np.uint64]:
    """Return 0 and the cumulated `lengths`: slice i is from `ends[i]` to `ends[i + 1]`."""
    ends = np.zeros(len(lengths) + 1, np.uint64)
    np.cumsum(lengths, out=ends[1:])
    return ends


def stable_order(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the indices that sort `keys`; equal keys keep their order."""
    if not len(keys):
        return np.zeros(0, np.int64)
    index_bits = len(keys).bit_length()
    if int(keys.max()).bit_length() + index_bits >= 64:
        return np.argsort(keys, kind="stable")
    # Sorting each key packed with its index is several times as fast as sorting indices by their keys.
    packed = keys << np.uint64(index_bits)
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    packed &= np.uint64(2**index_bits - 1)
    return packed.view(np.int64)


def term_ranges(counts: NDArray[np.unsignedinteger[Any]]) -> Iterator[tuple[int, int]]:
    """Yield ranges of terms that together have about CHUNK postings."""
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + CHUNK, side="right")))
        yield first, last
        first = last
