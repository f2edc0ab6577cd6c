"""How postings, facets and columns lie in a segment's file: the one place that writes each kind of block."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from index.codec.blocks import BlockWriter

# Postings are ordered and written this many at a time.
CHUNK = 4_000_000
_WEIGHT_BITS = 8

Posting = tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8]]


def write_postings(
    writer: BlockWriter, field: str, size: int, counts: NDArray[np.int64], chunks: Iterable[Posting]
) -> None:
    """Write the postings of `field`, whose terms have `counts` of them, over `size` documents.

    Each of `chunks` holds the term numbers, documents and weights (in units) of postings, in order of term and
    document; chunks follow one another.
    """
    writer.add(f"{field}/postings", np.concatenate(([0], np.cumsum(counts))).astype(np.uint64))
    weights = []
    with writer.open(f"{field}/documents", np.uint16 if size <= 2**16 else np.uint32) as block:
        for _, documents, weight in chunks:
            block.write(documents)
            weights.append(weight)
    with writer.open(f"{field}/weights", np.uint8) as block:
        for weight in weights:
            block.write(weight)


def write_rows(writer: BlockWriter, name: str, lengths: NDArray[np.int64], ordinals: NDArray[np.uint32]) -> None:
    """Write who has what of a facet: document i has the next `lengths[i]` of `ordinals` into its lexicon."""
    writer.add(f"{name}/rows", np.concatenate(([0], np.cumsum(lengths))).astype(np.uint64))
    writer.add(f"{name}/ordinals", ordinals.astype(np.uint32))


def in_order(terms: NDArray[np.uint32], documents: NDArray[np.uint32], weights: NDArray[np.uint8]) -> Posting:
    """Return postings ordered by term and document."""
    if not len(terms):
        return terms, documents, weights
    lowest = terms.min()
    document_bits = int(documents.max()).bit_length()
    if int(terms.max() - lowest).bit_length() + document_bits > 64 - _WEIGHT_BITS:
        order = np.lexsort((documents, terms))
        return terms[order], documents[order], weights[order]
    # Sorting numbers is ten times as fast as sorting places: each posting is packed into one.
    packed = (terms - lowest).astype(np.uint64) << np.uint64(document_bits + _WEIGHT_BITS)
    packed |= documents.astype(np.uint64) << np.uint64(_WEIGHT_BITS)
    packed |= weights.astype(np.uint64)
    packed.sort()
    ordered_weights = (packed & np.uint64(2**_WEIGHT_BITS - 1)).astype(np.uint8)
    packed >>= np.uint64(_WEIGHT_BITS)
    ordered_documents = (packed & np.uint64(2**document_bits - 1)).astype(np.uint32)
    packed >>= np.uint64(document_bits)
    return packed.astype(np.uint32) + lowest, ordered_documents, ordered_weights


def term_ranges(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield ranges of terms that together have about CHUNK postings."""
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + CHUNK, side="right")))
        yield first, last
        first = last
