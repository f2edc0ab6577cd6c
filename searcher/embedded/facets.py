"""Filters and the facets that go with them: each facet is counted as if its own selection were off."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from index.hashtags import hashtag_key
from searcher import dates
from searcher.embedded.columns import Mask, Numbers
from searcher.embedded.evaluate import published_between
from searcher.embedded.snapshot import Snapshot
from searcher.request import LIST_PARAMETERS, DateUnit, RequestError, SearchRequest, as_indexed
from searcher.results import Bucket

# Buckets given of a facet that may have thousands; chosen ones are always among them.
MAX_BUCKETS = 50
DATE_FORMS = {DateUnit.YEAR: r"\d{4}", DateUnit.MONTH: r"\d{4}-\d{2}", DateUnit.DAY: r"\d{4}-\d{2}-\d{2}"}
SOURCE_LABELS = {"weibo": "微博", "arxiv": "arXiv"}


@dataclass(frozen=True, slots=True)
class Filters:
    """Holds for each filter that a request sets which of the documents `numbers` pass it."""

    numbers: Numbers
    masks: dict[str, Mask]

    @classmethod
    def of(cls, request: SearchRequest, snapshot: Snapshot, numbers: Numbers) -> "Filters":
        """Return the filters of `request` over `numbers`; raise RequestError for a date or a hashtag that is none."""
        if nameless := [value for value in request.hashtag if not hashtag_key(value)]:
            raise RequestError(f"hashtag is '{nameless[0]}', which names no topic.")
        masks = {
            name: snapshot.facet(name).having(numbers, _values(name, getattr(request, name)))
            for name in LIST_PARAMETERS
            if getattr(request, name)
        }
        if request.since or request.until:
            start = _moment("since", request.since, dates.start_of)
            end = _moment("until", request.until, dates.end_of)
            if start and end and start >= end:
                raise RequestError(f"since is '{request.since}', which is after until, '{request.until}'.")
            masks["date"] = published_between(snapshot, numbers, start, end)
        return cls(numbers, masks)

    def passing(self, but: str = "") -> Numbers:
        """Return the documents that pass every filter but the one named."""
        masks = [mask for name, mask in self.masks.items() if name != but]
        return self.numbers[np.logical_and.reduce(masks)] if masks else self.numbers


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
    chosen = _values(name, getattr(request, name))
    for value in chosen:
        place = facet.place(value)
        shown.setdefault(value, 0 if place is None else int(counts[place]))
    return tuple(_bucket(name, value, count, value in chosen, snapshot) for value, count in shown.items())


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
    return Bucket(value, SOURCE_LABELS.get(value, value), count, selected)


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
    dates = {values[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}
    selected = request.since if request.since == request.until else None
    if selected and re.fullmatch(DATE_FORMS[request.date_by], selected):
        dates.setdefault(selected, 0)
    return tuple(Bucket(value, value, dates[value], value == selected) for value in sorted(dates, reverse=True))


def _values(name: str, given: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(as_indexed(name, value) for value in given))


def _moment(name: str, text: str | None, read: Callable[[str], datetime]) -> datetime | None:
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        raise RequestError(f"{name} is '{text}', which is no date; write {dates.POINTS}.") from None
