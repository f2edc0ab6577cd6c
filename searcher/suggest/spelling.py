"""Spelling: words and hashtags of the archive that look or sound like a text that few posts hold."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from searcher.query.tree import max_edits
from searcher.suggest.vocabulary import Vocabulary, is_written

# A text of at most this many posts may be misspelled, if many times as many posts hold another like it.
MAX_MISSPELLED = 2
_MANY_TIMES = 10
# Corrections of one text that are tried.
MAX_CORRECTIONS = 3
# Candidates that are counted, the most similar first.
_MAX_CANDIDATES = 12
# Characters of a run of Han in which one word may be replaced by another of the same sound, and of that word.
_MAX_RUN = 12
_MAX_WORD = 4
# A shorter text resembles too many others.
_MIN_LENGTH = 3
# More than any edits.
_FAR = 6


class SpellingSuggester:
    """Corrections from the vocabulary of an archive; a text that many posts hold has none."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def correct_word(self, word: str) -> list[str]:
        """Return the likeliest corrections of the folded Latin `word`."""
        posts = self._vocabulary.word_count(word)
        if posts > MAX_MISSPELLED:
            return []
        similar = _similar(word, self._vocabulary.top_terms.latin_words)
        candidates = [candidate for candidate in similar if is_written(self._vocabulary, candidate[0])]
        if not posts:
            candidates += [(text, 0) for text in self._vocabulary.top_terms.han_words.with_pinyin(word)]
        return _likeliest(candidates, self._vocabulary.word_count, posts)

    def correct_run(self, run: str) -> list[str]:
        """Return the likeliest corrections of the folded `run` of Han."""
        posts = self._vocabulary.phrase_count(run)
        if posts > MAX_MISSPELLED or not 2 <= len(run) <= _MAX_RUN:
            return []
        candidates = islice(self._runs_like(run, posts), _MAX_CANDIDATES)
        return _likeliest(candidates, self._vocabulary.phrase_count, posts)

    def correct_value(self, field: str, value: str) -> list[str]:
        """Return the likeliest corrections of the `value` of a keyword field; an id has none."""
        if field == "id" or self._vocabulary.value_count(field, value):
            return []
        return [text for text, _ in _similar(value, self._vocabulary.values(field))]

    def correct_hashtag(self, key: str) -> list[str]:
        """Return the labels of the likeliest corrections of the hashtag `key`, among them hashtags that contain it."""
        posts = self._vocabulary.value_count("hashtag", key)
        if posts > MAX_MISSPELLED:
            return []
        texts = _similar(key, self._vocabulary.top_terms.hashtags.texts)
        if not posts:
            texts += self._vocabulary.top_terms.hashtags.homophones(key)
            # Further away than any that differ by their letters.
            texts += [(text, _FAR) for text in self._vocabulary.hashtags_with(key, _MAX_CANDIDATES)]
        keys = _likeliest(texts, partial(self._vocabulary.value_count, "hashtag"), posts)[:MAX_CORRECTIONS]
        return [label or key for label, key in zip(self._vocabulary.labels(keys), keys, strict=True)]

    def _runs_like(self, run: str, posts: int) -> Iterator[tuple[str, int]]:
        """Yield runs that posts may hold and that look or sound like `run`, by their distance from it.

        Only a run that no post holds is compared by sound: one that some hold may be miswritten, but not mistyped.
        """
        words, hashtags = self._vocabulary.top_terms.han_words, self._vocabulary.top_terms.hashtags
        texts = [*_similar(run, words.texts), *_similar(run, hashtags.texts)]
        if not posts:
            texts += [*words.homophones(run), *hashtags.homophones(run), *self._with_homophone(run)]
        seen = {run}
        for text, distance in sorted(texts, key=lambda candidate: candidate[1]):
            if text not in seen and self._vocabulary.has_pairs(text):
                seen.add(text)
                yield text, distance

    def _with_homophone(self, run: str) -> Iterator[tuple[str, int]]:
        """Yield `run` with one character or one word replaced by another that sounds like it."""
        for at, character in enumerate(run):
            for other, distance in self._vocabulary.top_terms.characters.homophones(character):
                yield run[:at] + other + run[at + 1 :], distance
        for length in range(2, min(_MAX_WORD, len(run) - 1) + 1):
            for at in range(len(run) - length + 1):
                for word, distance in self._vocabulary.top_terms.han_words.homophones(run[at : at + length]):
                    yield run[:at] + word + run[at + length :], distance


def _similar(text: str, texts: Sequence[str]) -> list[tuple[str, int]]:
    """Return those of `texts` that are one or two edits away from `text`, with that distance.

    An edit inserts, deletes or replaces a letter, or swaps two neighbours. Of texts as far away, those with the same
    first letter come first, then the commonest.
    """
    # Imported on demand: few queries ask for it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(text) < _MIN_LENGTH:
        return []
    found = process.extract(text, texts, scorer=OSA.distance, score_cutoff=max_edits(text), limit=_MAX_CANDIDATES)
    ranked = sorted((distance, other[:1] != text[:1], place, other) for other, distance, place in found if distance)
    return [(other, int(distance)) for distance, _, _, other in ranked]


def _likeliest(candidates: Iterable[tuple[str, int]], count: Callable[[str], int], posts: int) -> list[str]:
    """Return the candidates that are many times as common as a text of `posts` posts, the nearest first.

    A candidate has a text and its distance; `count` returns how many posts hold a text.
    """
    ranked = sorted((distance, -count(text), text) for text, distance in candidates)
    return list(dict.fromkeys(text for _, minus_count, text in ranked if -minus_count > posts * _MANY_TIMES))
