"""Who literally holds a text, and where, by the positions of its pairs of characters in all segments at once."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.codec.arrays import Documents, SegmentArrays, Units
from index.codec.layout import FIRST_BIT
from index.codec.weights import posting_weights
from index.zones import Zone
from searcher.embedded.columns import Mask, Numbers
from searcher.embedded.postings import Postings, differs

# Segments with the number of the first document of each.
Placed = Sequence[tuple[SegmentArrays, int]]
# Where a text begins, ascending: `document << _SHIFT | position`.
Starts = NDArray[np.int64]
_SHIFT = 32
_POSITION = (1 << _SHIFT) - 1
# So many occurrences are sorted together: below, what it takes to call NumPy matters more than they do.
_TOGETHER = 8192
# A pair that occurs so many times as often as what is left of the candidates is looked up only where those are.
_MANY = 8
_NONE = np.zeros(0, np.int64)
# A pair of each segment that holds all pairs of a text, by where it stands in the text; and pairs that are looked up.
_Paired = tuple[SegmentArrays, int, list[int]]
_Part = tuple[SegmentArrays, int, range, int]


class Held:
    """Is which documents hold a text, ascending; what it weighs in each is looked up when it is asked for."""

    def __init__(self, numbers: Numbers, weigh: Callable[[], Units]) -> None:
        self.numbers = numbers
        self._weigh = weigh

    @cached_property
    def postings(self) -> Postings:
        """Return the documents with the weight of the text in each, as if it were one token."""
        return Postings(self.numbers, self._weigh())


def held(segments: Placed, text: str, zones: range | None, live: Mask | None) -> Held:
    """Return which documents hold the folded `text`, in neighbouring `zones` if given, of those that are `live`."""
    if len(text) == 1:
        # Every character begins a pair, the last one of a text with the end of the text.
        starts = _common(_joined([(*one, one[0].pairs.beginning_with(text), 0) for one in segments]), 1)
    else:
        starts = _starts_of_pairs(segments, text)
    if live is not None:
        starts = starts[live[starts >> _SHIFT]]
    if zones is not None:
        starts = starts[_within(segments, starts, len(text), zones)]
    documents = starts >> _SHIFT
    firsts = np.flatnonzero(differs(documents))
    return Held(documents[firsts], lambda: posting_weights(_zones(segments, starts), firsts))


def _starts_of_pairs(segments: Placed, text: str) -> Starts:
    terms = [text[at : at + 2].encode("utf-8", "surrogatepass") for at in range(len(text) - 1)]
    found = [(segment, base, [segment.pairs.find(term) for term in terms]) for segment, base in segments]
    found = [one for one in found if min(one[2]) >= 0]
    if not found:
        return _NONE
    counts = [sum(segment.occurrence_count(pairs[at]) for segment, _, pairs in found) for at in range(len(terms))]
    order = sorted(_cheapest_cover(counts), key=counts.__getitem__)
    together = max(1, sum(total <= _TOGETHER for total in accumulate(counts[at] for at in order)))
    starts = _common(_joined([_part(one, at) for at in order[:together] for one in found]), together)
    for at in order[together:]:
        if counts[at] > _MANY * len(starts):
            others = _joined_in(found, at, starts)
        else:
            others = _joined([_part(one, at) for one in found])
        starts = _common(np.concatenate((starts, others)), 2)
    return starts


def _part(one: _Paired, at: int) -> _Part:
    segment, base, pairs = one
    return segment, base, range(pairs[at], pairs[at] + 1), at


def _joined(parts: Sequence[_Part]) -> Starts:
    """Return where a text begins that has one of some pairs so many characters behind, for each part in turn.

    What would begin before its document seems to stand behind the one before, where no text reaches: it is met by
    nothing that stands at the very beginning of the text looked for.
    """
    packed_lists, document_lists, origins = [], [], []
    for segment, base, pairs, at in parts:
        documents, packed = segment.packed_occurrences(pairs)
        document_lists.append(documents)
        packed_lists.append(packed)
        origins.append((base << _SHIFT) - at)
    packed = np.concatenate(packed_lists)
    postings = np.concatenate(document_lists, dtype=np.int64)
    postings <<= _SHIFT
    postings += np.repeat(origins, [len(documents) for documents in document_lists])
    posting = np.cumsum(packed & FIRST_BIT, dtype=np.int64)
    posting -= 1
    starts: Starts = postings[posting]
    starts += packed >> FIRST_BIT
    return starts


def _joined_in(found: Sequence[_Paired], at: int, starts: Starts) -> Starts:
    """Return the same for one pair, but only in the documents of `starts`."""
    wanted = starts >> _SHIFT
    wanted = wanted[differs(wanted)]
    joined = [_NONE]
    for segment, base, pairs in found:
        here = wanted[np.searchsorted(wanted, base) : np.searchsorted(wanted, base + segment.size)]
        documents, positions = occurrences_in(segment, pairs[at], here - base)
        joined.append((documents.astype(np.int64) + base << _SHIFT) + positions - at)
    return np.concatenate(joined)


def _common(starts: Starts, count: int) -> Starts:
    """Return those that stand `count` times in `starts`, which each of so many lists holds once; ascending."""
    starts.sort()
    firsts = starts[: len(starts) - count + 1]
    common: Starts = firsts[starts[count - 1 :] == firsts]
    return common


def _zone_ends(segments: Placed, documents: Numbers) -> NDArray[np.uint32]:
    """Return the position behind each zone's texts of each of `documents`, ascending: (documents, zones)."""
    bounds = np.searchsorted(documents, [base for _, base in segments]).tolist()
    found = [np.zeros((0, len(Zone)), np.uint32)]
    for (segment, base), (start, end) in zip(segments, pairwise([*bounds, len(documents)]), strict=True):
        if end > start:
            found.append(segment.zone_ends[documents[start:end] - base])
    return np.concatenate(found)


