"""Documents in order with the weight of a token in each, and what several such lists have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searcher.embedded.columns import Mask, Numbers

# A list so many times as long as another is searched for the other's documents, instead of being laid out.
_LONGER = 8
# Lists that together are shorter than this share of all documents are merged by sorting, instead of being laid out.
_SHARE = 16


@dataclass(frozen=True, slots=True)
class Postings:
    """Is a list of documents, ascending, with the weight of a token in each, in tenths."""

    numbers: Numbers
    units: NDArray[np.uint8]

    def where(self, mask: Mask) -> "Postings":
        """Return those at which `mask` is set."""
        return Postings(self.numbers[mask], self.units[mask])

    def within(self, numbers: Numbers, size: int) -> "Postings":
        """Return those of the documents `numbers`, of `size` in all; a few more with weight 0 may be among them."""
        if len(numbers) * _LONGER < len(self.numbers):
            places = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
            held = self.numbers[places] == numbers
            return Postings(numbers[held], self.units[places[held]])
        laid_out = np.zeros(size, np.uint8)
        laid_out[self.numbers] = self.units
        return Postings(numbers, laid_out[numbers])


def united(parts: Sequence[Postings], size: int, most: int) -> Postings:
    """Return the documents of all `parts`, their weights added up to `most` at the most."""
    if len(parts) == 1 and np.all(np.diff(parts[0].numbers) > 0):
        return parts[0]
    numbers = np.concatenate([np.zeros(0, np.int64), *(part.numbers for part in parts)])
    units = np.concatenate([np.zeros(0, np.uint8), *(part.units for part in parts)])
    held, sums = added_up(numbers, units, size)
    return Postings(held, np.minimum(sums, most).astype(np.uint8))


def added_up(numbers: Numbers, values: NDArray[Any], size: int) -> tuple[Numbers, NDArray[np.float64]]:
    """Return the different documents of `numbers`, ascending, and the sum of the `values` above 0 of each."""
    sums: NDArray[np.float64]
    if len(numbers) * _SHARE > size:
        sums = np.bincount(numbers, values, minlength=size).astype(np.float64, copy=False)
        held = np.flatnonzero(sums > 0)
        return held, sums[held]
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sums = np.add.reduceat(values[order].astype(np.float64), starts) if len(starts) else np.zeros(0)
    return ordered[starts], sums


def in_all(lists: Sequence[Numbers], size: int) -> Numbers:
    """Return the documents that lie in every one of `lists`, of which there is at least one."""
    shortest, *others = sorted(lists, key=len)
    for other in others:
        shortest = shortest[is_in(shortest, other, size)]
    return shortest


def in_any(lists: Sequence[Numbers], size: int) -> Numbers:
    """Return the documents that lie in any of `lists`."""
    if len(lists) == 1:
        return lists[0]
    if sum(map(len, lists)) * _SHARE > size:
        mask = np.zeros(size, bool)
        for numbers in lists:
            mask[numbers] = True
        return np.flatnonzero(mask)
    together = np.concatenate([np.zeros(0, np.int64), *lists])
    together.sort(kind="stable")
    return together[np.diff(together, prepend=-1) > 0]


def is_in(numbers: Numbers, others: Numbers, size: int) -> Mask:
    """Tell of each of `numbers` whether it is among `others`."""
    if not len(others):
        return np.zeros(len(numbers), bool)
    if len(numbers) * _LONGER < len(others):
        held: Mask = others[np.minimum(np.searchsorted(others, numbers), len(others) - 1)] == numbers
        return held
    mask: Mask = np.zeros(size, bool)
    mask[others] = True
    return mask[numbers]
