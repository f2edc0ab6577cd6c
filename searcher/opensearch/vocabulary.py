"""The vocabulary of one commit of an index in a cluster."""

from collections.abc import Sequence

from index.opensearch import tokens
from index.opensearch.client import Cluster
from searcher.opensearch.clauses import EVERYTHING, holders, naming_pattern, regular_expression
from searcher.opensearch.labels import hashtag_labels
from searcher.opensearch.statistics import ClusterStatistics, State
from searcher.opensearch.top_terms import TopTerms
from searcher.query.tree import Scope
from searcher.ranking.parameters import TermKind
from searcher.suggest import pinyin
from searcher.suggest.vocabulary import Usage

# Pairs that are looked up; further ones count as pairs that no post holds.
_MAX_PAIRS = 500
# Values read for each one that is wanted: every shard names its commonest, and the commonest of all may differ.
_SPARE = 5


class OpenSearchVocabulary:
    """The words, hashtags and field values of one commit; what is unknown of it is noted and stands in as nothing."""

    def __init__(self, cluster: Cluster, state: State, statistics: ClusterStatistics) -> None:
        self._cluster = cluster
        self._state = state
        self._statistics = statistics
        self.top_terms = TopTerms.from_state(cluster, state)
        self._pairs: set[str] = set()

    def values(self, field: str) -> Sequence[str]:
        return sorted(self._statistics.values(field, EVERYTHING, ".*", pinyin.MOST))

    def labels(self, keys: Sequence[str]) -> Sequence[str]:
        return hashtag_labels(self._cluster, self._state, list(keys))

    def words_with_prefix(self, prefix: str, most: int) -> Sequence[str]:
        return self._commonest("word", f"{regular_expression(prefix)}.*", prefix, most)

    def hashtags_with(self, text: str, most: int) -> Sequence[str]:
        return self._commonest("hashtag", naming_pattern(text), text, most)

    def word_usages(self, words: Sequence[str]) -> Sequence[Usage]:
        return self._statistics.usages("word", words)

    def hashtag_usages(self, keys: Sequence[str]) -> Sequence[Usage]:
        return self._statistics.usages("hashtag", keys)

    def word_count(self, word: str) -> int:
        return self._statistics.token_count(TermKind.WORD, word)

    def phrase_count(self, text: str) -> int:
        return self._statistics.phrase_count(text, Scope.ANYWHERE)

    def value_count(self, field: str, value: str) -> int:
        return self._statistics.count({"term": {field: value}})

    def has_pairs(self, text: str) -> bool:
        # Every pair is asked for at once, and not only when the one before it is known.
        held = [self._has_pair(text[at : at + 2]) for at in range(len(text) - 1)]
        return all(held)

    def has_word_without(self, word: str, others: Sequence[str]) -> bool:
        without = {"terms": {"word": sorted(others)}}
        return self._statistics.any({"bool": {"filter": [{"term": {"word": word}}], "must_not": [without]}})

    def _has_pair(self, pair: str) -> bool:
        if pair not in self._pairs and len(self._pairs) >= _MAX_PAIRS:
            return False
        self._pairs.add(pair)
        return self._statistics.any(holders(pair, Scope.ANYWHERE))

    def _commonest(self, field: str, pattern: str, typed: str, most: int) -> Sequence[str]:
        # A regular expression may not be longer, and no word is.
        if len(typed) > tokens.LONGEST:
            return []
        return self._statistics.values(field, EVERYTHING, pattern, _SPARE * most)[:most]
