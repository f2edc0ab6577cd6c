"""Several segments → one, by copying arrays; deleted documents are left behind."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.codec.arrays import SegmentArrays
from index.codec.blocks import BlockWriter
from index.codec.layout import Posting, in_order, term_ranges, write_postings, write_rows
from index.codec.lexicon import write_lexicon
from index.durable import synced_file


def merge(segments: list[SegmentArrays], path: Path) -> int:
    """Write the live documents of `segments` as one segment's file, in their order, and return how many they are."""
    lives = [segment.live for segment in segments]
    first = segments[0].blocks
    with synced_file(path) as stream:
        writer = BlockWriter(stream)
        for field in segments[0].fields():
            numbers = _merge_postings(writer, field, segments, lives)
            if f"{field}/rows" in first:
                _merge_rows(writer, field, segments, lives, numbers)
        for name in (name for name in first.names() if "/" not in name):
            columns = [segment.numbers(name)[live] for segment, live in zip(segments, lives, strict=True)]
            writer.add(name, np.concatenate(columns))
        for name in segments[0].blob_names():
            write_lexicon(writer, name, _live_blobs(name, segments, lives))
        writer.close()
    return int(sum(live.sum() for live in lives))


def _merge_postings(
    writer: BlockWriter, field: str, segments: list[SegmentArrays], lives: list[NDArray[np.bool_]]
) -> list[NDArray[np.int64]]:
    """Write the lexicon and postings of `field`, and return the new numbers of each segment's terms."""
    terms, places = _united([list(segment.lexicon(field)) for segment in segments])
    counts = np.zeros(len(terms), np.int64)
    for segment, live, place in zip(segments, lives, places, strict=True):
        counts[place] += _live_counts(segment, field, live)
    kept = counts > 0
    numbers = [(np.cumsum(kept) - 1)[place] for place in places]
    sources = [
        _Source(segment, field, live, number, base)
        for segment, live, number, base in zip(segments, lives, numbers, _bases(lives), strict=True)
    ]
    counts = counts[kept]
    write_lexicon(writer, field, (term for term, keep in zip(terms, kept.tolist(), strict=True) if keep))
    chunks = (_joined([source.between(a, b) for source in sources]) for a, b in term_ranges(counts))
    size = sum(int(live.sum()) for live in lives)
    write_postings(writer, field, size, counts, chunks)
    return numbers


class _Source:
    """Gives the live postings of one segment with the numbers that terms and documents have after the merge."""

    def __init__(
        self, segment: SegmentArrays, field: str, live: NDArray[np.bool_], numbers: NDArray[np.int64], base: int
    ) -> None:
        self._blocks = segment.blocks
        self._field = field
        self._live = live
        self._numbers = numbers
        self._documents = (np.cumsum(live) - 1 + base).astype(np.uint32)

    def between(self, first: int, last: int) -> Posting:
        """Return the postings of the terms from `first` to before `last`."""
        a, b = np.searchsorted(self._numbers, (first, last))
        ends = self._blocks.array(f"{self._field}/postings")
        terms = np.repeat(self._numbers[a:b], np.diff(ends[a : b + 1]).astype(np.int64)).astype(np.uint32)
        documents = self._blocks.array(f"{self._field}/documents")[int(ends[a]) : int(ends[b])]
        weights = self._blocks.array(f"{self._field}/weights")[int(ends[a]) : int(ends[b])]
        live = self._live[documents]
        return terms[live], self._documents[documents[live]], weights[live]


def _live_counts(segment: SegmentArrays, field: str, live: NDArray[np.bool_]) -> NDArray[np.int64]:
    ends = segment.blocks.array(f"{field}/postings").astype(np.int64)
    if live.all():
        return np.diff(ends)
    before = np.concatenate(([0], np.cumsum(live[segment.blocks.array(f"{field}/documents")])))
    return np.diff(before[ends])


def _united(lexicons: list[list[bytes]]) -> tuple[list[bytes], list[NDArray[np.int64]]]:
    """Return the union of sorted lexicons, sorted, and the number there of each string of each."""
    union = sorted(set().union(*lexicons))
    numbers = {text: number for number, text in enumerate(union)}
    return union, [np.fromiter((numbers[text] for text in texts), np.int64, len(texts)) for texts in lexicons]


def _bases(lives: list[NDArray[np.bool_]]) -> list[int]:
    return [0, *np.cumsum([live.sum() for live in lives]).tolist()][:-1]


def _joined(postings: list[Posting]) -> Posting:
    terms, documents, weights = (np.concatenate(parts) for parts in zip(*postings, strict=True))
    return in_order(terms, documents, weights)


def _merge_rows(
    writer: BlockWriter,
    name: str,
    segments: list[SegmentArrays],
    lives: list[NDArray[np.bool_]],
    numbers: list[NDArray[np.int64]],
) -> None:
    lengths, ordinals = [], []
    for segment, live, number in zip(segments, lives, numbers, strict=True):
        ends, own = segment.rows(name)
        row_lengths = np.diff(ends).astype(np.int64)
        lengths.append(row_lengths[live])
        ordinals.append(number[own[np.repeat(live, row_lengths)]])
    write_rows(writer, name, np.concatenate(lengths), np.concatenate(ordinals).astype(np.uint32))


def _live_blobs(name: str, segments: list[SegmentArrays], lives: list[NDArray[np.bool_]]) -> Iterator[bytes]:
    for segment, live in zip(segments, lives, strict=True):
        for document in np.flatnonzero(live).tolist():
            yield bytes(segment.blob(name, document))
