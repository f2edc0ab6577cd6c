"""Completion: hashtags and words of the archive for what was typed so far."""

from collections.abc import Iterator

from index.archive.hashtags import hashtag_key
from index.text.folding import fold
from searcher.query.parser import parse
from searcher.query.tree import Hashtag, Terms
from searcher.results import Suggestion
from searcher.suggest.vocabulary import Usage, Vocabulary, is_written

# Candidates for each suggestion that is wanted: some of them are no words, and ties go to the last used.
_SPARE = 3
_Ranked = tuple[Suggestion, Usage]


def complete(vocabulary: Vocabulary, prefix: str, limit: int) -> tuple[Suggestion, ...]:
    """Return the commonest hashtags and words that begin with `prefix` as written, in pinyin, or in its initials."""
    # A lone surrogate is no character, as in queries.
    typed = fold(prefix.encode("utf-8", "replace").decode()).strip()
    if not typed:
        return ()
    candidates = list(_hashtags(vocabulary, typed.lstrip("#"), limit * _SPARE))
    if not typed.startswith("#"):
        candidates += _words(vocabulary, typed, limit)
    return tuple(suggestion for suggestion, _ in sorted(candidates, key=_order)[:limit])


def _order(candidate: _Ranked) -> tuple[int, bool, float, str]:
    """Sort by the number of posts, then hashtags first, then the last used."""
    suggestion, usage = candidate
    return -usage.posts, suggestion.kind == "word", -usage.last, suggestion.text


def _hashtags(vocabulary: Vocabulary, typed: str, most: int) -> Iterator[_Ranked]:
    """Yield about `most` hashtags that hold `typed`, or begin so in pinyin."""
    written = vocabulary.hashtags_with(hashtag_key(typed), most)
    keys = dict.fromkeys([*written, *vocabulary.top_terms.hashtags.with_prefix(typed, most)])
    usages = vocabulary.hashtag_usages(list(keys))
    for usage, label in zip(usages, vocabulary.labels([usage.text for usage in usages]), strict=True):
        node = parse(f"#{label}#")
        if isinstance(node, Hashtag) and hashtag_key(node.name) == usage.text:
            yield Suggestion(f"#{label}#", "hashtag", usage.posts), usage


def _words(vocabulary: Vocabulary, typed: str, limit: int) -> Iterator[_Ranked]:
    """Yield the `limit` commonest words that begin with `typed`, as written or in pinyin, and ties with the last."""
    written = vocabulary.words_with_prefix(typed, limit * _SPARE)
    words = dict.fromkeys([*written, *vocabulary.top_terms.han_words.with_prefix(typed, limit * _SPARE)])
    counts: list[int] = []
    for usage in sorted(vocabulary.word_usages(list(words)), key=lambda usage: -usage.posts):
        if len(counts) >= limit and usage.posts < counts[limit - 1]:
            return
        if _is_plain(usage.text) and is_written(vocabulary, usage.text, written):
            counts.append(usage.posts)
            yield Suggestion(usage.text, "word", usage.posts), usage


def _is_plain(word: str) -> bool:
    """Return whether a query reads `word` as a word: an arXiv number is one to the index, but asks for the paper."""
    # "c#" is a word, "deepseek#" the end of a hashtag.
    return not (word.endswith("#") and len(word) > 2) and parse(word) == Terms(word)
