"""Ranking plan → the documents of a snapshot that match it."""

from typing import NamedTuple, assert_never

from searcher.embedded import postings
from searcher.embedded.columns import DocIds
from searcher.embedded.filters import filter_documents
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
    snapshot = statistics.snapshot
    children = tuple(find_matches(child, statistics) for child in children_of(plan))
    match plan:
        case FilterPlan(node=node):
            doc_ids = filter_documents(snapshot, node)
        case TextPlan(queries=queries):
            doc_ids = postings.in_any([statistics.text(query) for query in queries], snapshot.size)
        case PhrasePlan(text=text, scope=scope):
            doc_ids = statistics.phrase(text, scope).doc_ids
        case ExpansionPlan(node=node):
            doc_ids = statistics.expansion(node).doc_ids
        case NotPlan():
            every = snapshot.live_ids
            doc_ids = every[~postings.is_in(every, children[0].doc_ids, snapshot.size)]
        case AllPlan():
            doc_ids = postings.in_all([child.doc_ids for child in children], snapshot.size)
        case AnyPlan():
            doc_ids = postings.in_any([child.doc_ids for child in children], snapshot.size)
        case _:
            assert_never(plan)
    return Match(plan, doc_ids, children)
