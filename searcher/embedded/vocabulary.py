"""What one commit is written in, by which slips are found."""

from collections.abc import Sequence

import numpy as np

from index.segments.grams import PAIRS
from searcher.embedded.completion import is_written
from searcher.embedded.snapshot import Snapshot
from searcher.suggest.pinyin import PinyinIndex


class SnapshotVocabulary:
    """Is the vocabulary of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @property
    def latin_words(self) -> Sequence[str]:
        """Return the commonest words in Latin letters."""
        return self._snapshot.latin_words

    @property
    def han_words(self) -> PinyinIndex:
        """Return the commonest Chinese words."""
        return self._snapshot.word_pinyin

    @property
    def hashtags(self) -> PinyinIndex:
        """Return the keys of the commonest hashtags."""
        return self._snapshot.hashtag_pinyin

    @property
    def characters(self) -> PinyinIndex:
        """Return the Chinese characters of the archive."""
        return self._snapshot.character_pinyin

    def values(self, field: str) -> Sequence[str]:
        """Return the values of a property."""
        return [value.decode() for value in self._snapshot.facet(field).values]

    def hashtags_holding(self, key: str, most: int) -> Sequence[str]:
        """Return the commonest keys of hashtags that begin with `key`, or have it where a word may begin."""
        holding = self._snapshot.hashtags_holding(key)
        commonest = np.argsort(-self._snapshot.hashtag_counts[holding], kind="stable")[:most]
        return [self._snapshot.facet("hashtag").values[place].decode() for place in holding[commonest]]

    def label(self, key: str) -> str | None:
        """Return the commonest spelling of a hashtag."""
        return self._snapshot.hashtag_label(key)

    def with_word(self, word: str) -> int:
        """Return how many posts hold `word`, deleted ones included."""
        return self._snapshot.count("words", word)

    def with_text(self, text: str) -> int:
        """Return how many posts literally hold the folded `text`."""
        return len(self._snapshot.held(text).numbers)

    def with_value(self, field: str, value: str) -> int:
        """Return how many posts have `value` of a property."""
        return len(self._snapshot.with_value(field, value))

    def has_pairs(self, text: str) -> bool:
        """Tell whether posts, deleted ones included, hold each pair of neighbours of the folded `text`."""
        return all(self._snapshot.count(PAIRS, text[at : at + 2]) for at in range(len(text) - 1))

    def is_written(self, word: str) -> bool:
        """Tell whether posts hold `word` itself, and not only as part or stem of others."""
        return is_written(self._snapshot, word)
