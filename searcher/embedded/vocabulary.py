"""The vocabulary of one snapshot."""

from collections.abc import Sequence

import numpy as np

from index.schema.fields import NO_TIME
from index.segments.layout import PAIRS
from searcher.embedded.columns import DocIds
from searcher.embedded.postings import is_in
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.top_terms import TopTerms
from searcher.suggest.vocabulary import Usage


class SnapshotVocabulary:
    """The words, hashtags and field values of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @property
    def top_terms(self) -> TopTerms:
        return self._snapshot.top_terms

    def values(self, field: str) -> Sequence[str]:
        return [value.decode() for value in self._snapshot.facet(field).values]

    def labels(self, keys: Sequence[str]) -> Sequence[str]:
        return [self._snapshot.hashtags.label(key) or "" for key in keys]

    def words_with_prefix(self, prefix: str, most: int) -> Sequence[str]:
        return self._snapshot.words.commonest(lambda lexicon: lexicon.with_prefix(prefix.encode()), most)

    def hashtags_with(self, text: str, most: int) -> Sequence[str]:
        holding = self._snapshot.hashtags.holding(text)
        commonest = np.argsort(-self._snapshot.hashtags.counts[holding], kind="stable")[:most]
        return [self._snapshot.hashtags.keys.values[place].decode() for place in holding[commonest]]

    def word_usages(self, words: Sequence[str]) -> Sequence[Usage]:
        return self._usages({word: self._snapshot.postings("words", word).doc_ids for word in words})

    def hashtag_usages(self, keys: Sequence[str]) -> Sequence[Usage]:
        return self._usages({key: self._snapshot.with_value("hashtag", key) for key in keys})

    def word_count(self, word: str) -> int:
        return self._snapshot.count("words", word)

    def phrase_count(self, text: str) -> int:
        return len(self._snapshot.find_phrase(text).doc_ids)

    def value_count(self, field: str, value: str) -> int:
        return len(self._snapshot.with_value(field, value))

    def has_pairs(self, text: str) -> bool:
        return all(self._snapshot.count(PAIRS, text[at : at + 2]) for at in range(len(text) - 1))

    def has_word_without(self, word: str, others: Sequence[str]) -> bool:
        # The counts alone are enough for most words; they include deleted posts.
        if self.word_count(word) > sum(map(self.word_count, others)):
            return True
        remaining = self._snapshot.postings("words", word).doc_ids
        for other in others:
            remaining = remaining[
                ~is_in(remaining, self._snapshot.postings("words", other).doc_ids, self._snapshot.size)
            ]
        return len(remaining) > 0

    def _usages(self, holders: dict[str, DocIds]) -> list[Usage]:
        published = self._snapshot.published
        return [
            Usage(text, len(doc_ids), int(published[doc_ids].max(initial=NO_TIME)))
            for text, doc_ids in holders.items()
            if len(doc_ids)
        ]
