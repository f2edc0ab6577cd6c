"""The posts that share most of the key terms of a post."""

import numpy as np

from searcher.embedded.postings import first_places, in_any
from searcher.embedded.scoring import Scorer
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.statistics import SnapshotStatistics
from searcher.query.tree import Node
from searcher.ranking.key_terms import MIN_RELATED_SHARE, key_terms, query_of
from searcher.ranking.planner import Planner


def related(snapshot: Snapshot, doc_id: int, limit: int) -> tuple[list[tuple[int, float]], Node]:
    """Return up to `limit` documents related to `doc_id`, with their scores, and the query that marks their terms."""
    statistics = SnapshotStatistics(snapshot)
    planner = Planner(statistics)
    scorer = Scorer(statistics, planner)
    terms = key_terms(snapshot.post(doc_id), planner, statistics)
    lists = [statistics.term(term).doc_ids for term in terms]
    doc_ids = in_any(lists, snapshot.size) if lists else snapshot.live_ids[:0]
    doc_ids = doc_ids[doc_ids != doc_id]
    scores = scorer.sum_of_terms(terms, doc_ids)
    is_related = scores >= MIN_RELATED_SHARE * scorer.sum_of_terms(terms, np.array([doc_id]))
    doc_ids, scores = doc_ids[is_related], scores[is_related]
    best = first_places(-scores, limit).tolist()
    best.sort(key=lambda place: (-scores[place], -snapshot.published[doc_ids[place]], snapshot.id(int(doc_ids[place]))))
    return [(int(doc_ids[place]), float(scores[place])) for place in best[:limit]], query_of(terms)
