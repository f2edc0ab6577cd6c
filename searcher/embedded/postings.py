"""Posting lists over the documents of a snapshot, and their unions and intersections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.segments.arrays import Documents, Weights
from searcher.embedded.columns import DocIds, Mask

# If one list is this many times as long as another, it is searched by bisection instead of laid out as a mask.
_LONGER = 32
# Lists with fewer than 1 in _SHARE of all documents together are merged by sorting instead of laid out as a mask.
_SHARE = 8
# From this many keys on, 1 in _SAMPLE of them gives a bound that rules most others out.
_MANY = 4096
_SAMPLE = 16

# The id of a segment's first document, and documents of the segment with the weight of a term in each.
Part = tuple[int, Documents, Weights]


@dataclass(frozen=True, slots=True)
class Postings:
    """Documents, ascending, with the weight of a term in each, in tenths."""

    doc_ids: DocIds
    weights: NDArray[np.uint8]

    def where(self, mask: Mask) -> "Postings":
        """Return the postings at which `mask` is set."""
        return Postings(self.doc_ids[mask], self.weights[mask])

    def within(self, doc_ids: DocIds, size: int) -> "Postings":
        """Return the postings of `doc_ids`, of `size` documents in all; others may be among them with weight 0."""
        if len(doc_ids) * _LONGER < len(self.doc_ids):
            places = np.minimum(np.searchsorted(self.doc_ids, doc_ids), len(self.doc_ids) - 1)
            is_posting = self.doc_ids[places] == doc_ids
            return Postings(doc_ids[is_posting], self.weights[places[is_posting]])
        laid_out = np.zeros(size, np.uint8)
        laid_out[self.doc_ids] = self.weights
        return Postings(doc_ids, laid_out[doc_ids])


def joined(parts: Sequence[Part]) -> Postings:
    """Return the postings of all `parts`, one after the other."""
    if len(parts) == 1:
        base, documents, part_weights = parts[0]
        return Postings(np.add(documents, base, dtype=np.int64), part_weights)
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
    """Return `postings` in order with each document once; its weights are added up, and no more than `most`."""
    if np.all(postings.doc_ids[1:] > postings.doc_ids[:-1]):
        return postings
    doc_ids, sums = added_up(postings.doc_ids, postings.weights, size)
    return Postings(doc_ids, np.minimum(sums, most).astype(np.uint8))


def added_up(doc_ids: DocIds, values: NDArray[Any], size: int) -> tuple[DocIds, NDArray[np.float64]]:
    """Return each document of `doc_ids` once, ascending, and the sum of its `values`, which are above 0."""
    sums: NDArray[np.float64]
    if len(doc_ids) * _SHARE > size:
        sums = np.bincount(doc_ids, values, minlength=size).astype(np.float64, copy=False)
        found = np.flatnonzero(sums > 0)
        return found, sums[found]
    order = np.argsort(doc_ids, kind="stable")
    ordered = doc_ids[order]
    starts = np.flatnonzero(differs(ordered))
    sums = np.add.reduceat(values[order].astype(np.float64), starts) if len(starts) else np.zeros(0)
    return ordered[starts], sums


def in_all(lists: Sequence[DocIds], size: int) -> DocIds:
    """Return the documents that are in all of `lists`, at least one."""
    shortest, *others = sorted(lists, key=len)
    for other in others:
        shortest = shortest[is_in(shortest, other, size)]
    return shortest


def in_any(lists: Sequence[DocIds], size: int) -> DocIds:
    """Return the documents that are in any of `lists`."""
    if len(lists) == 1:
        return lists[0]
    if sum(map(len, lists)) * _SHARE > size:
        mask = np.zeros(size, bool)
        for doc_ids in lists:
            mask[doc_ids] = True
        return np.flatnonzero(mask)
    together = np.concatenate([np.zeros(0, np.int64), *lists])
    # A stable sort merges lists that are in order: a quarter of the time.
    together.sort(kind="stable")
    return together[differs(together)]


def differs(ordered: NDArray[Any]) -> Mask:
    """Return the mask of the numbers that differ from the number before."""
    differs = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=differs[1:])
    return differs


def is_in(doc_ids: DocIds, others: DocIds, size: int) -> Mask:
    """Return the mask of the `doc_ids` that are among `others`."""
    if not len(others):
        return np.zeros(len(doc_ids), bool)
    if len(doc_ids) * _LONGER < len(others):
        found: Mask = others[np.minimum(np.searchsorted(others, doc_ids), len(others) - 1)] == doc_ids
        return found
    mask: Mask = np.zeros(size, bool)
    mask[others] = True
    return mask[doc_ids]


def first_places(keys: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Return the places of the `count` lowest keys, and of all keys that are equal to the last of them."""
    if not count or len(keys) <= count:
        return np.arange(min(count, len(keys)))
    if len(keys) > _MANY and count * _SAMPLE < len(keys):
        # The count-th lowest key of a sample is no lower than that of all keys.
        bound = np.partition(keys[::_SAMPLE], count - 1)[count - 1]
        places = np.flatnonzero(keys <= bound)
        return places[first_places(keys[places], count)] if len(places) < len(keys) else _first(keys, count)
    return _first(keys, count)


def _first(keys: NDArray[Any], count: int) -> NDArray[np.int64]:
    return np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
