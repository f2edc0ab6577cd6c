"""The commonest words and hashtags of a snapshot, as written and in pinyin, read when they are first asked for."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.segments.arrays import SegmentArrays
from searcher.embedded.hashtags import Hashtags
from searcher.embedded.words import Words
from searcher.suggest import pinyin
from searcher.suggest.pinyin import PinyinIndex

# Chinese characters outside the rare planes lie together in the order of words.
_HAN = ("\u3400", "\ua000")
_LATIN = ("0", "\u0370")


class TopTerms:
    """The commonest terms of one snapshot; a word has two characters and posts at least."""

    def __init__(self, segments: Sequence[SegmentArrays], words: Words, hashtags: Hashtags) -> None:
        self._segments = segments
        self._words = words
        self._hashtags = hashtags

    @cached_property
    def latin_words(self) -> list[str]:
        """Return the commonest words in Latin letters."""
        return self._commonest(*_LATIN)

    @cached_property
    def han_words(self) -> PinyinIndex:
        """Return the commonest Chinese words."""
        return PinyinIndex(self._commonest(*_HAN))

    @cached_property
    def characters(self) -> PinyinIndex:
        """Return the Chinese characters of the archive."""
        terms = (segment.terms("characters") for segment in self._segments)
        characters = {term.decode("utf-8", "surrogatepass") for segment_terms in terms for term in segment_terms}
        return PinyinIndex(sorted(character for character in characters if _HAN[0] <= character < _HAN[1]))

    @cached_property
    def hashtags(self) -> PinyinIndex:
        """Return the keys of the commonest hashtags."""
        ordinals = np.argsort(-self._hashtags.counts, kind="stable")[: pinyin.MOST].tolist()
        return PinyinIndex([self._hashtags.keys.values[ordinal].decode() for ordinal in ordinals])

    def _commonest(self, first: str, end: str) -> list[str]:
        words = self._words.commonest(lambda lexicon: lexicon.between(first, end), pinyin.MOST, least=2)
        return [word for word in words if len(word) > 1]
