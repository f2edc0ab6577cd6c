"""Gram postings: every character, and every pair of neighbours with its positions.

A posting of PAIRS has the first position of the pair in its document. The further positions are postings of REPEATS,
which has the terms of PAIRS: they are few, and a look at first positions does not step over them.

Positions count the characters of a document's texts one after the other. Each text ends with a line feed, which no
folded text has: the last character makes a pair with it, and no pair reaches from one text into the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter
from index.schema.bm25 import posting_weights
from index.schema.document import END_OF_TEXT
from index.schema.zones import Zone
from index.segments.layout import (
    document_dtype,
    ends_of,
    position_dtype,
    stable_order,
    write_postings,
)
from index.segments.lexicon import GRAM_BITS, write_grams

CHARACTERS, PAIRS, REPEATS = "characters", "pairs", "repeats"
# For each document and each zone in turn, the position behind its texts.
ZONE_ENDS = "texts/zones"


@dataclass(frozen=True, slots=True)
class _Points:
    """The code points of all texts one after the other, and the document, zone and position of each.

    `size` is the number of documents, `longest` the number of positions of the longest.
    """

    points: NDArray[np.uint32]
    documents: NDArray[np.uint32]
    zones: NDArray[np.uint8]
    positions: NDArray[np.uint32]
    size: int
    longest: int


def write_gram_postings(
    writer: BlockWriter,
    texts: Sequence[str],
    text_documents: NDArray[np.uint32],
    text_zones: NDArray[np.uint8],
    size: int,
) -> None:
    """Write the characters and pairs of `texts`, which are in order of document and zone, of `size` documents."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + len(END_OF_TEXT)
    joined = END_OF_TEXT.join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    documents = np.repeat(text_documents, lengths)
    per_zone = np.bincount(text_documents * np.uint32(len(Zone)) + text_zones, lengths, size * len(Zone))
    zone_ends = per_zone.reshape(size, len(Zone)).cumsum(axis=1).astype(np.uint32)
    document_lengths = zone_ends[:, -1].astype(np.int64)
    document_starts = ends_of(document_lengths)[:-1].astype(np.uint32)
    positions = np.arange(len(documents), dtype=np.uint32) - np.repeat(document_starts, document_lengths)
    points = _Points(
        np.frombuffer(joined, np.uint32),
        documents,
        np.repeat(text_zones, lengths),
        positions,
        size,
        int(document_lengths.max(initial=0)),
    )
    writer.add(ZONE_ENDS, zone_ends.ravel())
    ranks, characters = _ranked(points.points)
    starts = np.flatnonzero(points.points != ord(END_OF_TEXT))
    firsts, seconds, count = ranks[starts], ranks[starts + 1], np.uint64(max(1, len(characters)))
    terms = _write_postings(writer, CHARACTERS, points, starts, firsts)
    write_grams(writer, CHARACTERS, characters[terms] << np.uint64(GRAM_BITS))
    terms = _write_postings(writer, PAIRS, points, starts, firsts * count + seconds)
    write_grams(writer, PAIRS, characters[terms // count] << np.uint64(GRAM_BITS) | characters[terms % count])


def _write_postings(
    writer: BlockWriter, field: str, points: _Points, occurrences: NDArray[np.int64], terms: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Write the postings of grams, and return the different `terms`, in order.

    Gram i is `terms[i]` and begins at the code point `occurrences[i]`.
    """
    order = stable_order(terms)
    terms, occurrences = terms[order], occurrences[order]
    documents = points.documents[occurrences]
    is_term = np.ones(len(terms), bool)
    is_term[1:] = terms[1:] != terms[:-1]
    is_posting = is_term.copy()
    is_posting[1:] |= documents[1:] != documents[:-1]
    starts, term_starts = np.flatnonzero(is_posting), np.flatnonzero(is_term)
    term_ids = np.cumsum(is_term) - 1
    documents = documents.astype(document_dtype(points.size))
    columns: dict[str, NDArray[Any]] = {"documents": documents[starts]}
    columns["weights"] = posting_weights(points.zones[occurrences], starts)
    if field == PAIRS:
        positions = points.positions[occurrences].astype(position_dtype(points.longest))
        columns["positions"] = positions[starts]
        others = np.flatnonzero(~is_posting)
        repeated = np.bincount(term_ids[others], minlength=len(term_starts))
        write_postings(writer, REPEATS, repeated, {"documents": documents[others], "positions": positions[others]})
    write_postings(writer, field, np.bincount(term_ids[starts], minlength=len(term_starts)), columns)
    return terms[term_starts]


def _ranked(points: NDArray[np.uint32]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the rank of each code point among the different ones, and the different ones in order."""
    present = np.zeros(int(points.max(initial=0)) + 1, bool)
    present[points] = True
    ranks = np.cumsum(present, dtype=np.uint64) - np.uint64(1)
    return ranks[points], np.flatnonzero(present).astype(np.uint64)
