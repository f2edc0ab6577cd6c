"""Phrases: the documents that literally hold a text, by the positions of its pairs of characters."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.schema.bm25 import posting_weights
from index.schema.zones import Zone
from index.segments.arrays import Occurrences, SegmentArrays, Weights
from searcher.embedded.columns import DocIds, Integers, Mask
from searcher.embedded.postings import Postings, differs

# Segments with the id of the first document of each.
Placed = Sequence[tuple[SegmentArrays, int]]
# Where a text begins, ascending: `document << _SHIFT | position`.
Starts = NDArray[np.int64]
_SHIFT = 32
_POSITION = (1 << _SHIFT) - 1


class PhrasePostings:
    """The documents that hold a text, ascending; its weight in each is computed when it is asked for."""

    def __init__(self, doc_ids: DocIds, weigh: Callable[[], Weights]) -> None:
        self.doc_ids = doc_ids
        self._weigh = weigh

    @cached_property
    def postings(self) -> Postings:
        """Return the postings of the text, as if it were one token."""
        return Postings(self.doc_ids, self._weigh())


class Texts:
    """The texts of the documents of all segments; `live` masks those that are searched, None if all are."""

    def __init__(self, segments: Placed, live: Mask | None) -> None:
        self._segments = segments
        self._live = live
        self._size = sum(segment.size for segment, _ in segments)

    def find_phrase(self, text: str, zones: range | None) -> PhrasePostings:
        """Return the postings of the folded `text`, in neighbouring `zones` if given."""
        if len(text) == 1 and zones is not None:
            starts = self._starts_of_character(text, zones)
        else:
            starts = self._starts_of_pairs(text)
            if zones is not None:
                starts = starts[self._are_within(starts, len(text), zones)]
        if self._live is not None:
            starts = starts[self._live[starts >> _SHIFT]]
        documents = starts >> _SHIFT
        firsts = np.flatnonzero(differs(documents))
        return PhrasePostings(documents[firsts], lambda: posting_weights(self._zones(starts), firsts))

    def occurrences(self, pair: str, doc_ids: DocIds) -> tuple[DocIds, Integers]:
        """Return the document and the position of each occurrence of a pair of characters in ascending `doc_ids`."""
        term = pair.encode("utf-8", "surrogatepass")
        documents, positions = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for segment, base in self._segments:
            wanted = doc_ids[np.searchsorted(doc_ids, base) : np.searchsorted(doc_ids, base + segment.size)] - base
            if len(wanted) and (pair_id := segment.pairs.find(term)) >= 0:
                for part in segment.occurrences(range(pair_id, pair_id + 1)):
                    found, places = _occurrences_in(part, wanted)
                    documents.append(found.astype(np.int64) + base)
                    positions.append(places.astype(np.int64))
        return np.concatenate(documents), np.concatenate(positions)

    def _starts_of_character(self, character: str, zones: range) -> Starts:
        """Return the starts of a character in `zones`, of which there may be many in most documents."""
        found = [np.zeros(0, np.int64)]
        for segment, base in self._segments:
            ends = self._zone_ends[:, base : base + segment.size]
            # Every character begins a pair: the last character of a text, with the end of the text.
            for documents, positions in segment.occurrences(segment.pairs.beginning_with(character)):
                inside = positions < ends[zones[-1]][documents]
                if zones[0] > Zone.TITLE:
                    inside &= positions >= ends[zones[0] - 1][documents]
                starts = documents[inside].astype(np.int64)
                starts += base
                starts <<= _SHIFT
                starts += positions[inside]
                found.append(starts)
        starts = np.concatenate(found)
        # The starts of each pair are in order: a stable sort merges them.
        starts.sort(kind="stable")
        return starts

    def _starts_of_pairs(self, text: str) -> Starts:
        terms = [text[at : at + 2].encode("utf-8", "surrogatepass") for at in range(len(text) - 1)]
        found = [(segment, base, [segment.pairs.find(term) for term in terms]) for segment, base in self._segments]
        found = [(segment, base, pairs) for segment, base, pairs in found if min(pairs, default=-1) >= 0]
        if not terms or not found:
            return np.zeros(0, np.int64)
        counts = [[segment.occurrence_count(pair) for pair in pairs] for segment, _, pairs in found]
        places = _cheapest_cover(list(map(sum, zip(*counts, strict=True))))
        starts = self._joined(
            places,
            [
                (base, occurrences)
                for at in places
                for segment, base, pairs in found
                for occurrences in segment.occurrences(range(pairs[at], pairs[at] + 1))
            ],
        )
        # The occurrences of each pair are in order: a stable sort merges them, in a small part of the time.
        starts.sort(kind="stable")
        firsts = starts[: max(0, len(starts) - len(places) + 1)]
        common: Starts = firsts[starts[len(places) - 1 :] == firsts]
        return common

    def _joined(self, places: list[int], parts: list[tuple[int, Occurrences]]) -> Starts:
        """Return where texts begin that have the pairs of `parts` at `places`, in documents that have the first pair.

        Each place has equally many parts: the id of a segment's first document, and the occurrences there. A text that
        would begin before its document gets a position at the end of the document before, where no text reaches: it
        never equals the start of a text that is there.
        """
        documents = np.concatenate([documents for _, (documents, _) in parts], dtype=np.int64)
        positions = np.concatenate([positions for _, (_, positions) in parts])
        ends = list(accumulate((len(documents) for _, (documents, _) in parts), initial=0))
        for (base, _), start, end in zip(parts, ends, ends[1:], strict=False):
            if base:
                documents[start:end] += base
        ends = ends[:: len(parts) // len(places)]
        candidates = np.zeros(self._size, bool)
        candidates[documents[: ends[1]]] = True
        wanted = np.flatnonzero(candidates[documents])
        starts: Starts = documents[wanted] << _SHIFT
        starts += positions[wanted]
        bounds = wanted.searchsorted(ends).tolist()
        for at, start, end in zip(places, bounds, bounds[1:], strict=False):
            starts[start:end] -= at
        return starts

    def _zones(self, starts: Starts) -> NDArray[np.uint8]:
        """Return the zone of each of `starts`."""
        behind = (starts & _POSITION).astype(np.uint32) >= self._zone_ends.take(starts >> _SHIFT, axis=1)
        zones: NDArray[np.uint8] = np.add.reduce(behind.view(np.uint8), dtype=np.uint8)
        return zones

    def _are_within(self, starts: Starts, length: int, zones: range) -> Mask:
        positions, documents = starts & _POSITION, starts >> _SHIFT
        inside: Mask = positions + length <= self._zone_ends[zones[-1]][documents]
        if zones[0] > Zone.TITLE:
            inside &= positions >= self._zone_ends[zones[0] - 1][documents]
        return inside

    @cached_property
    def _zone_ends(self) -> NDArray[np.uint32]:
        """Return the position after the texts of each zone of each document: (zones, documents)."""
        none = np.zeros((len(Zone), 0), np.uint32)
        return np.concatenate([none, *(segment.zone_ends.T for segment, _ in self._segments)], axis=1)


def _cheapest_cover(counts: list[int]) -> list[int]:
    """Return the places of pairs that cover every character of a text, and have the fewest occurrences together.

    `counts` are the occurrences of each pair. The rarest pair comes first: others are looked up only in its documents.
    """
    rarest = counts.index(min(counts))
    best: list[tuple[int, list[int]]] = []
    for at, count in enumerate(counts):
        # Of two neighbours, one covers the character they share. The first and the last pair are always needed.
        before = min(best[max(0, at - 2) : at], default=(0, []))
        best.append((before[0] + (count if at != rarest else 0), [*before[1], at]))
    return [rarest, *(at for at in best[-1][1] if at != rarest)]


def _occurrences_in(part: Occurrences, wanted: NDArray[Any]) -> Occurrences:
    """Return the occurrences of a pair in the documents `wanted`, ascending."""
    documents, positions = part
    wanted = wanted.astype(documents.dtype)
    starts, ends = np.searchsorted(documents, wanted), np.searchsorted(documents, wanted, side="right")
    lengths = ends - starts
    rows = np.repeat(ends - lengths.cumsum(), lengths) + np.arange(lengths.sum())
    return documents[rows], positions[rows]
