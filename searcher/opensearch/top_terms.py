"""The commonest words and hashtags of one commit, read when they are first asked for."""

from functools import cached_property
from typing import Any

from index.opensearch.client import Cluster
from searcher.opensearch.statistics import State
from searcher.suggest import pinyin
from searcher.suggest.pinyin import PinyinIndex

Json = dict[str, Any]
_HAN = "[\u3400-\u9fff].*"
_LATIN = "[0-\u036f].+"
# A list of Han words also has single characters, and words of one post: so many times more are read.
_SPARE = 2


class TopTerms:
    """The terms that most posts hold in one state of an index; words have two characters and posts at least."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self._cluster = cluster
        self._posts = state.index.posts

    @classmethod
    def from_state(cls, cluster: Cluster, state: State) -> "TopTerms":
        """Return the top terms that `state` remembers."""
        top_terms: TopTerms = state.kept.setdefault("top_terms", cls(cluster, state))
        return top_terms

    @cached_property
    def hashtags(self) -> PinyinIndex:
        """Return the keys of the commonest hashtags."""
        return PinyinIndex([key for key, _ in self._read("hashtag", ".*", pinyin.MOST)])

    @cached_property
    def latin_words(self) -> list[str]:
        """Return the commonest words in Latin letters."""
        return [word for word, count in self._read("word", _LATIN, pinyin.MOST) if count > 1]

    @cached_property
    def han_words(self) -> PinyinIndex:
        """Return the commonest Chinese words."""
        words = [word for word, count in self._han if len(word) > 1 and count > 1]
        return PinyinIndex(words[: pinyin.MOST])

    @cached_property
    def characters(self) -> PinyinIndex:
        """Return the Chinese characters of the commonest words, which are nearly all of the archive."""
        return PinyinIndex(sorted({character for word, _ in self._han for character in word}))

    @cached_property
    def _han(self) -> list[tuple[str, int]]:
        return self._read("word", _HAN, _SPARE * pinyin.MOST)

    def _read(self, field: str, pattern: str, most: int) -> list[tuple[str, int]]:
        """Return the commonest values of a field that fit a regular expression, with the number of their posts."""
        terms = {"terms": {"field": field, "include": pattern, "size": most}}
        answer = self._cluster.search(self._posts, {"size": 0, "aggs": {"values": terms}})
        return [(bucket["key"], bucket["doc_count"]) for bucket in answer["aggregations"]["values"]["buckets"]]
