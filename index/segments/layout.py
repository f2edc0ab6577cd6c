"""The layout of postings and facets in a segment's file, with their dtypes and orders.

A posting of PAIRS has the first position of the pair in its document. The further positions are postings of REPEATS,
which has the terms of PAIRS: they are few, and a look at first positions does not step over them.

Positions count the characters of a document's texts one after the other. Each text ends with a line feed, which no
folded text has: the last character makes a pair with it, and no pair reaches from one text into the next.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter

WORDS, CHARACTERS, PAIRS, REPEATS = "words", "characters", "pairs", "repeats"
# For each document and each zone in turn, the position behind its texts.
ZONE_ENDS = "texts/zones"


def write_postings(
    writer: BlockWriter, field: str, counts: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]
) -> None:
    """Write the postings of `field`, in order of term and document; term i has the next `counts[i]`.

    `columns` maps "documents", "weights" and so on to an array of one value for each posting.
    """
    writer.add(f"{field}/postings", ends_of(counts))
    for name, values in columns.items():
        writer.add(f"{field}/{name}", values)


def write_rows(writer: BlockWriter, name: str, lengths: NDArray[np.int64], ordinals: NDArray[Any]) -> None:
    """Write the values of each document in a facet; document i has the next `lengths[i]` of `ordinals`."""
    writer.add(f"{name}/rows", ends_of(lengths))
    writer.add(f"{name}/ordinals", ordinals.astype(np.uint32))


def dtype_below(limit: int) -> type[np.unsignedinteger[Any]]:
    """Return the dtype of document ids or positions that are less than `limit`."""
    return np.uint16 if limit <= 2**16 else np.uint32


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
