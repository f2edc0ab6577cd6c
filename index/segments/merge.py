"""Several segments → one, by copying arrays; deleted documents are left behind."""

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

# What there may be of each posting besides its document.
_COLUMNS = ("weights", "zones", "positions")
# Of each term of a source, how many values it has left, and its number after the merge.
Counts = NDArray[np.uint32]
Places = NDArray[np.int32]


def merge(segments: list[SegmentArrays], path: Path) -> int:
    """Write the live documents of `segments` as one segment's file, in their order, and return how many they are."""
    sources = _sources(segments)
    size = sum(source.size for source in sources)
    with synced_file(path) as stream:
        writer = BlockWriter(stream)
        for field in segments[0].fields():
            _merge_field(writer, field, sources, size)
        zone_ends = np.concatenate([source.segment.zone_ends[source.live] for source in sources])
        writer.add(ZONE_ENDS, zone_ends.ravel())
        for name in (name for name in segments[0].blocks.names() if "/" not in name):
            writer.add(name, np.concatenate([source.segment.numbers(name)[source.live] for source in sources]))
        for name in segments[0].blob_names():
            write_lexicon(writer, name, (bytes(blob) for source in sources for blob in source.blobs(name)))
        writer.close()
    return size


class _Source:
    """Is a segment to be merged, whose live documents are numbered from `base` after the merge."""

    def __init__(self, segment: SegmentArrays, base: int) -> None:
        self.segment = segment
        self.live = segment.live
        self.size = int(self.live.sum())
        self.numbers = (np.cumsum(self.live) - 1 + base).astype(np.uint32)

    def posting_counts(self, field: str) -> Counts:
        """Return how many live postings each term of `field` has."""
        ends = self.segment.blocks.array(f"{field}/postings")
        if self.size == self.segment.size:
            return np.diff(ends).astype(np.uint32)
        return _counts_of(self.live[self.segment.blocks.array(f"{field}/documents")], ends)

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
    places, total = _merge_terms(writer, field, sources, counts)
    _merge_postings(writer, field, sources, _Moves(places, counts, total), size)
    if field == PAIRS:
        counts = [source.posting_counts(REPEATS) for source in sources]
        _merge_postings(writer, REPEATS, sources, _Moves(places, counts, total), size)
    if f"{field}/rows" in sources[0].segment.blocks:
        _merge_rows(writer, field, sources, places)


def _merge_terms(
    writer: BlockWriter, field: str, sources: list[_Source], counts: list[Counts]
) -> tuple[list[Places], int]:
    """Write the terms that still have postings; return the new number of each term of each source, and how many."""
    lexicons = [source.segment.terms(field) for source in sources]
    if all(isinstance(lexicon, GramLexicon) for lexicon in lexicons):
        return _merge_grams(writer, field, [lexicon.keys for lexicon in lexicons], counts)  # type: ignore[union-attr]
    texts = [_chosen(list(lexicon), own) for lexicon, own in zip(lexicons, counts, strict=True)]
    together = sorted(set().union(*texts))
    write_lexicon(writer, field, together)
    numbers = {text: number for number, text in enumerate(together)}
    found = ([numbers[text] for text in own] for own in texts)
    return [_places(own, new) for own, new in zip(counts, found, strict=True)], len(together)


def _merge_grams(
    writer: BlockWriter, field: str, keys: list[NDArray[np.uint64]], counts: list[Counts]
) -> tuple[list[Places], int]:
    union = np.unique(np.concatenate([own[count > 0] for own, count in zip(keys, counts, strict=True)]))
    write_grams(writer, field, union)
    found = (np.searchsorted(union, own[count > 0]) for own, count in zip(keys, counts, strict=True))
    return [_places(own, new) for own, new in zip(counts, found, strict=True)], len(union)


def _places(counts: Counts, found: Sequence[int] | NDArray[np.int64]) -> Places:
    """Return the new number of each term, -1 for those that have no postings left; the others are `found` at."""
    places = np.full(len(counts), -1, np.int32)
    places[counts > 0] = found
    return places


class _Moves:
    """Knows where in the merged columns the values of each term of each source go, taken source by source."""

    def __init__(self, places: list[Places], counts: list[Counts], total: int) -> None:
        self.counts = np.zeros(total, np.int64)
        for place, own in zip(places, counts, strict=True):
            self.counts[place[own > 0]] += own[own > 0]
        self._places, self._own = places, counts
        # One more, which -1 leads to: the place of a term that has no values left.
        self._next = np.append(np.cumsum(self.counts) - self.counts, 0)

    def of(self, number: int) -> Iterator[tuple[range, NDArray[np.int64]]]:
        """Yield ranges of terms of the source `number`, and where each of their values goes."""
        places, counts = self._places[number], self._own[number]
        for first, last in term_ranges(counts):
            own = counts[first:last].astype(np.int64)
            shifts = self._next[places[first:last]] - (np.cumsum(own) - own)
            yield range(first, last), np.arange(int(own.sum())) + np.repeat(shifts, own)
        held = counts > 0
        self._next[places[held]] += counts[held]


def _merge_postings(writer: BlockWriter, field: str, sources: list[_Source], moves: _Moves, size: int) -> None:
    blocks = sources[0].segment.blocks
    dtypes = {"documents": np.dtype(document_dtype(size))}
    dtypes |= {name: blocks.array(f"{field}/{name}").dtype for name in _COLUMNS if f"{field}/{name}" in blocks}
    if "positions" in dtypes:
        dtypes["positions"] = np.dtype(position_dtype(_longest(sources)))
    columns = {name: np.empty(int(moves.counts.sum()), dtype) for name, dtype in dtypes.items()}
    for number, source in enumerate(sources):
        own = PostingArrays(source.segment.blocks, field)
        for terms, destinations in moves.of(number):
            postings = own.postings(terms)
            documents = own.documents[postings]
            live = slice(None) if source.size == source.segment.size else source.live[documents]
            for name, column in columns.items():
                if name == "documents":
                    column[destinations] = source.numbers[documents[live]]
                else:
                    column[destinations] = source.segment.blocks.array(f"{field}/{name}")[postings][live]
        source.segment.blocks.release()
    write_postings(writer, field, moves.counts, columns)


def _longest(sources: list[_Source]) -> int:
    """Return how many characters a live document has at the most."""
    return max(int(source.segment.zone_ends[source.live, -1].max(initial=0)) for source in sources)


def _merge_rows(writer: BlockWriter, name: str, sources: list[_Source], places: list[Places]) -> None:
    lengths, ordinals = [], []
    for source, place in zip(sources, places, strict=True):
        ends, own = source.segment.rows(name)
        row_lengths = np.diff(ends).astype(np.int64)
        lengths.append(row_lengths[source.live])
        ordinals.append(place[own[np.repeat(source.live, row_lengths)]])
    write_rows(writer, name, np.concatenate(lengths), np.concatenate(ordinals))


def _counts_of(live: NDArray[np.bool_], ends: NDArray[np.uint64]) -> Counts:
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(live)))
    return np.diff(before[ends]).astype(np.uint32)


def _chosen(texts: list[bytes], counts: Counts) -> list[bytes]:
    return [text for text, count in zip(texts, counts.tolist(), strict=True) if count]
