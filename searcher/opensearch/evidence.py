"""Evidence for explanations from a cluster: counts of a plan, and scores computed from the stored post."""

from dataclasses import dataclass, replace

from index.archive.post import Post
from searcher.opensearch.clauses import Json, holders
from searcher.opensearch.compiler import Compiler, factor_of
from searcher.opensearch.proximity import proximity_of, text_of
from searcher.opensearch.statistics import ClusterStatistics
from searcher.ranking.plan import NotPlan, Plan, RequiredTerm, Term, TextQuery, TextScore, children_of


@dataclass(frozen=True, slots=True)
class Asked:
    """The post asked about: `tf / (tf + norm)` of each of its features, and whether it is among the rescored hits."""

    post: Post
    saturations: dict[str, dict[str, float]]
    is_hit: bool
    is_rescored: bool


@dataclass(frozen=True, slots=True)
class ClusterEvidence:
    """The evidence of one plan; what a Not excludes is not `counted` for the score."""

    plan: Plan
    statistics: ClusterStatistics
    compiler: Compiler
    asked: Asked | None
    is_counted: bool = True

    @property
    def children(self) -> list["ClusterEvidence"]:
        is_counted = self.is_counted and not isinstance(self.plan, NotPlan)
        return [replace(self, plan=child, is_counted=is_counted) for child in children_of(self.plan)]

    @property
    def posts(self) -> int:
        return self.statistics.count(self.compiler.matches(self.plan))

    @property
    def is_match(self) -> bool:
        return self._is_true(self.compiler.matches(self.plan))

    @property
    def is_scored(self) -> bool:
        return self._post.is_hit and self.is_counted and self.is_match

    def matches(self, query: TextQuery) -> bool:
        return self._is_true(self.compiler.text_clause(query))

    def holds(self, term: RequiredTerm, query: TextQuery) -> bool:
        return self._is_true(self.compiler.required_clause(term, query))

    def holds_whole(self, score: TextScore) -> bool:
        return self._is_true(holders(score.text, score.scope))

    def term_score(self, term: Term) -> float:
        saturations = self._post.saturations
        held = (saturations[name].get(token, 0.0) for name, token in self.compiler.features(term))
        return factor_of(term) * max(held, default=0.0)

    def proximity(self, score: TextScore) -> float:
        return proximity_of(score.text, text_of(self._post.post)) if self._post.is_rescored else 0.0

    @property
    def _post(self) -> Asked:
        assert self.asked
        return self.asked

    def _is_true(self, query: Json) -> bool:
        return is_true(query, self._post.post, self.statistics)


def is_true(query: Json, post: Post, statistics: ClusterStatistics) -> bool:
    """Return whether `post` matches `query`."""
    return statistics.count({"bool": {"filter": [query, {"term": {"id": post.id}}]}}) == 1
