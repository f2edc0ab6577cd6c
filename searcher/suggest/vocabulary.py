"""The vocabulary of an archive: what completion and spelling ask an engine for."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from index.archive.hashtags import hashtag_key
from index.text import tokenizer
from searcher.suggest.pinyin import PinyinIndex

# Longer words that are compared with a word that may be a part or stem of them.
_MAX_LONGER = 50


class Usage(NamedTuple):
    """A word or hashtag that `posts` posts have, the last of them published at `last`, in Unix seconds."""

    text: str
    posts: int
    last: float


class TopTerms(Protocol):
    """The commonest terms of one commit, the commonest first; a word has two characters and posts at least."""

    @property
    def latin_words(self) -> Sequence[str]: ...

    @property
    def han_words(self) -> PinyinIndex: ...

    @property
    def hashtags(self) -> PinyinIndex:
        """Return the keys of the hashtags."""

    @property
    def characters(self) -> PinyinIndex:
        """Return the Chinese characters, in order."""


class Vocabulary(Protocol):
    """The words, hashtags and field values of one commit."""

    @property
    def top_terms(self) -> TopTerms:
        """Return the commonest terms."""

    def values(self, field: str) -> Sequence[str]:
        """Return the values of a keyword field, in order."""

    def labels(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the commonest spelling of each hashtag, an empty string where no post has it."""

    def words_with_prefix(self, prefix: str, most: int) -> Sequence[str]:
        """Return the commonest words that begin with `prefix`."""

    def hashtags_with(self, text: str, most: int) -> Sequence[str]:
        """Return the commonest keys of hashtags that begin with `text`, or have it where a word may begin."""

    def word_usages(self, words: Sequence[str]) -> Sequence[Usage]:
        """Return the usage of those of `words` that any post holds."""

    def hashtag_usages(self, keys: Sequence[str]) -> Sequence[Usage]:
        """Return the usage of those hashtags that any post has."""

    def word_count(self, word: str) -> int:
        """Return how many posts hold `word`; posts that were deleted may count."""

    def phrase_count(self, text: str) -> int:
        """Return how many posts literally hold the folded `text`."""

    def value_count(self, field: str, value: str) -> int:
        """Return how many posts have `value` in a keyword field or as their hashtag."""

    def has_pairs(self, text: str) -> bool:
        """Return whether posts hold each pair of neighbours of the folded `text`."""

    def has_word_without(self, word: str, others: Sequence[str]) -> bool:
        """Return whether any post holds `word`, but none of the words `others`."""


def is_written(vocabulary: Vocabulary, word: str, near: Iterable[str] = ()) -> bool:
    """Return whether posts hold `word` itself, and not only as a part or stem of a longer word.

    The longer words are those of `near`, the commonest that begin with `word`, and the one that ends in y instead.
    """
    if not any(tokenizer.latin_words(word)):
        return True
    longer = dict.fromkeys((*near, *vocabulary.words_with_prefix(word, _MAX_LONGER), f"{word[:-1]}y"))
    longer.pop(word, None)
    holders = [other for other in longer if any(word in part.tokens for part in tokenizer.latin_words(other))]
    return vocabulary.has_word_without(word, holders)


def label_hashtags(labels: Callable[[list[str]], Sequence[str]], hashtags: Iterable[str]) -> tuple[str, ...]:
    """Return the commonest spelling of each topic in `hashtags`, one a topic; `labels` gives those of keys."""
    spellings = list(hashtags)
    commonest = labels([hashtag_key(spelling) for spelling in spellings])
    return tuple(dict.fromkeys(label or spelling for label, spelling in zip(commonest, spellings, strict=True)))
