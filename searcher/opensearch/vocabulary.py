"""What one commit is written in, by which slips are found: by what is known of it, and by what stands in most posts."""

from collections.abc import Sequence

from index.opensearch import tokens
from index.opensearch.documents import SPELLED
from index.text import tokenizer
from searcher.opensearch.clauses import EVERYTHING, holders, naming_pattern, regular_expression
from searcher.opensearch.completion import alone
from searcher.opensearch.statistics import Known
from searcher.opensearch.top_terms import TopTerms
from searcher.query.tree import Scope
from searcher.suggest import pinyin
from searcher.suggest.pinyin import PinyinIndex

# So many pairs are asked for at once; further ones are taken for pairs that no post holds.
_MOST_PAIRS = 500
# Of so many spellings of a hashtag the commonest is found; shards may differ in which that is.
_SPELLINGS = 10


class OpenSearchVocabulary:
    """Is the vocabulary of one state of an index, which notes what isn't known of it."""

    def __init__(self, known: Known, top_terms: TopTerms) -> None:
        self._known = known
        self._top_terms = top_terms
        self._pairs: set[str] = set()

    @property
    def latin_words(self) -> Sequence[str]:
        """Return the commonest words in Latin letters."""
        return self._top_terms.latin_words

    @property
    def han_words(self) -> PinyinIndex:
        """Return the commonest Chinese words."""
        return self._top_terms.han_words

    @property
    def hashtags(self) -> PinyinIndex:
        """Return the keys of the commonest hashtags."""
        return self._top_terms.hashtags

    @property
    def characters(self) -> PinyinIndex:
        """Return the Chinese characters of the commonest words."""
        return self._top_terms.characters

    def values(self, field: str) -> Sequence[str]:
        """Return the commonest values of a property, in order."""
        return sorted(self._known.values(field, EVERYTHING, ".*", pinyin.MOST))

    def hashtags_holding(self, key: str, most: int) -> Sequence[str]:
        """Return the commonest keys of hashtags that begin with `key`, or have it where a word may begin."""
        return self._known.values("hashtag", EVERYTHING, naming_pattern(key), most)

    def label(self, key: str) -> str | None:
        """Return the commonest spelling of a hashtag."""
        pattern = f"{regular_expression(f'{key}{SPELLED}')}.*"
        spelled = self._known.values("topic", {"term": {"hashtag": key}}, pattern, _SPELLINGS)
        return spelled[0].split(SPELLED, 1)[1] if spelled else None

    def with_word(self, word: str) -> int:
        """Return how many posts hold `word`."""
        return self._known.count({"term": {"word": tokens.shortened(word)}})

    def with_text(self, text: str) -> int:
        """Return how many posts literally hold the folded `text`."""
        return self._known.count(holders(text, Scope.ANYWHERE))

    def with_value(self, field: str, value: str) -> int:
        """Return how many posts have `value` of a property."""
        return self._known.count({"term": {field: value}})

    def has_pairs(self, text: str) -> bool:
        """Tell whether posts hold each pair of neighbours of the folded `text`."""
        # Not one after the other: each would be asked for only when the one before it is known.
        held = [self._has_pair(text[at : at + 2]) for at in range(len(text) - 1)]
        return all(held)

    def _has_pair(self, pair: str) -> bool:
        if pair not in self._pairs and len(self._pairs) >= _MOST_PAIRS:
            return False
        self._pairs.add(pair)
        return self._known.any(holders(pair, Scope.ANYWHERE))

    def is_written(self, word: str) -> bool:
        """Tell whether posts hold `word` itself, and not only where others begin so, or have it as their stem."""
        if not any(tokenizer.latin_words(word)):
            return True
        # Which of those others are its forms is not asked: that would be a list for each word.
        longer = {"regexp": {"word": f"{regular_expression(word)}.+"}}
        return self._known.any({"bool": {"filter": [alone(word)], "must_not": [longer]}})
