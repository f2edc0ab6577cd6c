"""Several segments → one, by copying arrays; deleted documents are left behind."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.codec.arrays import SegmentArrays
from index.codec.blocks import BlockWriter
from index.codec.grams import PAIRS, ZONE_ENDS
from index.codec.layout import (
    document_dtype,
    position_dtype,
    term_ranges,
    write_positions,
    write_postings,
    write_rows,
)
from index.codec.lexicon import GramLexicon, write_grams, write_lexicon
from index.durable import synced_file

# What there may be of each posting besides its document.
_COLUMNS = ("weights", "zones")


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

    def posting_counts(self, field: str) -> NDArray[np.int64]:
        """Return how many live postings each term of `field` has."""
        ends = self.segment.blocks.array(f"{field}/postings").astype(np.int64)
        if self.size == self.segment.size:
            return np.diff(ends)
        return _counts_of(self.live[self.segment.blocks.array(f"{field}/documents")], ends)

    def occurrence_counts(self) -> NDArray[np.int64]:
        """Return how often each pair occurs in live documents."""
        ends = self.segment.blocks.array(f"{PAIRS}/occurrences").astype(np.int64)
        if self.size == self.segment.size:
            return np.diff(ends)
        documents, _ = self.segment.occurrences(range(len(ends) - 1))
        return _counts_of(self.live[documents], ends)

    def blobs(self, name: str) -> Iterator[memoryview]:
        """Yield the bytes of each live document in a column of bytes."""
        return (self.segment.blob(name, document) for document in np.flatnonzero(self.live).tolist())


def _sources(segments: list[SegmentArrays]) -> list[_Source]:
    sources: list[_Source] = []
    for segment in segments:
        sources.append(_Source(segment, sum(source.size for source in sources)))
    return sources


def _merge_field(writer: BlockWriter, field: str, sources: list[_Source], size: int) -> None:
    all_counts = [source.posting_counts(field) for source in sources]
    places = _merge_terms(writer, field, sources, all_counts)
    total = max((int(place.max(initial=-1)) + 1 for place in places), default=0)
    counts = _sum_at(places, all_counts, total)
    blocks = sources[0].segment.blocks
    dtypes = {"documents": np.dtype(document_dtype(size))}
    dtypes |= {name: blocks.array(f"{field}/{name}").dtype for name in _COLUMNS if f"{field}/{name}" in blocks}
    columns = {name: np.empty(int(counts.sum()), dtype) for name, dtype in dtypes.items()}
    moves = _Moves(counts)
    for source, place, own in zip(sources, places, all_counts, strict=True):
        for terms in term_ranges(own):
            _copy_postings(columns, moves, field, source, place, own, range(*terms))
        moves.advance(place, own)
        source.segment.blocks.release()
    write_postings(writer, field, counts, columns)
    if field == PAIRS:
        _merge_positions(writer, sources, places, total)
    if f"{field}/rows" in blocks:
        _merge_rows(writer, field, sources, places)


def _merge_terms(
    writer: BlockWriter, field: str, sources: list[_Source], counts: list[NDArray[np.int64]]
) -> list[NDArray[np.int64]]:
    """Write the terms that still have postings, and return the new number of each term of each source; -1 for none."""
    kept = [np.flatnonzero(own) for own in counts]
    terms = [source.segment.terms(field) for source in sources]
    if isinstance(terms[0], GramLexicon):
        keys = [lexicon.keys[keep] for lexicon, keep in zip(terms, kept, strict=True)]  # type: ignore[union-attr]
        union = np.unique(np.concatenate(keys))
        write_grams(writer, field, union)
        found = [np.searchsorted(union, own) for own in keys]
    else:
        texts = [_chosen(list(lexicon), own) for lexicon, own in zip(terms, counts, strict=True)]
        together = sorted(set().union(*texts))
        write_lexicon(writer, field, together)
        numbers = {text: number for number, text in enumerate(together)}
        found = [np.fromiter((numbers[text] for text in own), np.int64, len(own)) for own in texts]
    places = [np.full(len(own), -1, np.int64) for own in counts]
    for place, keep, number in zip(places, kept, found, strict=True):
        place[keep] = number
    return places


class _Moves:
    """Knows where in the merged columns the next source's values of each term go."""

    def __init__(self, counts: NDArray[np.int64]) -> None:
        # One more, which -1 leads to: the place of a term that has no values left.
        self._next = np.append(np.cumsum(counts) - counts, 0)

    def destinations(self, places: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where each of the values goes of which neighbouring terms, now at `places`, have `counts`."""
        shifts = self._next[places] - (np.cumsum(counts) - counts)
        destinations: NDArray[np.int64] = np.arange(int(counts.sum())) + np.repeat(shifts, counts)
        return destinations

    def advance(self, places: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        """Make room for the next source behind one that has `counts` of the terms now at `places`."""
        held = counts > 0
        self._next[places[held]] += counts[held]


def _copy_postings(
    columns: dict[str, NDArray[np.unsignedinteger]],
    moves: _Moves,
    field: str,
    source: _Source,
    places: NDArray[np.int64],
    counts: NDArray[np.int64],
    terms: range,
) -> None:
    chosen = slice(terms.start, terms.stop)
    destinations = moves.destinations(places[chosen], counts[chosen])
    postings = source.segment.postings(field, terms)
    documents = source.segment.documents(field, postings)
    live = slice(None) if source.size == source.segment.size else source.live[documents]
    for name, column in columns.items():
        if name == "documents":
            column[destinations] = source.numbers[documents[live]]
        else:
            column[destinations] = source.segment.blocks.array(f"{field}/{name}")[postings][live]


def _merge_positions(writer: BlockWriter, sources: list[_Source], places: list[NDArray[np.int64]], total: int) -> None:
    all_counts = [source.occurrence_counts() for source in sources]
    counts = _sum_at(places, all_counts, total)
    longest = max((int(source.segment.zone_ends[:, -1].max(initial=0)) for source in sources), default=0)
    positions = np.empty(int(counts.sum()), position_dtype(longest))
    moves = _Moves(counts)
    for source, place, own in zip(sources, places, all_counts, strict=True):
        packed = source.segment.blocks.array(f"{PAIRS}/positions")
        ends = source.segment.blocks.array(f"{PAIRS}/occurrences")
        for first, last in term_ranges(own):
            destinations = moves.destinations(place[first:last], own[first:last])
            values = packed[int(ends[first]) : int(ends[last])]
            if source.size < source.segment.size:
                documents, _ = source.segment.occurrences(range(first, last))
                values = values[source.live[documents]]
            positions[destinations] = values
        moves.advance(place, own)
        source.segment.blocks.release()
    write_positions(writer, PAIRS, counts, positions)


def _merge_rows(writer: BlockWriter, name: str, sources: list[_Source], places: list[NDArray[np.int64]]) -> None:
    lengths, ordinals = [], []
    for source, place in zip(sources, places, strict=True):
        ends, own = source.segment.rows(name)
        row_lengths = np.diff(ends).astype(np.int64)
        lengths.append(row_lengths[source.live])
        ordinals.append(place[own[np.repeat(source.live, row_lengths)]])
    write_rows(writer, name, np.concatenate(lengths), np.concatenate(ordinals))


def _counts_of(live: NDArray[np.bool_], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(live)))
    counts: NDArray[np.int64] = np.diff(before[ends])
    return counts


def _sum_at(places: list[NDArray[np.int64]], counts: list[NDArray[np.int64]], total: int) -> NDArray[np.int64]:
    """Return for each of `total` terms the sum of the `counts` at its `places`."""
    sums = np.zeros(total, np.int64)
    for place, own in zip(places, counts, strict=True):
        sums[place[own > 0]] += own[own > 0]
    return sums


def _chosen(texts: list[bytes], counts: NDArray[np.int64]) -> list[bytes]:
    return [text for text, count in zip(texts, counts.tolist(), strict=True) if count]
