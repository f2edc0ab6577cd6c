"""Documents → a segment, inverted in memory by sorting arrays."""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.codec.arrays import WEIGHT_UNIT
from index.codec.blocks import BlockWriter
from index.codec.layout import Posting, in_order, write_postings, write_rows
from index.codec.lexicon import write_lexicon
from index.durable import synced_file

# Weights beyond differ no more: BM25 has long levelled off.
Keys = NDArray[np.uint64]
_MOST_WEIGHT = np.iinfo(np.uint8).max


@dataclass(frozen=True, slots=True)
class Document:
    """Is what one document adds to a segment.

    `grams` are pairs of (keys: uint64, weights: float); a key holds two code points, `first << 21 | second`,
    and second is 0 for a single character. `facets` maps a name to the document's values.
    """

    words: Mapping[str, float]
    grams: tuple[NDArray[np.uint64], NDArray[np.float64]]
    facets: Mapping[str, list[str]]
    numbers: Mapping[str, int]
    blobs: Mapping[str, bytes]


class SegmentBuilder:
    """Gathers documents and writes them as one segment; memory grows with what was added."""

    def __init__(self) -> None:
        self.size = 0
        self.posting_count = 0
        self._words = _Words()
        self._gram_keys: list[NDArray[np.uint64]] = []
        self._gram_weights: list[NDArray[np.uint8]] = []
        self._documents: list[Document] = []

    def add(self, document: Document) -> None:
        """Add one document, numbered `size` before."""
        self._words.add(document.words)
        keys, weights = document.grams
        self._gram_keys.append(keys)
        self._gram_weights.append(_units(weights))
        self._documents.append(document)
        self.size += 1
        self.posting_count += len(document.words) + len(keys)

    def write(self, path: Path) -> None:
        """Write the segment's file; it is on disk when this returns."""
        with synced_file(path) as stream:
            writer = BlockWriter(stream)
            _write_inverted(writer, "words", self._words)
            self._write_grams(writer)
            first = self._documents[0] if self._documents else None
            for name in first.facets if first else ():
                _write_facet(writer, name, [document.facets[name] for document in self._documents])
            for name in first.numbers if first else ():
                writer.add(name, np.array([document.numbers[name] for document in self._documents], np.int64))
            for name in first.blobs if first else ():
                write_lexicon(writer, name, (document.blobs[name] for document in self._documents))
            writer.close()

    def _write_grams(self, writer: BlockWriter) -> None:
        lengths = [len(keys) for keys in self._gram_keys]
        keys = np.concatenate([np.zeros(0, np.uint64), *self._gram_keys])
        weights = np.concatenate([np.zeros(0, np.uint8), *self._gram_weights])
        documents = np.repeat(np.arange(self.size, dtype=np.uint32), lengths)
        numbers, key_of = _numbered(keys)
        numbers, documents, weights = in_order(numbers, documents, weights)
        starts = np.flatnonzero(np.diff(numbers, prepend=np.uint32(2**32 - 1)))
        counts = np.diff(starts, append=len(numbers))
        terms = (_gram_text(key) for key in key_of(numbers[starts]).tolist())
        write_lexicon(writer, "grams", terms)
        write_postings(writer, "grams", self.size, counts, [(numbers, documents, weights)])


class _Words:
    """Numbers strings as they come, and holds who has which."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._terms = array("I")
        self._weights = array("f")
        self._lengths = array("I")

    def add(self, weights: Mapping[str, float]) -> None:
        numbers = self._numbers
        self._terms.extend([numbers.setdefault(term, len(numbers)) for term in weights])
        self._weights.extend(weights.values())
        self._lengths.append(len(weights))

    def __len__(self) -> int:
        return len(self._lengths)

    def terms(self) -> list[bytes]:
        return [term.encode() for term in self._numbers]

    def postings(self) -> Posting:
        documents = np.repeat(np.arange(len(self._lengths), dtype=np.uint32), np.array(self._lengths))
        return np.array(self._terms, np.uint32), documents, _units(np.array(self._weights))


def _write_inverted(writer: BlockWriter, field: str, words: _Words) -> NDArray[np.uint32]:
    """Write the lexicon and postings of `words`, and return the place in the lexicon of each word by its number."""
    terms = words.terms()
    order = sorted(range(len(terms)), key=terms.__getitem__)
    ranks = np.empty(len(terms), np.uint32)
    ranks[order] = np.arange(len(terms), dtype=np.uint32)
    numbers, documents, weights = words.postings()
    write_lexicon(writer, field, (terms[i] for i in order))
    counts = np.bincount(ranks[numbers], minlength=len(terms))
    write_postings(writer, field, len(words), counts, [in_order(ranks[numbers], documents, weights)])
    return ranks


def _write_facet(writer: BlockWriter, name: str, rows: list[list[str]]) -> None:
    values = _Words()
    for row in rows:
        values.add(dict.fromkeys(row, 1.0))
    ranks = _write_inverted(writer, name, values)
    write_rows(writer, name, np.array([len(set(row)) for row in rows]), ranks[values.postings()[0]])


def _units(weights: NDArray[np.floating]) -> NDArray[np.uint8]:
    units: NDArray[np.uint8] = np.minimum(np.rint(weights / WEIGHT_UNIT), _MOST_WEIGHT).astype(np.uint8)
    return units


def _numbered(keys: Keys) -> tuple[NDArray[np.uint32], Callable[[NDArray[np.uint32]], Keys]]:
    """Return numbers of 32 bits that are in the order of `keys`, and what gives the keys of numbers.

    As a rule two characters numbered by 16 bits each; where there are too many of them, the keys are sorted.
    """
    first, second = keys >> np.uint64(21), keys & np.uint64(0x1FFFFF)
    present = np.zeros(0x110000, bool)
    present[first] = present[second] = True
    present[0] = True  # stands for no second character
    points = np.flatnonzero(present).astype(np.uint64)
    if len(points) > 0x10000:
        different, places = np.unique(keys, return_inverse=True)
        return places.astype(np.uint32), lambda numbers: different[numbers]
    ranks = np.cumsum(present, dtype=np.uint32) - np.uint32(1)
    numbers = ranks[first] << np.uint32(16) | ranks[second]
    return numbers, lambda numbers: points[numbers >> 16] << np.uint64(21) | points[numbers & 0xFFFF]


def _gram_text(key: int) -> bytes:
    first, second = key >> 21, key & 0x1FFFFF
    return (chr(first) + (chr(second) if second else "")).encode()
