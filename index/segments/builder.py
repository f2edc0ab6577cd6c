"""The builder of a segment: inverts documents in memory by sorting arrays."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter
from index.files.durable import synced_file
from index.schema.bm25 import LENGTH, document_lengths, posting_weights
from index.schema.document import END_OF_TEXT, Document
from index.schema.zones import Zone
from index.segments.layout import (
    CHARACTERS,
    PAIRS,
    REPEATS,
    WORDS,
    ZONE_ENDS,
    dtype_below,
    ends_of,
    stable_order,
    write_postings,
    write_rows,
)
from index.segments.lexicon import GRAM_BITS, write_lexicon


class SegmentBuilder:
    """Documents to be written as one segment; they stay in memory until then."""

    def __init__(self) -> None:
        self.size = 0
        self.character_count = 0
        self._words = _Terms()
        self._texts: list[str] = []
        self._text_documents = array("I")
        self._text_zones = array("B")
        self._documents: list[Document] = []

    def add(self, document: Document) -> None:
        """Add one document, whose id is the `size` before."""
        for text in document.texts:
            self._words.add(text.words)
            self._texts.append(text.folded)
            self._text_documents.append(self.size)
            self._text_zones.append(text.zone)
            self.character_count += len(text.folded)
        # Without its texts, whose words are Python strings: those of a thousand posts take 40 MB.
        self._documents.append(replace(document, texts=()))
        self.size += 1

    def write(self, path: Path) -> None:
        """Write the segment's file; it is on disk when this returns."""
        with synced_file(path) as stream:
            writer = BlockWriter(stream)
            documents, zones = np.array(self._text_documents, np.uint32), np.array(self._text_zones, np.uint8)
            self._write_words(writer, documents, zones)
            self._write_grams(writer, documents, zones)
            self._write_columns(writer)
            writer.close()

    def _write_words(
        self, writer: BlockWriter, text_documents: NDArray[np.uint32], text_zones: NDArray[np.uint8]
    ) -> None:
        lengths = np.array(self._words.lengths, np.int64)
        terms = _write_terms(writer, WORDS, self._words)
        documents, zones = np.repeat(text_documents, lengths), np.repeat(text_zones, lengths)
        _, columns = _write_occurrences(writer, WORDS, terms, documents.astype(dtype_below(self.size)), zones)
        writer.add(LENGTH, document_lengths(columns["documents"], columns["weights"], self.size))

    def _write_grams(
        self, writer: BlockWriter, text_documents: NDArray[np.uint32], text_zones: NDArray[np.uint8]
    ) -> None:
        """Write every character, and every pair of neighbours with its positions."""
        lengths = np.fromiter(map(len, self._texts), np.int64, len(self._texts)) + len(END_OF_TEXT)
        joined = END_OF_TEXT.join([*self._texts, ""]).encode("utf-32-le", "surrogatepass")
        points = np.frombuffer(joined, np.uint32)
        per_zone = np.bincount(text_documents * np.uint32(len(Zone)) + text_zones, lengths, self.size * len(Zone))
        zone_ends = per_zone.reshape(self.size, len(Zone)).cumsum(axis=1).astype(np.uint32)
        writer.add(ZONE_ENDS, zone_ends.ravel())
        totals = zone_ends[:, -1]
        document_starts = ends_of(totals)[:-1].astype(np.uint32)
        positions = np.arange(len(points), dtype=np.uint32) - np.repeat(document_starts, totals)
        starts = np.flatnonzero(points != ord(END_OF_TEXT))
        ranks, characters = _ranked(points)
        firsts, seconds, base = ranks[starts], ranks[starts + 1], np.uint64(max(1, len(characters)))
        documents = np.repeat(text_documents.astype(dtype_below(self.size)), lengths)[starts]
        zones = np.repeat(text_zones, lengths)[starts]
        positions = positions.astype(dtype_below(int(totals.max(initial=0))))[starts]
        terms, _ = _write_occurrences(writer, CHARACTERS, firsts, documents, zones)
        writer.add(f"{CHARACTERS}/keys", characters[terms] << np.uint64(GRAM_BITS))
        terms, _ = _write_occurrences(writer, PAIRS, firsts * base + seconds, documents, zones, positions)
        writer.add(f"{PAIRS}/keys", characters[terms // base] << np.uint64(GRAM_BITS) | characters[terms % base])

    def _write_columns(self, writer: BlockWriter) -> None:
        first = self._documents[0] if self._documents else None
        for name in first.facets if first else ():
            _write_facet(writer, name, [document.facets[name] for document in self._documents])
        for name in first.numbers if first else ():
            writer.add(name, np.array([document.numbers[name] for document in self._documents], np.int64))
        for name in first.blobs if first else ():
            write_lexicon(writer, name, (document.blobs[name] for document in self._documents))


class _Terms:
    """Rows of strings, each string as a code; codes are given in the order in which strings first occur."""

    def __init__(self) -> None:
        self.by_text: dict[str, int] = defaultdict(count().__next__)
        self.codes = array("I")
        self.lengths = array("I")

    def add(self, row: Sequence[str]) -> None:
        self.codes.extend(map(self.by_text.__getitem__, row))
        self.lengths.append(len(row))


def _write_terms(writer: BlockWriter, field: str, terms: _Terms) -> NDArray[np.uint64]:
    """Write the lexicon of `terms`, and return the term id of each string of the rows."""
    texts = [text.encode() for text in terms.by_text]
    order = sorted(range(len(texts)), key=texts.__getitem__)
    ids_by_code = np.empty(len(texts), np.uint64)
    ids_by_code[order] = np.arange(len(texts), dtype=np.uint64)
    write_lexicon(writer, field, (texts[code] for code in order))
    return ids_by_code[np.array(terms.codes, np.uint32)]


def _write_occurrences(
    writer: BlockWriter,
    field: str,
    terms: NDArray[np.uint64],
    documents: NDArray[np.unsignedinteger],
    zones: NDArray[np.uint8],
    positions: NDArray[np.unsignedinteger] | None = None,
) -> tuple[NDArray[np.uint64], dict[str, NDArray[Any]]]:
    """Write the postings of occurrences; return the different terms, in order, and the columns of the postings.

    Occurrence i, in order of document and position, is of `terms[i]` in `documents[i]`, `zones[i]` and `positions[i]`.
    """
    order = stable_order(terms)
    terms, documents, zones = terms[order], documents[order], zones[order]
    is_term = np.ones(len(terms), bool)
    is_term[1:] = terms[1:] != terms[:-1]
    is_posting = is_term.copy()
    is_posting[1:] |= documents[1:] != documents[:-1]
    starts, term_starts = np.flatnonzero(is_posting), np.flatnonzero(is_term)
    term_ids = np.cumsum(is_term) - 1
    columns: dict[str, NDArray[Any]] = {"documents": documents[starts], "weights": posting_weights(zones, starts)}
    if field == WORDS:
        columns["zones"] = np.bitwise_or.reduceat(np.uint8(1) << zones, starts) if len(starts) else zones
    if positions is not None:
        positions = positions[order]
        columns["positions"] = positions[starts]
        others = np.flatnonzero(~is_posting)
        repeated = np.bincount(term_ids[others], minlength=len(term_starts))
        write_postings(writer, REPEATS, repeated, {"documents": documents[others], "positions": positions[others]})
    write_postings(writer, field, np.bincount(term_ids[starts], minlength=len(term_starts)), columns)
    return terms[term_starts], columns


def _write_facet(writer: BlockWriter, name: str, rows: list[list[str]]) -> None:
    values = _Terms()
    for row in rows:
        values.add(list(dict.fromkeys(row)))
    ordinals = _write_terms(writer, name, values)
    lengths = np.array(values.lengths, np.int64)
    documents = np.repeat(np.arange(len(rows), dtype=dtype_below(len(rows))), lengths)[stable_order(ordinals)]
    counts = np.bincount(ordinals.view(np.int64), minlength=len(values.by_text))
    write_postings(writer, name, counts, {"documents": documents})
    write_rows(writer, name, lengths, ordinals)


def _ranked(points: NDArray[np.uint32]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the rank of each code point among the different ones, and the different ones in order."""
    present = np.zeros(int(points.max(initial=0)) + 1, bool)
    present[points] = True
    ranks = np.cumsum(present, dtype=np.uint64) - np.uint64(1)
    return ranks[points], np.flatnonzero(present).astype(np.uint64)
