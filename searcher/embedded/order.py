"""A page of documents in the order asked for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.facets import NO_TIME
from searcher.embedded.columns import Numbers
from searcher.embedded.postings import first_places
from searcher.embedded.scoring import Match
from searcher.embedded.snapshot import Snapshot
from searcher.request import SearchRequest, Sort


def page_of(snapshot: Snapshot, matched: Match, numbers: Numbers, request: SearchRequest) -> list[tuple[int, float]]:
    """Return the page asked for of the documents `numbers`; ties go to the newer, then by id.

    With each comes its score: 0 where it is not by their scores that documents are in order.
    """
    end = request.page * request.page_size
    start = end - request.page_size
    if start >= len(numbers):
        return []
    scores = matched.scores(numbers) if matched.scores and request.sort is Sort.RELEVANCE else None
    keys = _time_keys(snapshot, numbers, request.sort) if scores is None else -scores
    places = first_places(keys, end)
    numbers, keys = numbers[places], keys[places]
    newest = -snapshot.published[numbers]
    by_time = np.lexsort((newest, keys))
    # Ids are asked for only where the place of a document depends on them.
    ranked = by_time[: _tied_end(keys[by_time], newest[by_time], end)].tolist()
    if len(ranked) > end or _has_ties(keys[ranked], newest[ranked]):
        ranked.sort(key=lambda at: (keys[at], newest[at], snapshot.id(int(numbers[at]))))
    shown = ranked[start:end]
    found = [0.0] * len(shown) if scores is None else (-keys[shown]).tolist()
    return list(zip(numbers[shown].tolist(), found, strict=True))


def _time_keys(snapshot: Snapshot, numbers: Numbers, sort: Sort) -> NDArray[np.int64]:
    """Return by what documents are in order of time, the first lowest; newest first if not asked otherwise."""
    times = snapshot.published[numbers]
    if sort is not Sort.OLDEST:
        return -times
    return np.where(times == NO_TIME, -NO_TIME, times)  # what has no time comes last in either order


def _tied_end(keys: NDArray[Any], newest: Numbers, end: int) -> int:
    """Return the first place from `end` on that is not tied with the one before it."""
    while 0 < end < len(keys) and (keys[end], newest[end]) == (keys[end - 1], newest[end - 1]):
        end += 1
    return end


def _has_ties(keys: NDArray[Any], newest: Numbers) -> bool:
    return bool(np.any((keys[1:] == keys[:-1]) & (newest[1:] == newest[:-1])))
