"""Merging segments: their arrays are copied into those of one segment, without the deleted documents."""

from collections.abc import Iterator, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockWriter
from index.files.durable import synced_file
from index.segments.arrays import SegmentArrays
from index.segments.layout import PAIRS, REPEATS, ZONE_ENDS, dtype_below, write_postings, write_rows
from index.segments.lexicon import GramLexicon, write_lexicon

# Postings that are copied at a time.
CHUNK = 1_000_000
# The number of live postings, or values, of each term of a source.
Counts = NDArray[np.uint32]
# The term id after the merge of each term of a source, -1 for a term without live postings.
NewIds = NDArray[np.int32]


def merge(segments: list[SegmentArrays], path: Path) -> int:
    """Write the live documents of `segments` as one segment's file, in their order, and return their number."""
    sources: list[_Source] = []
    size = 0
    for segment in segments:
        sources.append(_Source(segment, size))
        size += sources[-1].size
    with synced_file(path) as stream:
        writer = BlockWriter(stream)
        for field in segments[0].fields():
            _merge_field(writer, field, sources)
        zone_ends = np.concatenate([source.segment.zone_ends[source.live] for source in sources])
        writer.add(ZONE_ENDS, zone_ends.ravel())
        for name in (name for name in segments[0].blocks.names() if "/" not in name):
            writer.add(name, np.concatenate([source.segment.column(name)[source.live] for source in sources]))
        live = [(source.segment, document) for source in sources for document in np.flatnonzero(source.live).tolist()]
        for name in segments[0].blob_names():
            write_lexicon(writer, name, (bytes(segment.blob(name, document)) for segment, document in live))
        writer.close()
    return size


class _Source:
    """A segment to be merged; `doc_ids` maps its live documents to their ids after the merge, from `base` on."""

    def __init__(self, segment: SegmentArrays, base: int) -> None:
        self.segment = segment
        self.live = segment.live
        self.size = int(self.live.sum())
        self.is_whole = self.size == segment.size
        self.doc_ids = (np.cumsum(self.live) - 1 + base).astype(np.uint32)

    def posting_counts(self, field: str) -> Counts:
        """Return the number of live postings of each term of `field`."""
        ends = self.segment.blocks.array(f"{field}/postings")
        if not self.is_whole:
            is_live = self.live[self.segment.blocks.array(f"{field}/documents")]
            ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(is_live)))[ends]
        counts: Counts = np.diff(ends).astype(np.uint32)
        return counts


def _merge_field(writer: BlockWriter, field: str, sources: list[_Source]) -> None:
    counts = [source.posting_counts(field) for source in sources]
    new_ids = _merge_terms(writer, field, sources, counts)
    _merge_postings(writer, field, sources, counts, new_ids)
    if field == PAIRS:
        _merge_postings(writer, REPEATS, sources, [source.posting_counts(REPEATS) for source in sources], new_ids)
    if f"{field}/rows" in sources[0].segment.blocks:
        _merge_rows(writer, field, sources, new_ids)


def _merge_terms(writer: BlockWriter, field: str, sources: list[_Source], counts: list[Counts]) -> list[NewIds]:
    """Write the terms with live postings, and return the new term ids of each source."""
    are_live = [source_counts > 0 for source_counts in counts]
    lexicons = [source.segment.terms(field) for source in sources]
    live_ids: list[Sequence[int] | NDArray[np.int64]]
    if grams := [lexicon for lexicon in lexicons if isinstance(lexicon, GramLexicon)]:
        live_keys = [lexicon.keys[is_live] for lexicon, is_live in zip(grams, are_live, strict=True)]
        merged_keys = np.unique(np.concatenate(live_keys))
        writer.add(f"{field}/keys", merged_keys)
        live_ids = [np.searchsorted(merged_keys, keys) for keys in live_keys]
    else:
        live_texts = [list(compress(*pair)) for pair in zip(lexicons, map(np.ndarray.tolist, are_live), strict=True)]
        merged_texts = sorted(set().union(*live_texts))
        write_lexicon(writer, field, merged_texts)
        term_ids = {text: term_id for term_id, text in enumerate(merged_texts)}
        live_ids = [[term_ids[text] for text in texts] for texts in live_texts]
    new_ids = [np.full(len(is_live), -1, np.int32) for is_live in are_live]
    for source_ids, is_live, ids in zip(new_ids, are_live, live_ids, strict=True):
        source_ids[is_live] = ids
    return new_ids


def _merge_postings(
    writer: BlockWriter, field: str, sources: list[_Source], counts: list[Counts], new_ids: list[NewIds]
) -> None:
    # The last is for -1, the id of terms without live postings: it stays 0.
    totals = np.zeros(max(int(source_ids.max(initial=-1)) for source_ids in new_ids) + 2, np.int64)
    for source_ids, source_counts in zip(new_ids, counts, strict=True):
        totals[source_ids] += source_counts
    columns = _empty_columns(field, sources, int(totals.sum()))
    # The next free place of each merged term.
    free = np.cumsum(totals) - totals
    for source, source_ids, source_counts in zip(sources, new_ids, counts, strict=True):
        arrays = source.segment.field(field)
        for terms in term_ranges(source_counts):
            lengths = source_counts[terms.start : terms.stop].astype(np.int64)
            shifts = free[source_ids[terms.start : terms.stop]] - (np.cumsum(lengths) - lengths)
            places = np.arange(int(lengths.sum())) + np.repeat(shifts, lengths)
            postings = arrays.postings(terms)
            live = slice(None) if source.is_whole else source.live[arrays.documents[postings]]
            for name, column in columns.items():
                values = source.segment.blocks.array(f"{field}/{name}")[postings][live]
                column[places] = source.doc_ids[values] if name == "documents" else values
        free[source_ids] += source_counts
        source.segment.blocks.release()
    write_postings(writer, field, totals[:-1], columns)


def _empty_columns(field: str, sources: list[_Source], count: int) -> dict[str, NDArray[Any]]:
    """Return an array for each column of `count` merged postings."""
    size = sum(source.size for source in sources)
    longest = max(int(source.segment.zone_ends[source.live, -1].max(initial=0)) for source in sources)
    dtypes = {"documents": dtype_below(size), "weights": np.uint8, "zones": np.uint8, "positions": dtype_below(longest)}
    blocks = sources[0].segment.blocks
    return {name: np.empty(count, dtype) for name, dtype in dtypes.items() if f"{field}/{name}" in blocks}


def _merge_rows(writer: BlockWriter, name: str, sources: list[_Source], new_ids: list[NewIds]) -> None:
    lengths, ordinals = [], []
    for source, source_ids in zip(sources, new_ids, strict=True):
        ends, source_ordinals = source.segment.rows(name)
        row_lengths = np.diff(ends).astype(np.int64)
        lengths.append(row_lengths[source.live])
        ordinals.append(source_ids[source_ordinals[np.repeat(source.live, row_lengths)]])
    write_rows(writer, name, np.concatenate(lengths), np.concatenate(ordinals))


def term_ranges(counts: NDArray[Any]) -> Iterator[range]:
    """Yield ranges of terms that together have about CHUNK postings."""
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + CHUNK, side="right")))
        yield range(first, last)
        first = last
