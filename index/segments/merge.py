"""Merging segments: their arrays are copied into those of one segment, without the deleted documents."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter
from index.files.durable import synced_file
from index.segments.arrays import PostingArrays, SegmentArrays
from index.segments.grams import PAIRS, REPEATS, ZONE_ENDS
from index.segments.layout import (
    document_dtype,
    position_dtype,
    term_ranges,
    write_postings,
    write_rows,
)
from index.segments.lexicon import GramLexicon, write_grams, write_lexicon

# Columns of postings besides the document ids; a field has some of them.
_COLUMNS = ("weights", "zones", "positions")
# The number of live postings, or values, of each term of a source.
Counts = NDArray[np.uint32]
# The term id after the merge of each term of a source, -1 for a term without live postings.
NewIds = NDArray[np.int32]


def merge(segments: list[SegmentArrays], path: Path) -> int:
    """Write the live documents of `segments` as one segment's file, in their order, and return their number."""
    sources = _sources(segments)
    size = sum(source.size for source in sources)
    with synced_file(path) as stream:
        writer = BlockWriter(stream)
        for field in segments[0].fields():
            _merge_field(writer, field, sources, size)
        zone_ends = np.concatenate([source.segment.zone_ends[source.live] for source in sources])
        writer.add(ZONE_ENDS, zone_ends.ravel())
        for name in (name for name in segments[0].blocks.names() if "/" not in name):
            writer.add(name, np.concatenate([source.segment.column(name)[source.live] for source in sources]))
        for name in segments[0].blob_names():
            write_lexicon(writer, name, (bytes(blob) for source in sources for blob in source.blobs(name)))
        writer.close()
    return size


class _Source:
    """A segment to be merged; `doc_ids` maps its live documents to their ids after the merge, from `base` on."""

    def __init__(self, segment: SegmentArrays, base: int) -> None:
        self.segment = segment
        self.live = segment.live
        self.size = int(self.live.sum())
        self.doc_ids = (np.cumsum(self.live) - 1 + base).astype(np.uint32)

    @property
    def is_whole(self) -> bool:
        """Return whether no document is deleted."""
        return self.size == self.segment.size

    def posting_counts(self, field: str) -> Counts:
        """Return the number of live postings of each term of `field`."""
        ends = self.segment.blocks.array(f"{field}/postings")
        if self.is_whole:
            return np.diff(ends).astype(np.uint32)
        is_live = self.live[self.segment.blocks.array(f"{field}/documents")]
        live_before = np.concatenate((np.zeros(1, np.int64), np.cumsum(is_live)))
        counts: Counts = np.diff(live_before[ends]).astype(np.uint32)
        return counts

    def blobs(self, name: str) -> Iterator[memoryview]:
        """Yield the bytes of each live document in a column of bytes."""
        return (self.segment.blob(name, document) for document in np.flatnonzero(self.live).tolist())


def _sources(segments: list[SegmentArrays]) -> list[_Source]:
    sources: list[_Source] = []
    for segment in segments:
        sources.append(_Source(segment, sum(source.size for source in sources)))
    return sources


def _merge_field(writer: BlockWriter, field: str, sources: list[_Source], size: int) -> None:
    counts = [source.posting_counts(field) for source in sources]
    new_ids, total = _merge_terms(writer, field, sources, counts)
    _merge_postings(writer, field, sources, _Destinations(new_ids, counts, total), size)
    if field == PAIRS:
        counts = [source.posting_counts(REPEATS) for source in sources]
        _merge_postings(writer, REPEATS, sources, _Destinations(new_ids, counts, total), size)
    if f"{field}/rows" in sources[0].segment.blocks:
        _merge_rows(writer, field, sources, new_ids)


def _merge_terms(
    writer: BlockWriter, field: str, sources: list[_Source], counts: list[Counts]
) -> tuple[list[NewIds], int]:
    """Write the terms with live postings; return the new term ids of each source, and the number of terms."""
    lexicons = [source.segment.terms(field) for source in sources]
    if all(isinstance(lexicon, GramLexicon) for lexicon in lexicons):
        return _merge_grams(writer, field, [lexicon.keys for lexicon in lexicons], counts)  # type: ignore[union-attr]
    live_texts = [
        [text for text, count in zip(lexicon, source_counts.tolist(), strict=True) if count]
        for lexicon, source_counts in zip(lexicons, counts, strict=True)
    ]
    merged = sorted(set().union(*live_texts))
    write_lexicon(writer, field, merged)
    term_ids = {text: term_id for term_id, text in enumerate(merged)}
    live_ids = ([term_ids[text] for text in texts] for texts in live_texts)
    return list(map(_new_ids, counts, live_ids)), len(merged)


