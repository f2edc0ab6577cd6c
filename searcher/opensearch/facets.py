"""Filters and facets, all in the request that finds the hits.

The query matches without filters. Each facet is an aggregation behind every filter but its own. The hits pass all
filters as a post filter.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from index.schema.fields import FACETS, Field
from searcher.facets import MAX_BUCKETS, date_buckets, selected_time, selected_values, value_bucket
from searcher.opensearch.clauses import naming_pattern, published
from searcher.request import SearchRequest
from searcher.results import Bucket

Json = dict[str, Any]
# Buckets that each shard returns. Counts are exact unless a facet has many more values than that.
FEW, ALL = 2_000, 1_000_000
_DAYS = 50_000


def filters_of(request: SearchRequest) -> dict[str, Json]:
    """Return the filters of `request` by name; raise RequestError for a date or a hashtag that is none."""
    filters: dict[str, Json] = {name: {"terms": {name: values}} for name, values in selected_values(request).items()}
    if time := selected_time(request):
        bounds = zip(("gte", "lt"), time, strict=True)
        filters["date"] = published({name: moment.timestamp() for name, moment in bounds if moment})
    return filters


def passing(filters: dict[str, Json], but: str = "") -> Json:
    """Return a query for what passes every filter but the one named."""
    return {"bool": {"filter": [query for name, query in filters.items() if name != but]}}


def aggregations(request: SearchRequest, filters: dict[str, Json], shard_size: int = FEW) -> Json:
    """Return the aggregations that count every facet."""
    selected = selected_values(request)
    return {
        name: {
            "filter": passing(filters, name),
            "aggs": _count_days(field)
            if field.is_date
            else _count_values(field, selected.get(name, []), request.hashtag_like, shard_size),
        }
        for name, field in FACETS.items()
    }


def are_exact(answer: Json) -> bool:
    """Return whether no shard has left out a bucket that could change a count."""
    return not any(facet["most"]["doc_count_error_upper_bound"] for facet in answer["aggregations"].values())


def buckets(
    answer: Json, request: SearchRequest, labels: Callable[[list[str]], list[str]]
) -> dict[str, tuple[Bucket, ...]]:
    """Return the buckets of every facet; `labels` returns the spelling of each key of a hashtag, empty if unknown."""
    selected = selected_values(request)
    counts = {name: _counts(answer["aggregations"][name]) for name in FACETS}
    return {
        name: _date_buckets(counts[name], request)
        if field.is_date
        else _buckets(field, counts[name], selected.get(name, []), labels)
        for name, field in FACETS.items()
    }


def _count_days(field: Field) -> Json:
    return {"most": {"terms": {"field": field.name, "size": _DAYS, "order": {"_key": "desc"}}}}


def _count_values(field: Field, selected: list[str], named_like: str, shard_size: int) -> Json:
    order = [{"_count": "desc"}, {"_key": "asc"}]
    most: Json = {"field": field.name, "size": MAX_BUCKETS, "shard_size": shard_size, "order": order}
    if field.has_spellings and (key := field.normalize(named_like)):
        most["include"] = naming_pattern(key)
    counted = {"most": {"terms": most}}
    if selected:
        counted["selected"] = {"terms": {"field": field.name, "include": selected, "size": len(selected)}}
    return counted


def _counts(facet: Json) -> dict[str, int]:
    found = [*facet["most"]["buckets"], *facet.get("selected", {"buckets": []})["buckets"]]
    return {bucket["key"]: bucket["doc_count"] for bucket in found}


def _date_buckets(counts: dict[str, int], request: SearchRequest) -> tuple[Bucket, ...]:
    by_unit: Counter[str] = Counter()
    for day, count in counts.items():
        by_unit[request.date_by.truncate(day)] += count
    return date_buckets(by_unit, request)


def _buckets(
    field: Field, counts: dict[str, int], selected: list[str], labels: Callable[[list[str]], list[str]]
) -> tuple[Bucket, ...]:
    counts = {**counts, **{value: 0 for value in selected if value not in counts}}
    if not field.has_spellings:
        return tuple(value_bucket(value, count, value in selected) for value, count in counts.items())
    # A selected hashtag that no post has is labelled by its key.
    shown = [label or key for key, label in zip(counts, labels(list(counts)), strict=True)]
    return tuple(Bucket(label, label, counts[key], key in selected) for key, label in zip(counts, shown, strict=True))
