"""A page of documents in the order asked for."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.schema.fields import NO_TIME
from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import DocIds, Mask
from searcher.embedded.postings import first_places
from searcher.embedded.snapshot import Snapshot
from searcher.request import SearchRequest, Sort

# Returns the score of each of some documents, ascending.
ScoreFunction = Callable[[DocIds], Scores]


def page_of(
    snapshot: Snapshot, doc_ids: DocIds, score: ScoreFunction | None, request: SearchRequest
) -> list[tuple[int, float]]:
    """Return the requested page of `doc_ids` with the score of each; ties go to the newer, then by id.

    By time, or without `score`, every score is 0.
    """
    end = request.page * request.page_size
    start = end - request.page_size
    if start >= len(doc_ids):
        return []
    scores = score(doc_ids) if score and request.sort is Sort.RELEVANCE else None
    keys = _time_keys(snapshot, doc_ids, request.sort) if scores is None else -scores
    places = first_places(keys, end)
    newest = -snapshot.published[doc_ids[places]]
    order = np.lexsort((newest, keys[places]))
    places, newest = places[order], newest[order]
    keys, doc_ids = keys[places], doc_ids[places]
    tied = (keys[1:] == keys[:-1]) & (newest[1:] == newest[:-1])
    if tied[:end].any():
        doc_ids = _ties_by_id(snapshot, doc_ids[: _tied_end(tied, end)], tied)
    shown = slice(start, end)
    shown_scores = np.zeros(len(doc_ids)) if scores is None else -keys
    return list(zip(doc_ids[shown].tolist(), shown_scores[shown].tolist(), strict=True))


def _time_keys(snapshot: Snapshot, doc_ids: DocIds, sort: Sort) -> NDArray[np.int64]:
    """Return sort keys by time, lowest first; newest first unless the oldest are asked for."""
    times = snapshot.published[doc_ids]
    if sort is not Sort.OLDEST:
        return -times
    return np.where(times == NO_TIME, -NO_TIME, times)  # a document without a time comes last in either order


def _tied_end(tied: Mask, end: int) -> int:
    """Return the first place from `end` on that is not tied with the one before it."""
    untied = np.flatnonzero(~tied[end - 1 :])
    return end + int(untied[0]) if len(untied) else len(tied) + 1


def _ties_by_id(snapshot: Snapshot, doc_ids: DocIds, tied: Mask) -> DocIds:
    """Return `doc_ids` with the tied ones, each with the one before, in the order of their post ids."""
    groups = np.cumsum(~tied[: len(doc_ids) - 1]).tolist()
    ranked = sorted(zip([0, *groups], map(snapshot.id, doc_ids.tolist()), doc_ids.tolist(), strict=True))
    return np.array([doc_id for _, _, doc_id in ranked])
