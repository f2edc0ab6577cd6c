"""The builder of a segment: inverts documents in memory by sorting arrays."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter
from index.files.durable import synced_file
from index.schema.bm25 import LENGTH, document_lengths, posting_weights
from index.schema.document import Document
from index.segments.grams import write_gram_postings
from index.segments.layout import document_dtype, stable_order, write_postings, write_rows
from index.segments.lexicon import write_lexicon


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
            write_gram_postings(writer, self._texts, documents, zones, self.size)
            self._write_columns(writer)
            writer.close()

    def _write_words(
        self, writer: BlockWriter, text_documents: NDArray[np.uint32], text_zones: NDArray[np.uint8]
    ) -> None:
        lengths = np.array(self._words.lengths, np.int64)
        ids_by_code = _write_terms(writer, "words", self._words)
        term_ids = ids_by_code[np.array(self._words.codes, np.uint32)]
        order = stable_order(term_ids.astype(np.uint64))
        term_ids = term_ids[order]
        documents, zones = np.repeat(text_documents, lengths)[order], np.repeat(text_zones, lengths)[order]
        is_start = np.ones(len(term_ids), bool)
        is_start[1:] = (term_ids[1:] != term_ids[:-1]) | (documents[1:] != documents[:-1])
        starts = np.flatnonzero(is_start)
        weights = posting_weights(zones, starts)
        columns = {
            "documents": documents[starts].astype(document_dtype(self.size)),
            "weights": weights,
            "zones": np.bitwise_or.reduceat(np.uint8(1) << zones, starts) if len(starts) else zones,
        }
        write_postings(writer, "words", np.bincount(term_ids[starts], minlength=len(ids_by_code)), columns)
        writer.add(LENGTH, document_lengths(documents[starts], weights, self.size))

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


def _write_terms(writer: BlockWriter, field: str, terms: _Terms) -> NDArray[np.uint32]:
    """Write the lexicon of `terms`, and return the term id of each code."""
    texts = [text.encode() for text in terms.by_text]
    order = sorted(range(len(texts)), key=texts.__getitem__)
    ids_by_code = np.empty(len(texts), np.uint32)
    ids_by_code[order] = np.arange(len(texts), dtype=np.uint32)
    write_lexicon(writer, field, (texts[code] for code in order))
    return ids_by_code


def _write_facet(writer: BlockWriter, name: str, rows: list[list[str]]) -> None:
    values = _Terms()
    for row in rows:
        values.add(list(dict.fromkeys(row)))
    ids_by_code = _write_terms(writer, name, values)
    ordinals = ids_by_code[np.array(values.codes, np.uint32)]
    lengths = np.array(values.lengths, np.int64)
    order = stable_order(ordinals.astype(np.uint64))
    documents = np.repeat(np.arange(len(rows)), lengths)[order].astype(document_dtype(len(rows)))
    write_postings(writer, name, np.bincount(ordinals, minlength=len(ids_by_code)), {"documents": documents})
    write_rows(writer, name, lengths, ordinals)
