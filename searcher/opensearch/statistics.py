"""Index statistics of a cluster: counts and lists of values, remembered from one commit to the next.

A count that is not known yet is noted, and a placeholder stands in for it. `resolve` fetches all that is noted in one
request and starts over, until everything is known.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, assert_never

from index.errors import ClusterError
from index.opensearch import tokens
from index.opensearch.client import Cluster
from index.opensearch.metadata import ClusterIndex, partitions_from, partitions_query, updated
from index.text.folding import fold
from index.text.segmenter import Segmenter
from index.text.tokenizer import QueryWord
from searcher.opensearch.clauses import (
    EVERYTHING,
    NOTHING,
    gram_clause,
    holders,
    in_words,
    regular_expression,
    word_clause,
)
from searcher.query.tree import Expansion, Fuzzy, Prefix, Scope, Wildcard, max_edits
from searcher.ranking.parameters import TermKind
from searcher.ranking.plan import TextQuery
from searcher.ranking.synonyms import Synonyms
from searcher.suggest.vocabulary import Usage

Json = dict[str, Any]
T = TypeVar("T")
# Counts and lists of values remembered of one commit.
_MAX_REMEMBERED = 100_000
# A query takes three or four and a completion five: what they ask for next depends on what they learned.
MAX_ROUNDS = 20
# Of the words that a prefix or a pattern stands for, the commonest score.
_MAX_WORDS = 100
_MAX_SIMILAR_WORDS = 1_000


@dataclass
class State:
    """The counts and values of one commit that are remembered; `updated` is when it matched its archives."""

    index: ClusterIndex
    commit: str
    updated: str
    counts: dict[str, int] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    usages: dict[str, list[Usage]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)


class ClusterStatistics:
    """The statistics of one state of an index."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self._cluster = cluster
        self._state = state
        self._unknown: dict[tuple[str, str], Json] = {}

    def resolve(self, build: Callable[[], T]) -> T:
        """Return the result of `build` once all that it asks for is known; raise ClusterError if that never is."""
        for _ in range(MAX_ROUNDS):
            built = build()
            if not self._unknown:
                return built
            self._learn()
        raise ClusterError(
            f"The cluster was asked {MAX_ROUNDS} times for counts that this query needs, and it needed more each time."
        )

    # --- counts and values ---------------------------------------------------------------------------------

    def count(self, query: Json) -> int:
        """Return how many posts `query` matches."""
        key = _key(query)
        if (count := self._state.counts.get(key)) is None:
            self._unknown["count", key] = {"query": query, "size": 0, "track_total_hits": True}
            return 1
        return count

    def any(self, query: Json) -> bool:
        """Return whether `query` matches any post."""
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

    # --- index statistics ----------------------------------------------------------------------------------

    @property
    def post_count(self) -> int:
        return self.count(EVERYTHING)

    @property
    def segmenter(self) -> Segmenter:
        return self._state.index.metadata.segmenter

    @cached_property
    def synonyms(self) -> Synonyms:
        return Synonyms(self._state.index.metadata.user_words.synonyms)

    def token_count(self, kind: TermKind, token: str, scope: Scope = Scope.ANYWHERE) -> int:
        if kind is TermKind.HASHTAG:
            return self.count({"term": {"hashtag": token}})
        return self.count(in_words("term", token, scope) if kind is TermKind.WORD else gram_clause(token))

    def token_estimate(self, kind: TermKind, token: str) -> int:
        return self.token_count(kind, token)

    def word_count(self, word: QueryWord, scope: Scope) -> int:
        return self.count(word_clause(word, scope))

    def phrase_count(self, text: str, scope: Scope) -> int:
        return self.count(holders(text, scope))

    def expansion_count(self, node: Expansion) -> int:
        return self.count(self.expansion_clause(node))

    def is_phrase(self, query: TextQuery) -> bool:
        # Whether posts that hold all required terms of a longer text hold it whole would be another request.
        return not query.required or [(term.text, term.word) for term in query.required] == [(query.text, None)]

    # --- expansions ----------------------------------------------------------------------------------------

    def expansion_clause(self, node: Expansion) -> Json:
        """Return a query for the posts that hold a word that `node` stands for."""
        text = fold(node.text).strip()
        match node:
            case Prefix():
                return in_words("prefix", tokens.shortened(text), node.scope)
            case Wildcard():
                return in_words("wildcard", text.replace("\\", "\\\\").replace("?", "\\?"), node.scope)
            case Fuzzy():
                words = self.similar_words(text)
                return in_words("terms", words, node.scope) if words else NOTHING
            case _:
                assert_never(node)

    def words_of(self, node: Expansion) -> list[str]:
        """Return the commonest words that `node` stands for."""
        text = fold(node.text).strip()
        match node:
            case Prefix():
                pattern = f"{regular_expression(text)}.*"
            case Wildcard():
                pattern = ".*".join(map(regular_expression, text.split("*")))
            case Fuzzy():
                return self.similar_words(text)
            case _:
                assert_never(node)
        return self.values("word", self.expansion_clause(node), pattern, _MAX_WORDS)

    def expansion_words(self, node: Expansion, limit: int) -> tuple[tuple[str, ...], int]:
        """Return up to `limit` of the words that `node` stands for, commonest first, and the number of those known."""
        words = self.words_of(node)
        return tuple(words[:limit]), len(words)

    def similar_words(self, text: str) -> list[str]:
        """Return the words at most two edits away from the folded `text` that share its first character."""
        # Imported on demand: few queries ask for it.
        from rapidfuzz.distance import Levenshtein

        distance = max_edits(text)
        fuzzy = {
            "value": text,
            "fuzziness": distance,
            "prefix_length": 1,
            "transpositions": False,
            "max_expansions": _MAX_SIMILAR_WORDS,
        }
        rest = len(text) - 1
        pattern = f"{regular_expression(text[0])}.{{{max(0, rest - distance)},{rest + distance}}}"
        words = self.values("word", {"fuzzy": {"word": fuzzy}}, pattern, 10 * _MAX_SIMILAR_WORDS)
        return [word for word in sorted(words) if Levenshtein.distance(text, word) <= distance]

    # --- requests ------------------------------------------------------------------------------------------

    def _learn(self) -> None:
        asked = list(self._unknown.items())
        answers = self._cluster.searches([(self._state.index.posts, body) for _, body in asked])
        state = self._state
        remembered: tuple[dict[str, Any], ...] = (state.counts, state.values, state.usages)
        if sum(map(len, remembered)) + len(asked) > _MAX_REMEMBERED:
            for memory in remembered:
                memory.clear()
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
        self._unknown.clear()


def _key(query: Json) -> str:
    return json.dumps(query, ensure_ascii=False, sort_keys=True)


def newest_commit(cluster: Cluster, files: str) -> tuple[str, str, str]:
    """Return the index of files behind the name `files`, the key of its newest commit, and when it was updated."""
    answer = cluster.search(files, partitions_query())
    hits, partitions = answer["hits"]["hits"], partitions_from(answer)
    return (
        hits[0]["_index"] if hits else "",
        " ".join(partition.commit for partition in partitions),
        updated(partitions),
    )
