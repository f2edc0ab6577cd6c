"""Filters and the facets that go with them: each facet is counted as if its own selection were off."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from index.hashtags import hashtag_key
from searcher import dates
from searcher.embedded.evaluate import all_of, published_between
from searcher.embedded.snapshot import Mask, Snapshot
from searcher.request import LIST_PARAMETERS, RequestError, SearchRequest, as_indexed
from searcher.results import Bucket

# Buckets given of a facet that may have thousands; chosen ones are always among them.
MAX_BUCKETS = 50
_MONTH = re.compile(r"\d{4}-\d{2}")
_SOURCE_LABELS = {"weibo": "微博", "arxiv": "arXiv"}


@dataclass(frozen=True, slots=True)
class Filters:
    """Holds for each filter that a request sets the mask of the documents that pass it."""

    masks: dict[str, Mask]

    @classmethod
    def of(cls, request: SearchRequest, snapshot: Snapshot) -> "Filters":
        """Return the filters of `request`; raise RequestError for a date or a hashtag that is none."""
        if nameless := [value for value in request.hashtag if not hashtag_key(value)]:
            raise RequestError(f"hashtag is '{nameless[0]}', which names no topic.")
        masks = {
            name: snapshot.facet(name).having(snapshot.size, _values(name, getattr(request, name)))
            for name in LIST_PARAMETERS
            if getattr(request, name)
        }
        if request.since or request.until:
            start = _moment("since", request.since, dates.start_of)
            end = _moment("until", request.until, dates.end_of)
            if start and end and start >= end:
                raise RequestError(f"since is '{request.since}', which is after until, '{request.until}'.")
            masks["date"] = published_between(snapshot, start, end)
        return cls(masks)

    def apply(self, mask: Mask, but: str = "") -> Mask:
        """Return what of `mask` passes every filter but the one named."""
        return all_of([mask, *(own for name, own in self.masks.items() if name != but)])


def count_facets(
    mask: Mask, filters: Filters, request: SearchRequest, snapshot: Snapshot
) -> dict[str, tuple[Bucket, ...]]:
    """Return the buckets of every facet over the documents of `mask`, which no filter has been applied to."""
    return {
        "source": _buckets("source", filters.apply(mask, "source"), request, snapshot),
        "account": _buckets("account", filters.apply(mask, "account"), request, snapshot),
        "hashtag": _buckets("hashtag", filters.apply(mask, "hashtag"), request, snapshot),
        "date": _months(filters.apply(mask, "date"), request, snapshot),
    }


def _buckets(name: str, mask: Mask, request: SearchRequest, snapshot: Snapshot) -> tuple[Bucket, ...]:
    facet = snapshot.facet(name)
    counts = facet.count(mask)
    # Values are sorted, and so are ties: every build of one archive answers alike.
    largest = np.argsort(-counts, kind="stable")[:MAX_BUCKETS]
    shown = {facet.values[ordinal]: int(counts[ordinal]) for ordinal in largest.tolist() if counts[ordinal]}
    chosen = _values(name, getattr(request, name))
    for value in chosen:
        shown.setdefault(value, facet.count_of(value, counts))
    return tuple(_bucket(name, value, count, value in chosen, snapshot) for value, count in shown.items())


def _bucket(name: str, value: str, count: int, selected: bool, snapshot: Snapshot) -> Bucket:
    if name == "hashtag":
        label = snapshot.hashtag_labels.get(value, value)
        return Bucket(label, label, count, selected)
    return Bucket(value, _SOURCE_LABELS.get(value, value), count, selected)


def _months(mask: Mask, request: SearchRequest, snapshot: Snapshot) -> tuple[Bucket, ...]:
    facet = snapshot.facet("month")
    counts = dict(zip(facet.values, facet.count(mask).tolist(), strict=True))
    months = {value for value, count in counts.items() if count}
    selected = request.since if request.since == request.until else None
    if selected and _MONTH.fullmatch(selected):
        months.add(selected)
    shown = sorted(months, reverse=True)
    return tuple(Bucket(value, value, counts.get(value, 0), value == selected) for value in shown)


def _values(name: str, given: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(as_indexed(name, value) for value in given))


def _moment(name: str, text: str | None, read: Callable[[str], datetime]) -> datetime | None:
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        raise RequestError(f"{name} is '{text}', which is no date; write {dates.POINTS}.") from None
