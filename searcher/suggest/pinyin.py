"""Chinese texts by how they are typed: in pinyin, whole or by initials."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from heapq import nsmallest

# So many words, and so many hashtags, the commonest, are found by sound.
MOST = 20_000
# One letter at a time: a text that is none must not be one in a thousand ways first.
_TYPED = re.compile(r"[a-z](?:[ '’]*[a-z])*")
_OTHER = re.compile(r"[^a-z0-9]+")
_TAKEN_FOR = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "ng": "n"}
_UNCLEAR = re.compile(r"^[zcs]h|^n|(?<=[aei])ng$")
# No letter sorts behind it.
_LAST = "\uffff"


class PinyinIndex:
    """Finds texts by their pinyin; of several, the one given first comes first."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    def with_prefix(self, typed: str, most: int) -> list[str]:
        """Return up to `most` texts whose pinyin or its initials begin with `typed`."""
        letters = _OTHER.sub("", typed) if _TYPED.fullmatch(typed) else ""
        if not letters:
            return []
        first, last = (bisect_left(self._spellings, (end, -1)) for end in (letters, letters + _LAST))
        ranks = {rank for _, rank in self._spellings[first:last]}
        return [self.texts[rank] for rank in nsmallest(most, ranks)]

    def with_pinyin(self, typed: str) -> list[str]:
        """Return the texts whose whole pinyin is `typed`."""
        first, last = (bisect_left(self._spellings, (typed, rank)) for rank in (-1, len(self.texts)))
        found = (self.texts[rank] for _, rank in self._spellings[first:last])
        return [text for text in found if "".join(syllables(text)) == typed]

    def similar_to(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield the texts that sound as `text` does, 0, or are often taken for such, 1."""
        sounds = syllables(text)
        for rank in self._alike.get(_loose(sounds), ()):
            yield self.texts[rank], int(syllables(self.texts[rank]) != sounds)

    @cached_property
    def _spellings(self) -> list[tuple[str, int]]:
        """Return each spelling of each text with its rank, in order; made when letters are first typed."""
        texts = enumerate(self.texts)
        return sorted((spelling, rank) for rank, text in texts for spelling in _spellings(syllables(text)))

    @cached_property
    def _alike(self) -> dict[tuple[str, ...], list[int]]:
        """Return the ranks of texts by their sounds, of which those that are often confused are one."""
        alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for rank, text in enumerate(self.texts):
            alike[_loose(syllables(text))].append(rank)
        return alike


# Remembered from one commit to the next, which changes few of the words.
@lru_cache(maxsize=4 * MOST)
def syllables(text: str) -> tuple[str, ...]:
    """Return the pinyin of each character of the folded `text`; what is not Chinese stays, a stretch at a time."""
    # Imported on demand: it takes a sixth of a second, and most searches ask for no sound.
    from pypinyin import lazy_pinyin

    return tuple(sound for part in lazy_pinyin(text) if (sound := _OTHER.sub("", part)))


def _loose(sounds: tuple[str, ...]) -> tuple[str, ...]:
    """Return `sounds` without what many speakers don't tell apart: z and zh, n and l, in and ing."""
    return tuple(_UNCLEAR.sub(lambda match: _TAKEN_FOR[match[0]], sound) for sound in sounds)


def _spellings(sounds: tuple[str, ...]) -> set[str]:
    return {"".join(sounds), "".join(sound[0] for sound in sounds)} - {""}
