"""Evidence for explanations from a snapshot: the matches and scores of an executed plan."""

from dataclasses import dataclass

import numpy as np

from searcher.embedded import postings
from searcher.embedded.columns import DocIds
from searcher.embedded.evaluator import Match
from searcher.embedded.facets import Filters
from searcher.embedded.fuzzy import similar_words
from searcher.embedded.proximity import proximities
from searcher.embedded.result_set import ResultSet
from searcher.explainer import Explainer
from searcher.explanation import Explanation
from searcher.query.tree import Expansion
from searcher.ranking.plan import NotPlan, Plan, RequiredTerm, Term, TextQuery, TextScore
from searcher.ranking.proximity import full_proximity
from searcher.request import UnknownPostError


def explain(results: ResultSet, post_id: str | None) -> Explanation:
    """Return the explanation of `results`, and of a post; raise UnknownPostError if the index has no such post."""
    words = SnapshotWords(results)
    total = len(results.passing)
    if post_id is None:
        unasked = SnapshotEvidence(results, results.match, -1, results.passing[:0])
        return Explainer(results.planner, results.statistics, words, None).explanation(results.request, unasked, total)
    doc_id = results.snapshot.find_post(post_id)
    if doc_id is None:
        raise UnknownPostError(post_id)
    place = np.flatnonzero(results.passing == doc_id)
    is_hit = len(place) > 0
    masks = Filters.of(results.request, results.snapshot, np.array([doc_id])).masks
    evidence = SnapshotEvidence(results, results.match, doc_id, results.passing if is_hit else results.passing[:0])
    return Explainer(results.planner, results.statistics, words, results.snapshot.post(doc_id)).explanation(
        results.request,
        evidence,
        total,
        is_hit=is_hit,
        failed=tuple(name for name, mask in masks.items() if not mask[0]),
        score=float(results.scores(results.passing)[place[0]]) if is_hit else 0.0,
    )


@dataclass(frozen=True, slots=True)
class SnapshotEvidence:
    """The evidence of one plan: its match, and the document asked about among those `scored` together."""

    results: ResultSet
    match: Match
    doc_id: int
    scored: DocIds

    @property
    def plan(self) -> Plan:
        return self.match.plan

    @property
    def children(self) -> list["SnapshotEvidence"]:
        return [self._child(child) for child in self.match.children]

    @property
    def posts(self) -> int:
        return len(self.match.doc_ids)

    @property
    def is_match(self) -> bool:
        return self.doc_id in self.match.doc_ids

    @property
    def is_scored(self) -> bool:
        return self.doc_id in self.scored

    def matches(self, query: TextQuery) -> bool:
        return self.doc_id in self.results.statistics.text(query)

    def holds(self, term: RequiredTerm, query: TextQuery) -> bool:
        return self.doc_id in self.results.statistics.required(term, query.scope)

    def holds_whole(self, score: TextScore) -> bool:
        return self.doc_id in self.results.statistics.phrase(score.text, score.scope).doc_ids

    def term_score(self, term: Term) -> float:
        return float(self.results.scorer.sum_of_terms([term], np.array([self.doc_id]))[0])

    def proximity(self, score: TextScore) -> float:
        scored = self.scored if score.query is None else self._among(self.results.statistics.text(score.query))
        if self.doc_id not in self.results.scorer.rescored(score, scored):
            return 0.0
        if self.holds_whole(score):
            return full_proximity(score.text)
        return float(proximities(self.results.snapshot, score.text, np.array([self.doc_id]))[0])

    def _child(self, child: Match) -> "SnapshotEvidence":
        # What a Not excludes scores nothing; other children score the documents that match them.
        scored = self.scored[:0] if isinstance(self.plan, NotPlan) else self._among(child.doc_ids)
        return SnapshotEvidence(self.results, child, self.doc_id, scored)

    def _among(self, doc_ids: DocIds) -> DocIds:
        return self.scored[postings.is_in(self.scored, doc_ids, self.results.snapshot.size)]


@dataclass(frozen=True, slots=True)
class SnapshotWords:
    """The words of a snapshot that a query stands for."""

    results: ResultSet

    def similar_words(self, text: str) -> list[str]:
        return similar_words(self.results.snapshot, text)

    def expansion_words(self, node: Expansion, limit: int) -> tuple[tuple[str, ...], int]:
        return self.results.snapshot.words.commonest_in(self.results.statistics.term_ranges(node), limit)
