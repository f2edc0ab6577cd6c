"""Property filters: the documents of a snapshot whose hashtag, field, times or number of saves a query asks for."""

from datetime import datetime
from typing import assert_never

from index.archive.hashtags import hashtag_key
from index.schema.fields import NO_TIME
from searcher.embedded.columns import DocIds, Mask
from searcher.embedded.postings import in_any
from searcher.embedded.snapshot import Snapshot
from searcher.query.tree import (
    FieldEquals,
    Hashtag,
    MatchAll,
    Property,
    PublishedBetween,
    SaveCount,
    SavedBetween,
)


def filter_documents(snapshot: Snapshot, node: MatchAll | Property) -> DocIds:
    """Return the live documents that have the property that `node` asks for."""
    every = snapshot.live_ids
    match node:
        case MatchAll():
            return every
        case Hashtag(name=name):
            return snapshot.with_value("hashtag", hashtag_key(name))
        case FieldEquals(field="site", value=value):
            hosts = [host.decode() for host in snapshot.facet("site").values]
            wanted = [host for host in hosts if host == value or host.endswith("." + value)]
            return in_any([snapshot.with_value("site", host) for host in wanted], snapshot.size)
        case FieldEquals(field=field, value=value):
            return snapshot.with_value(field, value)
        case PublishedBetween(start=start, end=end):
            return every[published_between(snapshot, every, start, end)]
        case SavedBetween(start=start, end=end):
            return snapshot.with_value_between("saved", _day(start, ""), _day(end, "~"))
        case SaveCount(least=least, most=most):
            counts = snapshot.saves[every]
            return every[(counts >= least) & (counts <= (counts if most is None else most))]
        case _:
            assert_never(node)


def published_between(snapshot: Snapshot, doc_ids: DocIds, start: datetime | None, end: datetime | None) -> Mask:
    """Return the mask over `doc_ids` of the documents published at or after `start` and before `end`."""
    times = snapshot.published[doc_ids]
    mask: Mask = times != NO_TIME
    if start:
        mask &= times >= start.timestamp()
    if end:
        mask &= times < end.timestamp()
    return mask


def _day(moment: datetime | None, otherwise: str) -> str:
    return f"{moment:%Y-%m-%d}" if moment else otherwise
