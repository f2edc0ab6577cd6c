"""Ranking plan → the documents of a snapshot that match it."""

from typing import NamedTuple, assert_never

from searcher.embedded import postings
from searcher.embedded.columns import DocIds
from searcher.embedded.filters import filter_documents
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.statistics import SnapshotStatistics
from searcher.ranking.plan import (
    AllPlan,
    AnyPlan,
    ExpansionPlan,
    FilterPlan,
    NotPlan,
    PhrasePlan,
    Plan,
    TextPlan,
    children_of,
)


class Match(NamedTuple):
    """The documents, ascending, that match a plan, and those that match its children."""

    plan: Plan
    doc_ids: DocIds
    children: tuple["Match", ...] = ()


def find_matches(plan: Plan, statistics: SnapshotStatistics) -> Match:
    """Return the live documents that match `plan`."""
    match plan:
        case TextPlan(queries=queries):
            return Match(plan, postings.in_any([statistics.text(query) for query in queries], statistics.snapshot.size))
        case PhrasePlan(text=text, scope=scope):
            return Match(plan, statistics.phrase(text, scope).doc_ids)
        case ExpansionPlan(node=node):
            return Match(plan, statistics.expansion(node).doc_ids)
        case FilterPlan(node=node):
            return Match(plan, filter_documents(statistics.snapshot, node))
        case NotPlan() | AllPlan() | AnyPlan():
            children = tuple(find_matches(child, statistics) for child in children_of(plan))
            return Match(plan, _combined(plan, [child.doc_ids for child in children], statistics.snapshot), children)
        case _:
            assert_never(plan)


def _combined(plan: NotPlan | AllPlan | AnyPlan, lists: list[DocIds], snapshot: Snapshot) -> DocIds:
    match plan:
        case NotPlan():
            return snapshot.live_ids[~postings.is_in(snapshot.live_ids, lists[0], snapshot.size)]
        case AllPlan():
            return postings.in_all(lists, snapshot.size)
        case AnyPlan():
            return postings.in_any(lists, snapshot.size)
        case _:
            assert_never(plan)
