"""How postings, facets and columns lie in a segment's file: the one place that writes each kind of block."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter

# Postings are moved this many at a time.
CHUNK = 1_000_000


def write_postings(
    writer: BlockWriter, field: str, counts: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]
) -> None:
    """Write the postings of `field`, whose terms have `counts` of them, in order of term and document.

    `columns` maps "documents", "weights" and what else there is of each posting to its values.
    """
    writer.add(f"{field}/postings", ends_of(counts))
    for name, values in columns.items():
        writer.add(f"{field}/{name}", values)


def write_rows(writer: BlockWriter, name: str, lengths: NDArray[np.int64], ordinals: NDArray[np.uint32]) -> None:
    """Write who has what of a facet: document i has the next `lengths[i]` of `ordinals` into its lexicon."""
    writer.add(f"{name}/rows", ends_of(lengths))
    writer.add(f"{name}/ordinals", ordinals.astype(np.uint32))


def document_dtype(size: int) -> type[np.unsignedinteger[Any]]:
    """Return the dtype for document numbers of a segment of `size` documents."""
    return np.uint16 if size <= 2**16 else np.uint32


def position_dtype(longest: int) -> type[np.unsignedinteger[Any]]:
    """Return the dtype for positions in texts of up to `longest` characters a document."""
    return np.uint16 if longest <= 2**16 else np.uint32


def ends_of(lengths: NDArray[Any]) -> NDArray[np.uint64]:
    """Return where each of neighbouring stretches of `lengths` ends, and 0 before."""
    ends = np.zeros(len(lengths) + 1, np.uint64)
    np.cumsum(lengths, out=ends[1:])
    return ends


def stable_order(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the places of `keys` in ascending order, equal ones as they come."""
    if not len(keys):
        return np.zeros(0, np.int64)
    place_bits = len(keys).bit_length()
    if int(keys.max()).bit_length() + place_bits >= 64:
        return np.argsort(keys, kind="stable")
    # Sorting numbers is several times as fast as sorting places: each key is packed with its place.
    packed = keys << np.uint64(place_bits)
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    packed &= np.uint64(2**place_bits - 1)
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
