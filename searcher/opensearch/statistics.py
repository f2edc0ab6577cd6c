"""What has to be known of an index before a query can be written as a request: counts, and values such as words.

A compiler asks for what it needs as if it were known. What isn't is noted, and the first time stands in for it; it is
asked for at once, and the query compiled again.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from index.opensearch.client import Cluster
from index.opensearch.metadata import ClusterIndex, partitions_from, partitions_query, updated
from searcher.suggest.vocabulary import Usage

Json = dict[str, Any]
_Compiled = TypeVar("_Compiled")
# Counts and lists of values remembered of one commit.
_KEPT = 100_000
# Completion takes five rounds; a query that asks for something new each time would go on for ever.
_ROUNDS = 8


@dataclass
class State:
    """Is what is remembered of an index between one commit and the next; `updated` is when it matched its archives."""

    index: ClusterIndex
    commit: str
    updated: str
    counts: dict[str, int] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    usages: dict[str, list[Usage]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)


class Known:
    """Gives what is known of the state of an index, and notes what isn't."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self._cluster = cluster
        self._state = state
        self._unknown: dict[tuple[str, str], Json] = {}

    @property
    def posts(self) -> int:
        """Return how many posts there are."""
        return self.count({"match_all": {}})

    def count(self, query: Json) -> int:
        """Return how many posts `query` matches."""
        key = _key(query)
        if (count := self._state.counts.get(key)) is None:
            self._unknown["count", key] = {"query": query, "size": 0, "track_total_hits": True}
            return 1
        return count

    def any(self, query: Json) -> bool:
        """Tell whether `query` matches any post."""
        key = f"any {_key(query)}"
        if (count := self._state.counts.get(key)) is None:
            self._unknown["count", key] = {"query": query, "size": 0, "track_total_hits": True, "terminate_after": 1}
            return False
        return count > 0

    def values(self, field: str, query: Json, pattern: str, most: int) -> list[str]:
        """Return the commonest values of a field that fit a regular expression, of the posts that `query` matches."""
        key = f"{field} {most} {pattern} {_key(query)}"
        if (values := self._state.values.get(key)) is None:
            counted = {"terms": {"field": field, "include": pattern, "size": most, "shard_size": 2 * most}}
            self._unknown["values", key] = {"query": query, "size": 0, "aggs": {"values": counted}}
            return []
        return values

    def usages(self, field: str, values: Sequence[str]) -> list[Usage]:
        """Return the usage of those of `values` of a field that any post has."""
        key = _key({field: list(values)})
        if values and key not in self._state.usages:
            counted = {
                "terms": {"field": field, "include": list(values), "size": len(values)},
                "aggs": {"last": {"max": {"field": "published"}}},
            }
            self._unknown["usages", key] = {"size": 0, "aggs": {"values": counted}}
        return self._state.usages.get(key, [])

    def compile(self, compiler: Callable[["Known"], _Compiled]) -> _Compiled:
        """Return what `compiler` makes when all that it asks for is known."""
        for _ in range(_ROUNDS):
            compiled = compiler(self)
            if not self._unknown:
                return compiled
            self._learn()
        return compiled

    def _learn(self) -> None:
        asked = list(self._unknown.items())
        answers = self._cluster.searches([(self._state.index.posts, body) for _, body in asked])
        state = self._state
        for ((kind, key), _), answer in zip(asked, answers, strict=True):
            if kind == "count":
                state.counts[key] = answer["hits"]["total"]["value"]
                continue
            buckets = answer["aggregations"]["values"]["buckets"]
            if kind == "usages":
                state.usages[key] = [
                    Usage(bucket["key"], bucket["doc_count"], bucket["last"]["value"] or 0.0) for bucket in buckets
                ]
            else:
                state.values[key] = [bucket["key"] for bucket in buckets]
        if len(state.counts) + len(state.values) + len(state.usages) > _KEPT:
            state.counts.clear()
            state.values.clear()
            state.usages.clear()
        self._unknown.clear()


def _key(query: Json) -> str:
    return json.dumps(query, ensure_ascii=False, sort_keys=True)


def newest_commit(cluster: Cluster, files: str) -> tuple[str, str, str]:
    """Return the index of files that a name stands for, by what its commits are told apart, and when it was updated."""
    answer = cluster.search(files, partitions_query())
    hits, parts = answer["hits"]["hits"], partitions_from(answer)
    return hits[0]["_index"] if hits else "", " ".join(part.commit for part in parts), updated(parts)
