"""Columns of facet values over all documents of a snapshot."""

from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.segments.arrays import SegmentArrays

Mask = NDArray[np.bool_]
DocIds = NDArray[np.int64]
Integers = NDArray[np.int64]
Ordinals = NDArray[np.unsignedinteger]

# One document in so many: for more of them it is faster to read all rows than to pick theirs.
_SPARSE = 4


class Facet:
    """The values of a facet by document.

    Document i has the values with the ordinals `ordinals[ends[i]:ends[i + 1]]`, places in the sorted `values`.
    """

    def __init__(self, ends: Integers, ordinals: Ordinals, values: list[bytes]) -> None:
        self.ends = ends
        self.ordinals = ordinals
        self.values = values
        self._groups: dict[Callable[[str], str], tuple[list[str], Integers]] = {}

    @classmethod
    def from_segments(cls, name: str, segments: list[SegmentArrays]) -> "Facet":
        """Return the facet `name` over the documents of `segments`, concatenated."""
        lexicons = [list(segment.lexicon(name)) for segment in segments]
        values = lexicons[0] if len(lexicons) == 1 else sorted(set().union(*lexicons))
        ordinal_of = {value: ordinal for ordinal, value in enumerate(values)}
        # The smallest type: counting reads the ordinals of all documents, and memory is what limits it.
        dtype = np.min_scalar_type(len(values))
        ends, ordinals = [np.zeros(1, np.int64)], [np.zeros(0, dtype)]
        for segment, own in zip(segments, lexicons, strict=True):
            own_ends, own_ordinals = segment.rows(name)
            ends.append(own_ends[1:].astype(np.int64) + ends[-1][-1])
            translation = np.fromiter((ordinal_of[value] for value in own), dtype, len(own))
            ordinals.append(translation[own_ordinals])
        return cls(np.concatenate(ends), np.concatenate(ordinals), values)

    def count(self, doc_ids: DocIds) -> Integers:
        """Return the number of documents with each value among the distinct `doc_ids`."""
        if len(doc_ids) == len(self.ends) - 1:
            return self._counts_of_all
        if self._single is not None:
            return np.bincount(self._single[doc_ids], minlength=len(self.values) + 1)[:-1]
        if len(doc_ids) * _SPARSE < len(self.ends):
            return np.bincount(self.ordinals[self._rows_of(doc_ids)], minlength=len(self.values))
        mask = np.zeros(len(self.ends) - 1, bool)
        mask[doc_ids] = True
        return np.bincount(self.ordinals[mask[self.documents]], minlength=len(self.values))

    def ordinal(self, value: str) -> int | None:
        """Return the ordinal of `value`, or None if no document has it."""
        encoded = value.encode("utf-8", "surrogatepass")
        ordinal = bisect_left(self.values, encoded)
        return ordinal if ordinal < len(self.values) and self.values[ordinal] == encoded else None

    def groups(self, key: Callable[[str], str]) -> tuple[list[str], Integers]:
        """Return the distinct keys of the values, and the first ordinal of each; `key` must keep the values' order."""
        if (groups := self._groups.get(key)) is None:
            keys = [key(value.decode()) for value in self.values]
            starts = [ordinal for ordinal, name in enumerate(keys) if ordinal == 0 or name != keys[ordinal - 1]]
            groups = self._groups[key] = [keys[ordinal] for ordinal in starts], np.array(starts, np.int64)
        return groups

    @cached_property
    def documents(self) -> DocIds:
        """Return the document of each of `ordinals`."""
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))

    @cached_property
    def _counts_of_all(self) -> Integers:
        return np.bincount(self.ordinals, minlength=len(self.values))

    @cached_property
    def _single(self) -> Ordinals | None:
        """Return the ordinal of each document, `len(values)` for none; None if any document has several."""
        lengths = np.diff(self.ends)
        if lengths.max(initial=0) > 1:
            return None
        single = np.full(len(lengths), len(self.values), self.ordinals.dtype)
        single[lengths == 1] = self.ordinals
        return single

    def _rows_of(self, doc_ids: DocIds) -> Integers:
        starts = self.ends[doc_ids]
        lengths = self.ends[doc_ids + 1] - starts
        shifts = starts - (np.cumsum(lengths) - lengths)
        rows: Integers = np.arange(int(lengths.sum())) + np.repeat(shifts, lengths)
        return rows


def commonest_spellings(hashtags: Facet, spellings: Facet, live: Mask) -> Integers:
    """Return the ordinal of each hashtag's commonest spelling among `live` documents, -1 for none.

    Of equally common ones the first counts. The n-th spelling of a document is how it writes its n-th hashtag.
    """
    rows = live[spellings.documents]
    counts = np.bincount(spellings.ordinals[rows], minlength=len(spellings.values))
    # Every spelling belongs to one hashtag.
    topics = np.zeros(len(spellings.values), np.int64)
    topics[spellings.ordinals] = hashtags.ordinals
    found = np.flatnonzero(counts)
    best: Integers = np.full(len(hashtags.values), -1)
    # The commonest comes last and overwrites the others.
    order = np.lexsort((-found, counts[found]))
    best[topics[found[order]]] = found[order]
    return best