def _zones(segments: Placed, starts: Starts) -> NDArray[np.uint8]:
    """Return in which zone each of `starts` is."""
    ends = _zone_ends(segments, starts >> _SHIFT)[:, :-1]
    zones: NDArray[np.uint8] = np.count_nonzero((starts & _POSITION)[:, None] >= ends, axis=1).astype(np.uint8)
    return zones


def _within(segments: Placed, starts: Starts, length: int, zones: range) -> Mask:
    positions, ends = starts & _POSITION, _zone_ends(segments, starts >> _SHIFT)
    inside: Mask = positions + length <= ends[:, zones[-1]]
    if zones[0] > Zone.TITLE:
        inside &= positions >= ends[:, zones[0] - 1]
    return inside


def _cheapest_cover(counts: list[int]) -> list[int]:
    """Return the places of pairs that together hold every character of a text, and occur least often.

    The first and the last are among them, and of two neighbours at least one is.
    """
    best: list[tuple[int, list[int]]] = []
    for at, count in enumerate(counts):
        before = min(best[max(0, at - 2) : at], default=(0, []))
        best.append((before[0] + count, [*before[1], at]))
    return best[-1][1]


def occurrences_in(segment: SegmentArrays, pair: int, wanted: NDArray[Any]) -> tuple[Documents, NDArray[Any]]:
    """Return the occurrences of a pair in the documents `wanted`, ascending, alone."""
    documents, packed = segment.packed_occurrences(range(pair, pair + 1))
    wanted = wanted.astype(documents.dtype)
    places = np.minimum(np.searchsorted(documents, wanted), len(documents) - 1)
    places = places[documents[places] == wanted]
    firsts = np.flatnonzero(packed & 1)
    starts = firsts[places]
    lengths = np.append(firsts, len(packed))[places + 1] - starts
    rows = np.arange(int(lengths.sum())) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return np.repeat(documents[places], lengths), packed[rows] >> 1
