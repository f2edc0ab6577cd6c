"""The result set of a request in one snapshot, before any of it is shown."""

from dataclasses import dataclass

from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import DocIds
from searcher.embedded.evaluator import Match, find_matches
from searcher.embedded.facets import Filters
from searcher.embedded.scoring import Scorer
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.sorting import page_of
from searcher.embedded.statistics import SnapshotStatistics
from searcher.query.parser import parse
from searcher.query.tree import Node
from searcher.ranking.plan import is_scored
from searcher.ranking.planner import Planner
from searcher.request import SearchRequest


@dataclass(frozen=True, slots=True)
class ResultSet:
    """The documents that match a request's query, and `passing`, those of them that pass its filters."""

    request: SearchRequest
    node: Node
    statistics: SnapshotStatistics
    planner: Planner
    scorer: Scorer
    match: Match
    filters: Filters
    passing: DocIds

    @classmethod
    def find(cls, request: SearchRequest, snapshot: Snapshot) -> "ResultSet":
        """Return the result set of `request`; raise QuerySyntaxError or RequestError."""
        node = parse(request.query)
        statistics = SnapshotStatistics(snapshot)
        planner = Planner(statistics, node)
        match = find_matches(planner.plan(node), statistics)
        filters = Filters.of(request, snapshot, match.doc_ids)
        scorer = Scorer(statistics, planner)
        return cls(request, node, statistics, planner, scorer, match, filters, filters.passing())

    @property
    def snapshot(self) -> Snapshot:
        return self.statistics.snapshot

    def page(self, request: SearchRequest) -> list[tuple[int, float]]:
        """Return the page that `request` asks for of the documents that pass, with the score of each."""
        score = self.scores if is_scored(self.match.plan) else None
        return page_of(self.snapshot, self.passing, score, request)

    def scores(self, doc_ids: DocIds) -> Scores:
        """Return the score of each of `doc_ids`, ascending, which match."""
        return self.scorer.scores(self.match, doc_ids)
