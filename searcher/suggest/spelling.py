"""What a text that few posts hold may be a slip of: words and hashtags of the archive that look or sound like it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from searcher.suggest.pinyin import PinyinIndex

# What so many posts hold may still be a slip, of something that many times as many hold.
FEW = 2
_MANY_TIMES = 10
# So many readings of one slip are tried.
READINGS = 3
# Of what looks alike so much is looked at, the likeliest; so many of them are counted.
_LOOKED_AT = 12
# Characters of a run of Han in which one word may be another that sounds so, and of such a word.
_LONGEST_RUN = 12
_LONGEST_WORD = 4
# A word of fewer letters or characters is too short to tell what it may be a slip of by how it looks.
_SHORTEST = 3
_LONG = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """Is what may have been meant: `distance` tells how unlike what was typed it is, `posts` how many hold it."""

    text: str
    distance: int
    posts: int


class Vocabulary(Protocol):
    """Is what one commit of an archive is written in: the commonest of its words and hashtags, and who holds a text."""

    @property
    def latin_words(self) -> Sequence[str]:
        """Return the words in Latin letters that have two characters and posts at least, the commonest first."""

    @property
    def han_words(self) -> PinyinIndex:
        """Return the Chinese words that have two characters and posts at least, the commonest first."""

    @property
    def hashtags(self) -> PinyinIndex:
        """Return the keys of the hashtags, the commonest first."""

    @property
    def characters(self) -> PinyinIndex:
        """Return the Chinese characters, in order."""

    def values(self, field: str) -> Sequence[str]:
        """Return the values of a property, in order."""

    def hashtags_holding(self, key: str, most: int) -> Sequence[str]:
        """Return the commonest keys of hashtags that begin with `key`, or have it where a word may begin."""

    def label(self, key: str) -> str | None:
        """Return the commonest spelling of a hashtag, or None if no post has it."""

    def with_word(self, word: str) -> int:
        """Return how many posts hold `word`."""

    def with_text(self, text: str) -> int:
        """Return how many posts literally hold the folded `text`."""

    def with_value(self, field: str, value: str) -> int:
        """Return how many posts have `value` of a property."""

    def has_pairs(self, text: str) -> bool:
        """Tell whether posts hold each pair of neighbours of the folded `text`."""

    def is_written(self, word: str) -> bool:
        """Tell whether posts hold `word` itself, and not only as part or stem of others."""


class SpellingSuggester:
    """Finds what texts may be slips of, by the `vocabulary` of an archive."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def of_word(self, word: str) -> list[str]:
        """Return what the folded Latin `word` may be a slip of, the likeliest first; nothing if many hold it."""
        held = self._vocabulary.with_word(word)
        if held > FEW:
            return []
        near = _near(word, self._vocabulary.latin_words)
        found = [
            Candidate(text, distance, self._vocabulary.with_word(text))
            for text, distance in near
            if self._vocabulary.is_written(text)
        ]
        spelled = [] if held else self._vocabulary.han_words.with_pinyin(word)
        sounding = [Candidate(text, 0, self._vocabulary.with_word(text)) for text in spelled]
        return _commoner([*sounding, *found], held)

    def of_run(self, run: str) -> list[str]:
        """Return what the folded `run` of Han may be a slip of, the likeliest first; nothing if many hold it."""
        held = self._vocabulary.with_text(run)
        if held > FEW or not 2 <= len(run) <= _LONGEST_RUN:
            return []
        found = dict(islice(self._like(run, held), _LOOKED_AT))
        likely = [Candidate(text, distance, self._vocabulary.with_text(text)) for text, distance in found.items()]
        return _commoner(likely, held)

    def of_value(self, field: str, value: str) -> list[str]:
        """Return the values of `field` that `value` may be a slip of; ids are none."""
        if field == "id" or self._vocabulary.with_value(field, value):
            return []
        return [text for text, _ in _near(value, self._vocabulary.values(field))]

    def of_hashtag(self, key: str) -> list[str]:
        """Return the hashtags, as they are mostly written, that `key` may be a slip or a part of."""
        held = self._vocabulary.with_value("hashtag", key)
        if held > FEW:
            return []
        near = _near(key, self._vocabulary.hashtags.texts)
        if not held:
            near += _sounding(key, self._vocabulary.hashtags)
            # Less like it than any that are a slip away.
            near += [(text, _LONG) for text in self._vocabulary.hashtags_holding(key, _LOOKED_AT)]
        likely = [Candidate(text, far, self._vocabulary.with_value("hashtag", text)) for text, far in near]
        return [self._vocabulary.label(text) or text for text in _commoner(likely, held)[:READINGS]]

    def _like(self, run: str, held: int) -> Iterator[tuple[str, int]]:
        """Yield runs that may be held and look or sound like `run`, with how unlike they are, in order of that.

        What some posts hold may have been miswritten, but was hardly typed for what sounds like it.
        """
        words, hashtags = self._vocabulary.han_words, self._vocabulary.hashtags
        near = [*_near(run, words.texts), *_near(run, hashtags.texts)]
        if not held:
            near += [*_sounding(run, words), *_sounding(run, hashtags), *self._in_part(run)]
        seen = {run}
        for text, distance in sorted(near, key=lambda one: one[1]):
            if text not in seen and self._vocabulary.has_pairs(text):
                seen.add(text)
                yield text, distance

    def _in_part(self, run: str) -> Iterator[tuple[str, int]]:
        """Yield `run` with one character or one word replaced by another that sounds like it."""
        for at, character in enumerate(run):
            for other, distance in _sounding(character, self._vocabulary.characters):
                yield run[:at] + other + run[at + 1 :], distance
        for length in range(2, min(_LONGEST_WORD, len(run) - 1) + 1):
            for at in range(len(run) - length + 1):
                for word, distance in _sounding(run[at : at + length], self._vocabulary.han_words):
                    yield run[:at] + word + run[at + length :], distance


def _sounding(text: str, sounds: PinyinIndex) -> Iterator[tuple[str, int]]:
    return ((like, distance) for like, distance in sounds.similar_to(text) if like != text)


def _near(text: str, texts: Sequence[str]) -> list[tuple[str, int]]:
    """Return those of `texts`, the commonest of which come first, that are a slip of the finger away from `text`."""
    # Imported on demand: few queries ask for it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(text) < _SHORTEST:
        return []
    most = 1 if len(text) < _LONG else 2
    found = process.extract(text, texts, scorer=OSA.distance, score_cutoff=most, limit=_LOOKED_AT)
    ranked = sorted((distance, like[:1] != text[:1], place, like) for like, distance, place in found if distance)
    return [(like, int(distance)) for distance, _, _, like in ranked]


def _commoner(found: Iterable[Candidate], held: int) -> list[str]:
    """Return what so many more posts hold that what was typed was probably a slip, the likeliest first."""
    likely = [one for one in found if one.posts > held * _MANY_TIMES]
    likely.sort(key=lambda one: (one.distance, -one.posts, one.text))
    return list(dict.fromkeys(one.text for one in likely))
