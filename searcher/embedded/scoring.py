"""Scores of documents that match a ranking plan, computed only for documents that filters leave."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from searcher.embedded import postings
from searcher.embedded.bm25 import Scores, term_scores
from searcher.embedded.columns import DocIds, Mask
from searcher.embedded.evaluator import Match
from searcher.embedded.postings import Postings
from searcher.embedded.proximity import proximities
from searcher.embedded.statistics import SnapshotStatistics
from searcher.ranking.parameters import MAX_PROXIMITY_SHARE, PHRASE_BOOST, PROXIMITY_WEIGHT, max_idf
from searcher.ranking.plan import AllPlan, AnyPlan, ExpansionPlan, PhrasePlan, Term, TextPlan, TextScore, is_scored
from searcher.ranking.planner import Planner
from searcher.ranking.proximity import full_proximity

# Postings that are scored at once: beyond that, the time of a call into NumPy matters no more.
_BATCH = 8192


class Scorer:
    """Scores documents by the plan that they match."""

    def __init__(self, statistics: SnapshotStatistics, planner: Planner) -> None:
        self._statistics = statistics
        self._snapshot = statistics.snapshot
        self._planner = planner

    def scores(self, match: Match, doc_ids: DocIds) -> Scores:
        """Return the score of each of `doc_ids`, ascending, which are among those of `match`."""
        plan = match.plan
        match plan:
            case TextPlan() | PhrasePlan() | ExpansionPlan():
                return self._best_scores(self._planner.scores(plan), doc_ids)
            case AllPlan():
                scores = np.zeros(len(doc_ids), np.float32)
                for child in match.children:
                    if is_scored(child.plan):
                        scores += self.scores(child, doc_ids)
                return scores
            case AnyPlan():
                scores = np.zeros(len(doc_ids), np.float32)
                for child in match.children:
                    if is_scored(child.plan):
                        is_match = postings.is_in(doc_ids, child.doc_ids, self._snapshot.size)
                        scores[is_match] += self.scores(child, doc_ids[is_match])
                return scores
            case _:
                return np.zeros(len(doc_ids), np.float32)

    def sum_of_terms(self, terms: Sequence[Term], doc_ids: DocIds) -> Scores:
        """Return for each of `doc_ids` the sum of the scores of `terms`."""
        size, norms = self._snapshot.size, self._snapshot.length_norms
        found = [(self._statistics.term(term), term.weight) for term in terms]
        if len(found) == 1 and found[0][0].doc_ids is doc_ids:
            return term_scores(found[0][0].weights, norms[doc_ids], found[0][1])
        # All of a short posting list is scored; of a long one, what is asked for.
        longest = 2 * len(doc_ids)
        found = [(p.within(doc_ids, size) if len(p.doc_ids) > longest else p, weight) for p, weight in found]
        scores = np.zeros(size, np.float32)
        for batch, weights in _batches(found):
            np.add.at(scores, batch.doc_ids, term_scores(batch.weights, norms[batch.doc_ids], weights))
        return scores[doc_ids]

    def rescored(self, score: TextScore, doc_ids: DocIds) -> DocIds:
        """Return those of `doc_ids` that are rescored when all of them are scored by `score`."""
        return doc_ids[self._best(self._with_phrase_boost(score, doc_ids)[0])]

    def _best_scores(self, offers: Sequence[TextScore], doc_ids: DocIds) -> Scores:
        typed, *variants = offers
        scores = self._text_scores(typed, doc_ids)
        for variant in variants:
            assert variant.query
            is_match = postings.is_in(doc_ids, self._statistics.text(variant.query), self._snapshot.size)
            variant_scores = np.float32(variant.boost) * self._text_scores(variant, doc_ids[is_match])
            scores[is_match] = np.maximum(scores[is_match], variant_scores)
        return scores

    def _text_scores(self, score: TextScore, doc_ids: DocIds) -> Scores:
        if not score.is_rescored:
            return self.sum_of_terms(score.terms, doc_ids)
        scores, is_whole = self._with_phrase_boost(score, doc_ids)
        best = self._best(scores)
        proximity = np.full(len(best), full_proximity(score.text), np.float32)
        others = ~is_whole[best]
        proximity[others] = proximities(self._snapshot, score.text, doc_ids[best[others]])
        proximity *= np.float32(PROXIMITY_WEIGHT * max_idf(self._statistics.post_count))
        scores[best] += np.minimum(proximity, np.float32(MAX_PROXIMITY_SHARE) * scores[best])
        return scores

    def _with_phrase_boost(self, score: TextScore, doc_ids: DocIds) -> tuple[Scores, Mask]:
        """Return the scores before they are rescored, and which documents hold the text whole."""
        scores = self.sum_of_terms(score.terms, doc_ids)
        whole = self._statistics.phrase(score.text, score.scope).doc_ids
        is_whole = postings.is_in(doc_ids, whole, self._snapshot.size)
        scores[is_whole] *= np.float32(1 + PHRASE_BOOST)
        return scores, is_whole

    def _best(self, scores: Scores) -> NDArray[np.int64]:
        """Return the places of the RESCORE_WINDOW best of `scores`, and of all that are as good as the last of them."""
        return postings.first_places(-scores, self._planner.rescore_window)


def _batches(found: list[tuple[Postings, float]]) -> Iterator[tuple[Postings, Scores]]:
    """Yield the same postings, short lists several at once, and the weight of each of them."""
    batch: list[tuple[Postings, float]] = []
    size = 0
    for pair in found:
        batch.append(pair)
        size += len(pair[0].doc_ids)
        if size >= _BATCH:
            yield _joined(batch)
            batch, size = [], 0
    if batch:
        yield _joined(batch)


def _joined(batch: list[tuple[Postings, float]]) -> tuple[Postings, Scores]:
    weights = np.array([weight for _, weight in batch], np.float32)
    if len(batch) == 1:
        return batch[0][0], weights
    lists = [found.doc_ids for found, _ in batch]
    tenths = np.concatenate([found.weights for found, _ in batch])
    return Postings(np.concatenate(lists), tenths), np.repeat(weights, [len(doc_ids) for doc_ids in lists])
