"""A page of documents in the order asked for."""

import numpy as np
from numpy.typing import NDArray

from index.schema.fields import NO_TIME
from searcher.embedded.columns import Mask, Numbers
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
    newest = -snapshot.published[numbers[places]]
    order = np.lexsort((newest, keys[places]))
    places, newest = places[order], newest[order]
    keys, numbers = keys[places], numbers[places]
    tied = (keys[1:] == keys[:-1]) & (newest[1:] == newest[:-1])
    if tied[:end].any():
        numbers = _in_order_of_ids(snapshot, numbers[: _tied_end(tied, end)], tied)
    shown = slice(start, end)
    found = np.zeros(len(numbers)) if scores is None else -keys
    return list(zip(numbers[shown].tolist(), found[shown].tolist(), strict=True))


def _time_keys(snapshot: Snapshot, numbers: Numbers, sort: Sort) -> NDArray[np.int64]:
    """Return by what documents are in order of time, the first lowest; newest first if not asked otherwise."""
    times = snapshot.published[numbers]
    if sort is not Sort.OLDEST:
        return -times
    return np.where(times == NO_TIME, -NO_TIME, times)  # what has no time comes last in either order


def _tied_end(tied: Mask, end: int) -> int:
    """Return the first place from `end` on that is not tied with the one before it."""
    untied = np.flatnonzero(~tied[end - 1 :])
    return end + int(untied[0]) if len(untied) else len(tied) + 1


def _in_order_of_ids(snapshot: Snapshot, numbers: Numbers, tied: Mask) -> Numbers:
    """Return `numbers` with those in order of their ids that are tied, each with the one before."""
    groups = np.cumsum(~tied[: len(numbers) - 1]).tolist()
    ranked = sorted(zip([0, *groups], map(snapshot.id, numbers.tolist()), numbers.tolist(), strict=True))
    return np.array([number for _, _, number in ranked])
