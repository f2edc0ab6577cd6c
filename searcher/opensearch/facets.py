"""Filters and the facets that go with them, all in the request that finds the hits.

The query finds what matches without filters; each facet is counted over that behind every filter but its own; what is
shown passes them all.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from index.hashtags import hashtag_key
from searcher import dates
from searcher.embedded.facets import DATE_FORMS, MAX_BUCKETS, SOURCE_LABELS
from searcher.opensearch.compile import naming_pattern, published
from searcher.request import LIST_PARAMETERS, RequestError, SearchRequest, as_indexed
from searcher.results import Bucket

Json = dict[str, Any]
_FACETS = {
    "source": "source",
    "account": "account",
    "hashtag": "hashtag",
    "date": "day",
    "claimed_source": "claimed_source",
}
# Buckets that each shard gives: so many that counts are exact where there are not many more values than that.
FEW, ALL = 2_000, 1_000_000
_DAYS = 50_000


def filters_of(request: SearchRequest) -> dict[str, Json]:
    """Return the filters of `request` by name; raise RequestError for a date or a hashtag that is none."""
    if nameless := [value for value in request.hashtag if not hashtag_key(value)]:
        raise RequestError(f"hashtag is '{nameless[0]}', which names no topic.")
    filters: dict[str, Json] = {
        name: {"terms": {name: _values(name, getattr(request, name))}}
        for name in LIST_PARAMETERS
        if getattr(request, name)
    }
    if request.since or request.until:
        start = _moment("since", request.since, dates.start_of)
        end = _moment("until", request.until, dates.end_of)
        if start and end and start >= end:
            raise RequestError(f"since is '{request.since}', which is after until, '{request.until}'.")
        bounds = {"gte": start, "lt": end}
        filters["date"] = published({name: moment.timestamp() for name, moment in bounds.items() if moment})
    return filters


def passing(filters: dict[str, Json], but: str = "") -> Json:
    """Return what passes every filter but the one named."""
    return {"bool": {"filter": [one for name, one in filters.items() if name != but]}}


def aggregations(request: SearchRequest, filters: dict[str, Json], shard_size: int = FEW) -> Json:
    """Return what counts every facet."""
    return {
        name: {"filter": passing(filters, name), "aggs": _counted(name, field, request, shard_size)}
        for name, field in _FACETS.items()
    }


def are_exact(answer: Json) -> bool:
    """Tell whether no shard has kept back what could change a count."""
    return not any(facet["most"]["doc_count_error_upper_bound"] for facet in answer["aggregations"].values())


def buckets(
    answer: Json, request: SearchRequest, labels: Callable[[list[str]], list[str]]
) -> dict[str, tuple[Bucket, ...]]:
    """Return the buckets of every facet; `labels` gives the spelling of each key of a hashtag."""
    found = {name: _counts(answer["aggregations"][name]) for name in _FACETS}
    return {name: tuple(_buckets(name, counts, request, labels)) for name, counts in found.items()}


def _counted(name: str, field: str, request: SearchRequest, shard_size: int) -> Json:
    if name == "date":
        return {"most": {"terms": {"field": field, "size": _DAYS, "order": {"_key": "desc"}}}}
    order = [{"_count": "desc"}, {"_key": "asc"}]
    counted = {"most": {"terms": {"field": field, "size": MAX_BUCKETS, "shard_size": shard_size, "order": order}}}
    if name == "hashtag" and (key := hashtag_key(request.hashtag_like)):
        counted["most"]["terms"]["include"] = naming_pattern(key)
    if chosen := _values(name, getattr(request, name)):
        counted["chosen"] = {"terms": {"field": field, "include": chosen, "size": len(chosen)}}
    return counted


def _counts(facet: Json) -> dict[str, int]:
    found = [*facet["most"]["buckets"], *facet.get("chosen", {"buckets": []})["buckets"]]
    return {bucket["key"]: bucket["doc_count"] for bucket in found}


def _buckets(
    name: str, counts: dict[str, int], request: SearchRequest, labels: Callable[[list[str]], list[str]]
) -> list[Bucket]:
    if name == "date":
        return list(_dates(counts, request))
    chosen = _values(name, getattr(request, name))
    for value in chosen:
        counts.setdefault(value, 0)
    if name == "hashtag":
        # A chosen topic that no post has is called as it was asked for.
        shown = [label or key for key, label in zip(counts, labels(list(counts)), strict=True)]
        return [Bucket(label, label, counts[key], key in chosen) for key, label in zip(counts, shown, strict=True)]
    return [Bucket(value, SOURCE_LABELS.get(value, value), count, value in chosen) for value, count in counts.items()]


def _dates(days: dict[str, int], request: SearchRequest) -> Iterator[Bucket]:
    counts: Counter[str] = Counter()
    for day, count in days.items():
        counts[request.date_by.of(day)] += count
    selected = request.since if request.since == request.until else None
    if selected and re.fullmatch(DATE_FORMS[request.date_by], selected):
        counts.setdefault(selected, 0)
    for value in sorted(counts, reverse=True):
        yield Bucket(value, value, counts[value], value == selected)


def _values(name: str, given: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(as_indexed(name, value) for value in given))


def _moment(name: str, text: str | None, read: Callable[[str], datetime]) -> datetime | None:
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        raise RequestError(f"{name} is '{text}', which is no date; write {dates.POINTS}.") from None
