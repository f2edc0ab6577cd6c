"""Filters and the facets that go with them, all in the request that finds the hits.

The query finds what matches without filters; each facet is counted over that behind every filter but its own; what is
shown passes them all.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from index.archive.hashtags import hashtag_key
from searcher.facets import MAX_BUCKETS, chosen, chosen_time, chosen_values, date_buckets, value_bucket
from searcher.opensearch.clauses import naming_pattern, published
from searcher.request import SearchRequest
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
    filters: dict[str, Json] = {name: {"terms": {name: values}} for name, values in chosen_values(request).items()}
    if time := chosen_time(request):
        bounds = zip(("gte", "lt"), time, strict=True)
        filters["date"] = published({name: moment.timestamp() for name, moment in bounds if moment})
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
    return {name: _buckets(name, counts, request, labels) for name, counts in found.items()}


def _counted(name: str, field: str, request: SearchRequest, shard_size: int) -> Json:
    if name == "date":
        return {"most": {"terms": {"field": field, "size": _DAYS, "order": {"_key": "desc"}}}}
    order = [{"_count": "desc"}, {"_key": "asc"}]
    counted = {"most": {"terms": {"field": field, "size": MAX_BUCKETS, "shard_size": shard_size, "order": order}}}
    if name == "hashtag" and (key := hashtag_key(request.hashtag_like)):
        counted["most"]["terms"]["include"] = naming_pattern(key)
    if selected := chosen(request, name):
        counted["chosen"] = {"terms": {"field": field, "include": selected, "size": len(selected)}}
    return counted


def _counts(facet: Json) -> dict[str, int]:
    found = [*facet["most"]["buckets"], *facet.get("chosen", {"buckets": []})["buckets"]]
    return {bucket["key"]: bucket["doc_count"] for bucket in found}


def _buckets(
    name: str, counts: dict[str, int], request: SearchRequest, labels: Callable[[list[str]], list[str]]
) -> tuple[Bucket, ...]:
    if name == "date":
        by_unit: Counter[str] = Counter()
        for day, count in counts.items():
            by_unit[request.date_by.of(day)] += count
        return date_buckets(by_unit, request)
    selected = chosen(request, name)
    for value in selected:
        counts.setdefault(value, 0)
    if name != "hashtag":
        return tuple(value_bucket(value, count, value in selected) for value, count in counts.items())
    # A chosen topic that no post has is called as it was asked for.
    shown = [label or key for key, label in zip(counts, labels(list(counts)), strict=True)]
    return tuple(Bucket(label, label, counts[key], key in selected) for key, label in zip(counts, shown, strict=True))
