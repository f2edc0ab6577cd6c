"""What a text that few posts hold may be a slip of: words and hashtags of the archive that look or sound like it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from index.codec.grams import PAIRS
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.suggest import is_written
from searcher.query import Field
from searcher.sounds import Sounds

# What so many posts hold may still be a slip, of something that many times as many hold.
FEW = 2
_MANY_TIMES = 10
# Of what looks alike so much is looked at, the likeliest; so many of them are counted.
_LOOKED_AT = 12
# Characters of a run of Han in which one word may be another that sounds so, and of such a word.
_LONGEST_RUN = 12
_LONGEST_WORD = 4
# A word of fewer letters or characters is too short to tell what it may be a slip of by how it looks.
_SHORTEST = 3
_LONG = 6


@dataclass(frozen=True, slots=True)
class Likely:
    """Is what may have been meant: `distance` tells how unlike what was typed it is, `posts` how many hold it."""

    text: str
    distance: int
    posts: int


class Slips:
    """Finds what texts may be slips of in one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def of_word(self, word: str) -> list[str]:
        """Return what the folded Latin `word` may be a slip of, the likeliest first; nothing if many hold it."""
        held = self._snapshot.count("words", word)
        if held > FEW:
            return []
        near = _near(word, self._snapshot.latin_words)
        found = [
            Likely(text, distance, self._snapshot.count("words", text))
            for text, distance in near
            if is_written(self._snapshot, text)
        ]
        spelled = [] if held else self._snapshot.word_sounds.spelled(word)
        sounding = [Likely(text, 0, self._snapshot.count("words", text)) for text in spelled]
        return _commoner([*sounding, *found], held)

    def of_run(self, run: str) -> list[str]:
        """Return what the folded `run` of Han may be a slip of, the likeliest first; nothing if many hold it."""
        held = len(self._snapshot.held(run).numbers)
        if held > FEW or not 2 <= len(run) <= _LONGEST_RUN:
            return []
        found = dict(islice(self._like(run, held), _LOOKED_AT))
        likely = [Likely(text, distance, len(self._snapshot.held(text).numbers)) for text, distance in found.items()]
        return _commoner(likely, held)

    def of_value(self, field: Field, value: str) -> list[str]:
        """Return the values of `field` that `value` may be a slip of; ids are none."""
        if field is Field.ID or len(self._snapshot.with_value(field, value)):
            return []
        values = [one.decode() for one in self._snapshot.facet(field).values]
        return [text for text, _ in _near(value, values)]

    def of_hashtag(self, key: str) -> list[str]:
        """Return the hashtags, as they are mostly written, that `key` may be a slip or a part of."""
        held = len(self._snapshot.with_value("hashtag", key))
        if held > FEW:
            return []
        near = _near(key, self._snapshot.commonest_hashtags)
        if not held:
            near += [*_sounding(key, self._snapshot.hashtag_sounds), *self._holding(key)]
        likely = [Likely(text, far, len(self._snapshot.with_value("hashtag", text))) for text, far in near]
        return [self._snapshot.hashtag_label(text) or text for text in _commoner(likely, held)]

    def _holding(self, key: str) -> Iterator[tuple[str, int]]:
        """Yield the commonest hashtags that hold `key`, which are less like it than any that are a slip away."""
        holding = self._snapshot.hashtags_holding(key)
        commonest = np.argsort(-self._snapshot.hashtag_counts[holding], kind="stable")[:_LOOKED_AT]
        for place in holding[commonest].tolist():
            yield self._snapshot.facet("hashtag").values[place].decode(), _LONG

    def _like(self, run: str, held: int) -> Iterator[tuple[str, int]]:
        """Yield runs that may be held and look or sound like `run`, with how unlike they are, in order of that.

        What some posts hold may have been miswritten, but was hardly typed for what sounds like it.
        """
        near = [*_near(run, self._snapshot.han_words), *_near(run, self._snapshot.commonest_hashtags)]
        if not held:
            near += _sounding(run, self._snapshot.word_sounds)
            near += [*_sounding(run, self._snapshot.hashtag_sounds), *self._in_part(run)]
        seen = {run}
        for text, distance in sorted(near, key=lambda one: one[1]):
            if text not in seen and self._may_be_held(text):
                seen.add(text)
                yield text, distance

    def _in_part(self, run: str) -> Iterator[tuple[str, int]]:
        """Yield `run` with one character or one word replaced by another that sounds like it."""
        for at, character in enumerate(run):
            for other, distance in _sounding(character, self._snapshot.character_sounds):
                yield run[:at] + other + run[at + 1 :], distance
        for length in range(2, min(_LONGEST_WORD, len(run) - 1) + 1):
            for at in range(len(run) - length + 1):
                for word, distance in _sounding(run[at : at + length], self._snapshot.word_sounds):
                    yield run[:at] + word + run[at + length :], distance

    def _may_be_held(self, text: str) -> bool:
        return all(self._snapshot.count(PAIRS, text[at : at + 2]) for at in range(len(text) - 1))


def _sounding(text: str, sounds: Sounds) -> Iterator[tuple[str, int]]:
    return ((like, distance) for like, distance in sounds.like(text) if like != text)


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


def _commoner(found: Iterable[Likely], held: int) -> list[str]:
    """Return what so many more posts hold that what was typed was probably a slip, the likeliest first."""
    likely = [one for one in found if one.posts > held * _MANY_TIMES]
    likely.sort(key=lambda one: (one.distance, -one.posts, one.text))
    return list(dict.fromkeys(one.text for one in likely))
