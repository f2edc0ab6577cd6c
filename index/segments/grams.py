"""Texts → postings of every character, and of every pair of neighbours with where it stands.

A posting of a pair says where the pair stands first. Where else it stands in the document say postings of REPEATS,
which has the terms of PAIRS: they are few, and nobody who looks at first ones has to step over them.

Positions count the characters of a document's texts one after the other. Each text ends with a line feed, which no
folded text holds: the last character makes a pair with it, and no pair reaches from one text into the next.
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
    """Holds the code points of all texts one after the other, and of each its document, zone and position."""

    points: NDArray[np.uint32]
    documents: NDArray[np.uint32]
    zones: NDArray[np.uint8]
    positions: NDArray[np.uint32]
    size: int
    longest: int


def write_grams_of(
    writer: BlockWriter,
    texts: Sequence[str],
    text_documents: NDArray[np.uint32],
    text_zones: NDArray[np.uint8],
    size: int,
) -> None:
    """Write the characters and pairs of `texts`, which are in order of document and zone, over `size` documents."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + len(END_OF_TEXT)
    joined = END_OF_TEXT.join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    documents = np.repeat(text_documents, lengths)
    per_zone = np.bincount(text_documents * np.uint32(len(Zone)) + text_zones, lengths, size * len(Zone))
    zone_ends = per_zone.reshape(size, len(Zone)).cumsum(axis=1).astype(np.uint32)
    document_lengths = zone_ends[:, -1].astype(np.int64)
    starts = ends_of(document_lengths)[:-1].astype(np.uint32)
    positions = np.arange(len(documents), dtype=np.uint32) - np.repeat(starts, document_lengths)
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
    held = np.flatnonzero(points.points != ord(END_OF_TEXT))
    firsts, seconds, count = ranks[held], ranks[held + 1], np.uint64(max(1, len(characters)))
    terms = _write_postings(writer, CHARACTERS, points, held, firsts)
    write_grams(writer, CHARACTERS, characters[terms] << np.uint64(GRAM_BITS))
    terms = _write_postings(writer, PAIRS, points, held, firsts * count + seconds)
    write_grams(writer, PAIRS, characters[terms // count] << np.uint64(GRAM_BITS) | characters[terms % count])


def _write_postings(
    writer: BlockWriter, field: str, points: _Points, held: NDArray[np.int64], terms: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Write the postings of the grams that begin at the places `held`, and return the different `terms`, in order."""
    order = stable_order(terms)
    terms, places = terms[order], held[order]
    documents = points.documents[places]
    is_term = np.ones(len(terms), bool)
    is_term[1:] = terms[1:] != terms[:-1]
    is_posting = is_term.copy()
    is_posting[1:] |= documents[1:] != documents[:-1]
    starts, term_starts = np.flatnonzero(is_posting), np.flatnonzero(is_term)
    numbers = np.cumsum(is_term) - 1
    documents = documents.astype(document_dtype(points.size))
    columns: dict[str, NDArray[Any]] = {"documents": documents[starts]}
    columns["weights"] = posting_weights(points.zones[places], starts)
    if field == PAIRS:
        positions = points.positions[places].astype(position_dtype(points.longest))
        columns["positions"] = positions[starts]
        others = np.flatnonzero(~is_posting)
        repeated = np.bincount(numbers[others], minlength=len(term_starts))
        write_postings(writer, REPEATS, repeated, {"documents": documents[others], "positions": positions[others]})
    write_postings(writer, field, np.bincount(numbers[starts], minlength=len(term_starts)), columns)
    return terms[term_starts]


def _ranked(points: NDArray[np.uint32]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return for each code point its rank among the different ones, and those."""
    present = np.zeros(int(points.max(initial=0)) + 1, bool)
    present[points] = True
    ranks = np.cumsum(present, dtype=np.uint64) - np.uint64(1)
    return ranks[points], np.flatnonzero(present).astype(np.uint64)
