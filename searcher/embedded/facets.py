"""Filters, and facets counted behind every filter but their own."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from index.schema.fields import FACETS, Field
from searcher.embedded.columns import DocIds, Integers, Mask
from searcher.embedded.filters import published_between
from searcher.embedded.snapshot import Snapshot
from searcher.facets import MAX_BUCKETS, date_buckets, selected_time, selected_values, value_bucket
from searcher.request import SearchRequest
from searcher.results import Bucket


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a request: for each that is set, a mask over `doc_ids` of the documents that pass it."""

    doc_ids: DocIds
    masks: dict[str, Mask]

    @classmethod
    def of(cls, request: SearchRequest, snapshot: Snapshot, doc_ids: DocIds) -> "Filters":
        """Return the filters of `request` over `doc_ids`; raise RequestError for a date or a hashtag that is none."""
        masks = {name: _having(name, values, doc_ids, snapshot) for name, values in selected_values(request).items()}
        if time := selected_time(request):
            masks["date"] = published_between(snapshot, doc_ids, *time)
        return cls(doc_ids, masks)

    def passing(self, but: str = "") -> DocIds:
        """Return the documents that pass every filter but the one named."""
        masks = [mask for name, mask in self.masks.items() if name != but]
        return self.doc_ids[np.logical_and.reduce(masks)] if masks else self.doc_ids


def _having(name: str, values: Iterable[str], doc_ids: DocIds, snapshot: Snapshot) -> Mask:
    """Return the mask over `doc_ids` of the documents that have any of `values`."""
    mask = np.zeros(snapshot.size, bool)
    for value in values:
        mask[snapshot.with_value(name, value)] = True
    return mask[doc_ids]


def count_facets(filters: Filters, request: SearchRequest, snapshot: Snapshot) -> dict[str, tuple[Bucket, ...]]:
    """Return the buckets of every facet, each counted as if no filter of its own were set."""
    selected = selected_values(request)
    return {
        name: _date_buckets(field, filters.passing(name), request, snapshot)
        if field.is_date
        else _buckets(field, filters.passing(name), selected.get(name, []), request.hashtag_like, snapshot)
        for name, field in FACETS.items()
    }


def _buckets(
    field: Field, doc_ids: DocIds, selected: list[str], named_like: str, snapshot: Snapshot
) -> tuple[Bucket, ...]:
    facet = snapshot.facet(field.name)
    counts = facet.count(doc_ids)
    counted = _named_like(field.normalize(named_like), counts, snapshot) if field.has_spellings else counts
    shown = {facet.values[ordinal].decode(): int(counts[ordinal]) for ordinal in _largest(counted)}
    for value in selected:
        ordinal = facet.ordinal(value)
        shown.setdefault(value, 0 if ordinal is None else int(counts[ordinal]))
    return tuple(_bucket(field, value, count, value in selected, snapshot) for value, count in shown.items())


def _largest(counts: Integers) -> list[int]:
    """Return the ordinals of the MAX_BUCKETS largest counts above 0, largest first; of equal ones the first."""
    least = 1
    if len(counts) > MAX_BUCKETS:
        least = max(1, int(np.partition(counts, -MAX_BUCKETS)[-MAX_BUCKETS]))
    places = np.flatnonzero(counts >= least)
    # Ties stay in the order of the values, so that every build of one archive answers alike.
    order = np.argsort(-counts[places], kind="stable")[:MAX_BUCKETS]
    found: list[int] = places[order].tolist()
    return found


def _bucket(field: Field, value: str, count: int, selected: bool, snapshot: Snapshot) -> Bucket:
    if field.has_spellings:
        label = snapshot.hashtags.label(value) or value
        return Bucket(label, label, count, selected)
    return value_bucket(value, count, selected)


def _named_like(key: str, counts: Integers, snapshot: Snapshot) -> Integers:
    """Return `counts` of the hashtags that hold `key`, 0 for the others."""
    if not key:
        return counts
    named = np.zeros_like(counts)
    found = snapshot.hashtags.holding(key)
    named[found] = counts[found]
    return named


def _date_buckets(field: Field, doc_ids: DocIds, request: SearchRequest, snapshot: Snapshot) -> tuple[Bucket, ...]:
    days = snapshot.facet(field.name)
    values, starts = days.groups(request.date_by.truncate)
    counts = np.add.reduceat(days.count(doc_ids), starts) if values else starts
    return date_buckets({values[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}, request)
