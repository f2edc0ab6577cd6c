"""Chinese texts by their pinyin: the whole of it, or its initials."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from heapq import nsmallest

# The commonest words, and the commonest hashtags, that an index holds.
MOST = 20_000
# One letter at a time, so that a text that fails to match fails at once.
_TYPED = re.compile(r"[a-z](?:[ '’]*[a-z])*")
_OTHER = re.compile(r"[^a-z0-9]+")
_CONFUSED_WITH = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "ng": "n"}
_CONFUSED = re.compile(r"^[zcs]h|^n|(?<=[aei])ng$")
# Sorts after every letter.
_LAST = "\uffff"


class PinyinIndex:
    """An index of texts by their pinyin; of several texts found, the one given first comes first."""

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

    def homophones(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield each other text that sounds like `text`, and its distance: 0, or 1 if the sounds are often confused."""
        typed = syllables(text)
        for rank in self._by_sound.get(_merge_confused(typed), ()):
            if (other := self.texts[rank]) != text:
                yield other, int(syllables(other) != typed)

    @cached_property
    def _spellings(self) -> list[tuple[str, int]]:
        """Return each pinyin and initials of each text with its rank, sorted."""
        texts = enumerate(self.texts)
        return sorted((spelling, rank) for rank, text in texts for spelling in _spellings(syllables(text)))

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], list[int]]:
        """Return the ranks of the texts that sound alike, by their syllables."""
        by_sound: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for rank, text in enumerate(self.texts):
            by_sound[_merge_confused(syllables(text))].append(rank)
        return by_sound


# Shared by the indexes of all commits, which differ in few words.
@lru_cache(maxsize=4 * MOST)
def syllables(text: str) -> tuple[str, ...]:
    """Return the pinyin of each Chinese character of the folded `text`, and each run of other letters as it is."""
    # Imported on demand: it takes a sixth of a second, and most searches ask for no pinyin.
    from pypinyin import lazy_pinyin

    return tuple(syllable for part in lazy_pinyin(text) if (syllable := _OTHER.sub("", part)))


def _merge_confused(pinyin: tuple[str, ...]) -> tuple[str, ...]:
    """Return `pinyin` with one spelling for sounds that many speakers confuse: z and zh, n and l, in and ing."""
    return tuple(_CONFUSED.sub(lambda match: _CONFUSED_WITH[match[0]], syllable) for syllable in pinyin)


def _spellings(pinyin: tuple[str, ...]) -> set[str]:
    return {"".join(pinyin), "".join(syllable[0] for syllable in pinyin)} - {""}