def _merge_grams(
    writer: BlockWriter, field: str, keys: list[NDArray[np.uint64]], counts: list[Counts]
) -> tuple[list[NewIds], int]:
    live_keys = [source_keys[source_counts > 0] for source_keys, source_counts in zip(keys, counts, strict=True)]
    merged = np.unique(np.concatenate(live_keys))
    write_grams(writer, field, merged)
    return list(map(_new_ids, counts, (np.searchsorted(merged, keys) for keys in live_keys))), len(merged)


def _new_ids(counts: Counts, live_ids: Sequence[int] | NDArray[np.int64]) -> NewIds:
    """Return the new id of each term; those with live postings have `live_ids`, the others -1."""
    new_ids = np.full(len(counts), -1, np.int32)
    new_ids[counts > 0] = live_ids
    return new_ids


class _Destinations:
    """The places in the merged columns of the values of each term of each source, taken source by source."""

    def __init__(self, new_ids: list[NewIds], counts: list[Counts], total: int) -> None:
        self.counts = np.zeros(total, np.int64)
        for source_ids, source_counts in zip(new_ids, counts, strict=True):
            is_live = source_counts > 0
            self.counts[source_ids[is_live]] += source_counts[is_live]
        self._new_ids, self._source_counts = new_ids, counts
        # The next free place of each merged term, and one more for -1, the id of terms without values.
        self._next = np.append(np.cumsum(self.counts) - self.counts, 0)

    def iter_ranges(self, source: int) -> Iterator[tuple[range, NDArray[np.int64]]]:
        """Yield ranges of terms of a source, and the place of each of their values."""
        new_ids, counts = self._new_ids[source], self._source_counts[source]
        for first, last in term_ranges(counts):
            lengths = counts[first:last].astype(np.int64)
            shifts = self._next[new_ids[first:last]] - (np.cumsum(lengths) - lengths)
            yield range(first, last), np.arange(int(lengths.sum())) + np.repeat(shifts, lengths)
        is_live = counts > 0
        self._next[new_ids[is_live]] += counts[is_live]


def _merge_postings(
    writer: BlockWriter, field: str, sources: list[_Source], destinations: _Destinations, size: int
) -> None:
    blocks = sources[0].segment.blocks
    dtypes = {"documents": np.dtype(document_dtype(size))}
    dtypes |= {name: blocks.array(f"{field}/{name}").dtype for name in _COLUMNS if f"{field}/{name}" in blocks}
    if "positions" in dtypes:
        dtypes["positions"] = np.dtype(position_dtype(_longest(sources)))
    columns = {name: np.empty(int(destinations.counts.sum()), dtype) for name, dtype in dtypes.items()}
    for number, source in enumerate(sources):
        arrays = PostingArrays(source.segment.blocks, field)
        for terms, places in destinations.iter_ranges(number):
            postings = arrays.postings(terms)
            documents = arrays.documents[postings]
            live = slice(None) if source.is_whole else source.live[documents]
            for name, column in columns.items():
                if name == "documents":
                    column[places] = source.doc_ids[documents[live]]
                else:
                    column[places] = source.segment.blocks.array(f"{field}/{name}")[postings][live]
        source.segment.blocks.release()
    write_postings(writer, field, destinations.counts, columns)


def _longest(sources: list[_Source]) -> int:
    """Return the number of positions of the longest live document."""
    return max(int(source.segment.zone_ends[source.live, -1].max(initial=0)) for source in sources)


def _merge_rows(writer: BlockWriter, name: str, sources: list[_Source], new_ids: list[NewIds]) -> None:
    lengths, ordinals = [], []
    for source, source_ids in zip(sources, new_ids, strict=True):
        ends, source_ordinals = source.segment.rows(name)
        row_lengths = np.diff(ends).astype(np.int64)
        lengths.append(row_lengths[source.live])
        ordinals.append(source_ids[source_ordinals[np.repeat(source.live, row_lengths)]])
    write_rows(writer, name, np.concatenate(lengths), np.concatenate(ordinals))
