"""Documents in order with the weight of a token in each, and what several such lists have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.segments.arrays import Documents, Units
from searcher.embedded.columns import DocIds, Mask

# A list so many times as long as another is searched for the other's documents, instead of being laid out.
_LONGER = 32
# Lists that together are shorter than this share of all documents are merged by sorting, instead of being laid out.
_SHARE = 8


# Of so many documents at least, a part is looked at first, for a bound that most lie behind.
_MANY = 4096
_PART = 16

# Documents of a segment with the weight of a token in each, and the number of the segment's first document.
Part = tuple[int, Documents, Units]


@dataclass(frozen=True, slots=True)
class Postings:
    """Is a list of documents, ascending, with the weight of a token in each, in tenths."""

    doc_ids: DocIds
    weights: NDArray[np.uint8]

    def where(self, mask: Mask) -> "Postings":
        """Return those at which `mask` is set."""
        return Postings(self.doc_ids[mask], self.weights[mask])

    def within(self, doc_ids: DocIds, size: int) -> "Postings":
        """Return those of the documents `doc_ids`, of `size` in all; a few more with weight 0 may be among them."""
        if len(doc_ids) * _LONGER < len(self.doc_ids):
            places = np.minimum(np.searchsorted(self.doc_ids, doc_ids), len(self.doc_ids) - 1)
            held = self.doc_ids[places] == doc_ids
            return Postings(doc_ids[held], self.weights[places[held]])
        laid_out = np.zeros(size, np.uint8)
        laid_out[self.doc_ids] = self.weights
        return Postings(doc_ids, laid_out[doc_ids])


def joined(parts: Iterable[Part]) -> Postings:
    """Return the documents of all `parts`, one after the other."""
    parts = list(parts)
    total = sum(len(documents) for _, documents, _ in parts)
    doc_ids, weights = np.empty(total, np.int64), np.empty(total, np.uint8)
    start = 0
    for base, documents, part_weights in parts:
        here = slice(start, start + len(documents))
        doc_ids[here], weights[here] = documents, part_weights
        if base:
            doc_ids[here] += base
        start = here.stop
    return Postings(doc_ids, weights)


def united(postings: Postings, size: int, most: int) -> Postings:
    """Return `postings` in order with each document once, its weights added up to `most` at the most."""
    if np.all(postings.doc_ids[1:] > postings.doc_ids[:-1]):
        return postings
    held, sums = added_up(postings.doc_ids, postings.weights, size)
    return Postings(held, np.minimum(sums, most).astype(np.uint8))


def added_up(doc_ids: DocIds, values: NDArray[Any], size: int) -> tuple[DocIds, NDArray[np.float64]]:
    """Return the different documents of `doc_ids`, ascending, and the sum of the `values` above 0 of each."""
    sums: NDArray[np.float64]
    if len(doc_ids) * _SHARE > size:
        sums = np.bincount(doc_ids, values, minlength=size).astype(np.float64, copy=False)
        held = np.flatnonzero(sums > 0)
        return held, sums[held]
    order = np.argsort(doc_ids, kind="stable")
    ordered = doc_ids[order]
    starts = np.flatnonzero(differs(ordered))
    sums = np.add.reduceat(values[order].astype(np.float64), starts) if len(starts) else np.zeros(0)
    return ordered[starts], sums


def in_all(lists: Sequence[DocIds], size: int) -> DocIds:
    """Return the documents that lie in every one of `lists`, of which there is at least one."""
    shortest, *others = sorted(lists, key=len)
    for other in others:
        shortest = shortest[is_in(shortest, other, size)]
    return shortest


def in_any(lists: Sequence[DocIds], size: int) -> DocIds:
    """Return the documents that lie in any of `lists`."""
    if len(lists) == 1:
        return lists[0]
    if sum(map(len, lists)) * _SHARE > size:
        mask = np.zeros(size, bool)
        for doc_ids in lists:
            mask[doc_ids] = True
        return np.flatnonzero(mask)
    together = np.concatenate([np.zeros(0, np.int64), *lists])
    # Each list is in order: this merges them, in a quarter of the time that sorting takes.
    together.sort(kind="stable")
    return together[differs(together)]


def differs(ordered: NDArray[Any]) -> Mask:
    """Tell of each number whether it differs from the one before."""
    differs = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=differs[1:])
    return differs


def is_in(doc_ids: DocIds, others: DocIds, size: int) -> Mask:
    """Tell of each of `doc_ids` whether it is among `others`."""
    if not len(others):
        return np.zeros(len(doc_ids), bool)
    if len(doc_ids) * _LONGER < len(others):
        held: Mask = others[np.minimum(np.searchsorted(others, doc_ids), len(others) - 1)] == doc_ids
        return held
    mask: Mask = np.zeros(size, bool)
    mask[others] = True
    return mask[doc_ids]


def first_places(keys: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Return the places of the `count` lowest keys, and of all that are as low as the last of them."""
    if not count or len(keys) <= count:
        return np.arange(min(count, len(keys)))
    if len(keys) > _MANY and count * _PART < len(keys):
        # What comes first in a part of all comes no earlier in all of them.
        bound = np.partition(keys[::_PART], count - 1)[count - 1]
        places = np.flatnonzero(keys <= bound)
        return places[first_places(keys[places], count)] if len(places) < len(keys) else _first(keys, count)
    return _first(keys, count)


def _first(keys: NDArray[Any], count: int) -> NDArray[np.int64]:
    return np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
