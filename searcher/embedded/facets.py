"""Filters and the facets that go with them: each facet is counted as if its own selection were off."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from index.archive.hashtags import hashtag_key
from searcher.embedded.columns import Mask, Numbers
from searcher.embedded.evaluator import published_between
from searcher.embedded.snapshot import Snapshot
from searcher.facets import MAX_BUCKETS, chosen, chosen_time, chosen_values, date_buckets, value_bucket
from searcher.request import SearchRequest
from searcher.results import Bucket


@dataclass(frozen=True, slots=True)
class Filters:
    """Holds for each filter that a request sets which of the documents `numbers` pass it."""

    numbers: Numbers
    masks: dict[str, Mask]

    @classmethod
    def of(cls, request: SearchRequest, snapshot: Snapshot, numbers: Numbers) -> "Filters":
        """Return the filters of `request` over `numbers`; raise RequestError for a date or a hashtag that is none."""
        masks = {name: _having(name, values, numbers, snapshot) for name, values in chosen_values(request).items()}
        if time := chosen_time(request):
            masks["date"] = published_between(snapshot, numbers, *time)
        return cls(numbers, masks)

    def passing(self, but: str = "") -> Numbers:
        """Return the documents that pass every filter but the one named."""
        masks = [mask for name, mask in self.masks.items() if name != but]
        return self.numbers[np.logical_and.reduce(masks)] if masks else self.numbers


def _having(name: str, values: Iterable[str], numbers: Numbers, snapshot: Snapshot) -> Mask:
    """Tell of each document of `numbers` whether it has any of the `values` of a facet."""
    mask = np.zeros(snapshot.size, bool)
    for value in values:
        mask[snapshot.with_value(name, value)] = True
    return mask[numbers]


def count_facets(filters: Filters, request: SearchRequest, snapshot: Snapshot) -> dict[str, tuple[Bucket, ...]]:
    """Return the buckets of every facet, each counted as if no filter of its own were set."""
    return {
        "source": _buckets("source", filters.passing("source"), request, snapshot),
        "account": _buckets("account", filters.passing("account"), request, snapshot),
        "hashtag": _buckets("hashtag", filters.passing("hashtag"), request, snapshot),
        "date": _dates(filters.passing("date"), request, snapshot),
        "claimed_source": _buckets("claimed_source", filters.passing("claimed_source"), request, snapshot),
    }


def _buckets(name: str, numbers: Numbers, request: SearchRequest, snapshot: Snapshot) -> tuple[Bucket, ...]:
    facet = snapshot.facet(name)
    counts = facet.count(numbers)
    counted = _named_like(request.hashtag_like, counts, snapshot) if name == "hashtag" else counts
    shown = {facet.values[ordinal].decode(): int(counts[ordinal]) for ordinal in _largest(counted)}
    selected = chosen(request, name)
    for value in selected:
        place = facet.place(value)
        shown.setdefault(value, 0 if place is None else int(counts[place]))
    return tuple(_bucket(name, value, count, value in selected, snapshot) for value, count in shown.items())


def _largest(counts: Numbers) -> list[int]:
    """Return the places of the largest counts above 0, largest first; of equal ones the first."""
    least = 1
    if len(counts) > MAX_BUCKETS:
        least = max(1, int(np.partition(counts, -MAX_BUCKETS)[-MAX_BUCKETS]))
    places = np.flatnonzero(counts >= least)
    # Values are sorted, and so are ties: every build of one archive answers alike.
    order = np.argsort(-counts[places], kind="stable")[:MAX_BUCKETS]
    found: list[int] = places[order].tolist()
    return found


def _bucket(name: str, value: str, count: int, selected: bool, snapshot: Snapshot) -> Bucket:
    if name == "hashtag":
        label = snapshot.hashtag_label(value) or value
        return Bucket(label, label, count, selected)
    return value_bucket(value, count, selected)


def _named_like(text: str, counts: Numbers, snapshot: Snapshot) -> Numbers:
    """Return `counts` of the hashtags that hold `text`, 0 for the others."""
    if not (key := hashtag_key(text)):
        return counts
    named = np.zeros_like(counts)
    found = snapshot.hashtags_holding(key)
    named[found] = counts[found]
    return named


def _dates(numbers: Numbers, request: SearchRequest, snapshot: Snapshot) -> tuple[Bucket, ...]:
    days = snapshot.facet("day")
    values, starts = days.coarser(request.date_by.of)
    counts = np.add.reduceat(days.count(numbers), starts) if values else starts
    return date_buckets({values[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}, request)
