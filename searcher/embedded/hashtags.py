"""The hashtags of a snapshot: their labels, their counts, and those that hold a text."""

import re
from functools import cached_property

import numpy as np

from searcher.embedded.columns import DocIds, Facet, Integers, Mask, commonest_spellings


class Hashtags:
    """The hashtags of all documents, by the ordinals of the facet `keys`."""

    def __init__(self, keys: Facet, spellings: Facet, live: Mask, live_ids: DocIds) -> None:
        self.keys = keys
        self._spellings = spellings
        self._live = live
        self._live_ids = live_ids
        self._labels: dict[str, str] = {}

    @cached_property
    def counts(self) -> Integers:
        """Return for each hashtag how many live documents have it."""
        return self.keys.count(self._live_ids)

    def label(self, key: str) -> str | None:
        """Return the archive's commonest spelling of a hashtag, or None if no post has it."""
        if label := self._labels.get(key):
            return label
        ordinal = self.keys.ordinal(key)
        spelling = -1 if ordinal is None else int(self._commonest_spellings[ordinal])
        if spelling < 0:
            return None
        label = self._labels[key] = self._spellings.values[spelling].decode()
        return label

    def holding(self, text: str) -> Integers:
        """Return the ordinals of the hashtags whose key begins with `text`, or has it where a word may begin."""
        if not text:
            return np.arange(len(self.counts))
        # A letter or a digit before a letter or a digit begins no word.
        pattern = re.compile((r"(?<![a-z0-9])" if text[:1].isalnum() and text[0].isascii() else "") + re.escape(text))
        starts = [match.start() for match in pattern.finditer(self._joined_keys)]
        return np.unique(np.searchsorted(self._key_starts, np.array(starts, np.int64), "right") - 1)

    @cached_property
    def _joined_keys(self) -> str:
        return "\n".join(value.decode() for value in self.keys.values)

    @cached_property
    def _key_starts(self) -> Integers:
        lengths = [len(key) + 1 for key in self._joined_keys.split("\n")]
        return np.cumsum([0, *lengths[:-1]])

    @cached_property
    def _commonest_spellings(self) -> Integers:
        return commonest_spellings(self.keys, self._spellings, self._live)
