"""Which documents of a segment literally hold a text, by the positions of its pairs of characters."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.codec.arrays import Documents, SegmentArrays
from index.codec.grams import CHARACTERS, PAIRS
from index.zones import Zone

# Documents and positions of where a text may begin, as single numbers that sort as they do together.
Starts = NDArray[Any]
_NONE = np.zeros(0, np.uint16)
# A pair that occurs so many times as often as what is left of the candidates is looked up only where those are.
_MANY = 8


def holders(segment: SegmentArrays, text: str, zones: range | None) -> Documents:
    """Return the documents, ascending, that hold the folded `text`, within neighbouring `zones` if given."""
    if len(text) == 1:
        return _with_character(segment, text, zones)
    pairs = {at: segment.pairs.find(text[at : at + 2].encode("utf-8", "surrogatepass")) for at in range(len(text) - 1)}
    if min(pairs.values()) < 0:
        return _NONE
    if len(text) == 2 and zones is None:
        return _documents(segment, PAIRS, pairs[0])
    counts = [segment.occurrence_count(number) for number in pairs.values()]
    rarest, *others = sorted(_cheapest_cover(counts), key=counts.__getitem__)
    starts = _joined(*segment.occurrences(range(pairs[rarest], pairs[rarest] + 1)), rarest)
    for at in others:
        starts = _followed(segment, starts, pairs[at], at, counts[at])
    if zones is not None:
        starts = starts[_within(segment, starts, len(text), zones)]
    return _documents_of(starts)


def _with_character(segment: SegmentArrays, character: str, zones: range | None) -> Documents:
    if zones is None:
        number = segment.terms(CHARACTERS).find(character.encode("utf-8", "surrogatepass"))
        return _NONE if number < 0 else _documents(segment, CHARACTERS, number)
    # Every character begins a pair, the last one of a text with the end of the text.
    starts = _joined(*segment.occurrences(segment.pairs.beginning_with(character)))
    starts.sort()
    return _documents_of(starts[_within(segment, starts, 1, zones)])


def _documents(segment: SegmentArrays, field: str, number: int) -> Documents:
    arrays = segment.field(field)
    return arrays.documents[arrays.postings(range(number, number + 1))]


def _cheapest_cover(counts: list[int]) -> list[int]:
    """Return the places of pairs that together hold every character of a text, and occur least often.

    The first and the last are among them, and of two neighbours at least one is.
    """
    best: list[tuple[int, list[int]]] = []
    for at, count in enumerate(counts):
        before = min(best[max(0, at - 2) : at], default=(0, []))
        best.append((before[0] + count, [*before[1], at]))
    return best[-1][1]


def _joined(documents: Documents, positions: NDArray[Any], at: int = 0) -> Starts:
    """Return where a text begins that has what stands at `positions` so many characters behind.

    What would begin before its document seems to stand behind the one before, where no text reaches: it is met by
    nothing that stands at the very beginning of the text looked for.
    """
    # Where positions fit 16 bits, so do documents, and both together 32: half the bytes to move.
    wide = np.uint32 if positions.dtype == np.uint16 and documents.dtype == np.uint16 else np.uint64
    joined: Starts = documents.astype(wide)
    joined <<= _shift(joined)
    joined += positions
    joined -= wide(at)
    return joined


def _shift(starts: Starts) -> int:
    """Return by how many bits the document is shifted in `starts`."""
    return 16 if starts.dtype == np.uint32 else 32


def _documents_of(starts: Starts) -> Documents:
    documents: NDArray[Any] = starts >> _shift(starts)
    keep = np.ones(len(documents), bool)
    keep[1:] = documents[1:] != documents[:-1]
    return documents[keep]


def _within(segment: SegmentArrays, starts: Starts, length: int, zones: range) -> NDArray[np.bool_]:
    documents, positions = starts >> _shift(starts), starts & ((1 << _shift(starts)) - 1)
    ends = segment.zone_ends
    inside: NDArray[np.bool_] = positions + length <= ends[documents, zones[-1]]
    if zones[0] > Zone.TITLE:
        inside &= positions >= ends[documents, zones[0] - 1]
    return inside


def _followed(segment: SegmentArrays, starts: Starts, pair: int, at: int, count: int) -> Starts:
    """Return those of `starts` that have `pair` so many characters behind."""
    if not len(starts):
        return starts
    if count > _MANY * len(starts):
        others = _joined(*occurrences_in(segment, pair, _documents_of(starts)), at)
    else:
        others = _joined(*segment.occurrences(range(pair, pair + 1)), at)
    both: Starts = np.concatenate((starts, others))
    both.sort()
    followed: Starts = both[:-1][both[1:] == both[:-1]]
    return followed


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
