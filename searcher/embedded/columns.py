"""Facets as columns over all documents of a snapshot."""

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

# Below this share of all documents, rows are picked one by one instead of looked through.
_FEW = 4


class Facet:
    """Is a facet over all documents: document i has the `values` numbered `ordinals[ends[i]:ends[i + 1]]`, sorted."""

    def __init__(self, ends: Integers, ordinals: Ordinals, values: list[bytes]) -> None:
        self.ends = ends
        self.ordinals = ordinals
        self.values = values
        self._coarser: dict[Callable[[str], str], tuple[list[str], Integers]] = {}

    @classmethod
    def of(cls, name: str, segments: list[SegmentArrays]) -> "Facet":
        """Return the facet `name` over the documents of `segments`, one after the other."""
        lexicons = [list(segment.lexicon(name)) for segment in segments]
        values = lexicons[0] if len(lexicons) == 1 else sorted(set().union(*lexicons))
        places = {value: place for place, value in enumerate(values)}
        # As short as can be: of a million posts they are looked through, and shorter ones come sooner from memory.
        kind = np.min_scalar_type(len(values))
        ends, ordinals = [np.zeros(1, np.int64)], [np.zeros(0, kind)]
        for segment, own in zip(segments, lexicons, strict=True):
            own_ends, own_ordinals = segment.rows(name)
            ends.append(own_ends[1:].astype(np.int64) + ends[-1][-1])
            place = np.fromiter((places[value] for value in own), kind, len(own))
            ordinals.append(place[own_ordinals])
        return cls(np.concatenate(ends), np.concatenate(ordinals), values)

    def count(self, doc_ids: DocIds) -> Integers:
        """Return for each value how many documents of `doc_ids`, which are different, have it."""
        if len(doc_ids) == len(self.ends) - 1:
            return self._counts_of_all
        if self._single is not None:
            return np.bincount(self._single[doc_ids], minlength=len(self.values) + 1)[:-1]
        if len(doc_ids) * _FEW < len(self.ends):
            return np.bincount(self.ordinals[self._rows_of(doc_ids)], minlength=len(self.values))
        mask = np.zeros(len(self.ends) - 1, bool)
        mask[doc_ids] = True
        return np.bincount(self.ordinals[mask[self.documents]], minlength=len(self.values))

    def place(self, value: str) -> int | None:
        """Return the number of `value`, or None if no document has it."""
        encoded = value.encode("utf-8", "surrogatepass")
        place = bisect_left(self.values, encoded)
        return place if place < len(self.values) and self.values[place] == encoded else None

    def coarser(self, of: Callable[[str], str]) -> tuple[list[str], Integers]:
        """Return what `of` makes of the values, which keeps them in order, and at which value each begins."""
        if (found := self._coarser.get(of)) is None:
            coarse = [of(value.decode()) for value in self.values]
            starts = [place for place, value in enumerate(coarse) if place == 0 or value != coarse[place - 1]]
            found = self._coarser[of] = [coarse[place] for place in starts], np.array(starts, np.int64)
        return found

    @cached_property
    def documents(self) -> DocIds:
        """Return for each of `ordinals` the document that has it."""
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))

    @cached_property
    def _counts_of_all(self) -> Integers:
        return np.bincount(self.ordinals, minlength=len(self.values))

    @cached_property
    def _single(self) -> Ordinals | None:
        """Return each document's one value, or one past the last for none; None if a document has several."""
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
    """Return for each hashtag the number of its commonest spelling, of equally common ones the first; -1 for none.

    The two facets are in step: the n-th spelling of a document is how it writes its n-th hashtag.
    """
    rows = live[spellings.documents]
    counts = np.bincount(spellings.ordinals[rows], minlength=len(spellings.values))
    # A spelling is always of the same hashtag.
    topics = np.zeros(len(spellings.values), np.int64)
    topics[spellings.ordinals] = hashtags.ordinals
    found = np.flatnonzero(counts)
    best: Integers = np.full(len(hashtags.values), -1)
    # The commonest comes last, and what comes last stays.
    order = np.lexsort((-found, counts[found]))
    best[topics[found[order]]] = found[order]
    return best
