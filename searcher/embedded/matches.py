"""What a request finds in one commit, before any of it is shown."""

from dataclasses import dataclass

from searcher.embedded.columns import Numbers
from searcher.embedded.evaluator import Evaluator
from searcher.embedded.facets import Filters
from searcher.embedded.scoring import Match
from searcher.embedded.snapshot import Snapshot
from searcher.query.parser import parse
from searcher.query.tree import Node, Terms, leaves
from searcher.request import SearchRequest


@dataclass(frozen=True, slots=True)
class Found:
    """Holds the tree of a request's query, what that matches, and what of it passes the filters."""

    request: SearchRequest
    snapshot: Snapshot
    node: Node
    evaluator: Evaluator
    matched: Match
    filters: Filters
    passing: Numbers

    @classmethod
    def of(cls, request: SearchRequest, snapshot: Snapshot) -> "Found":
        """Return what `request` finds; raise QuerySyntaxError or RequestError."""
        node = parse(request.query)
        evaluator = Evaluator(snapshot, sum(isinstance(leaf, Terms) for leaf in leaves(node)))
        matched = evaluator.match(node)
        filters = Filters.of(request, snapshot, matched.numbers)
        return cls(request, snapshot, node, evaluator, matched, filters, filters.passing())
