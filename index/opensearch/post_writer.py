"""Posts into an index in a cluster, by as many processes and machines at once as there are.

What a document is made of is read and written under the condition that nobody changed it in between: of two that add
saves to one post the later one reads what the other wrote, and adds to that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from index.archive.post import Post
from index.errors import ClusterError, SearcherError
from index.opensearch.address import ClusterLocation
from index.opensearch.bulk import Operation, write
from index.opensearch.client import Cluster
from index.opensearch.documents import document_length, make_source, stored_post
from index.opensearch.metadata import ClusterIndex, find_numbered
from index.schema.document import make_document
from index.updates.post_update import ChangedPost, News, Said, SourceFile

Json = dict[str, Any]
# Times that a post is merged again because others changed it meanwhile.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """Says what is new of a post and which of its saves, as (archive, path), no longer hold.

    `is_known` tells that the index that is to be replaced had the post.
    """

    post: str
    fresh: tuple[SourceFile, ...]
    gone: frozenset[tuple[str, str]]
    is_known: bool = False


@dataclass(slots=True)
class Written:
    """Tells what became of changes, which files changed since they were found, and which posts were refused and why."""

    news: list[News] = field(default_factory=list)
    stale: list[SourceFile] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    error: SearcherError | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Names an index to the processes that write it."""

    location: ClusterLocation
    number: int


def apply(target: Target, changes: list[Change]) -> Written:
    """Apply `changes`; what went wrong for all of them stands in the outcome, which another process can be sent."""
    try:
        cluster, index = _opened(target)
        return _apply(cluster, index, changes)
    except SearcherError as error:
        return Written(error=type(error)(str(error)))


def put(target: Target, posts: list[Post]) -> Written:
    """Write `posts`, whatever there was of them."""
    try:
        cluster, index = _opened(target)
        source = _sources(index)
        outcome = write(cluster, index.posts, [Operation(post.id, source(post)) for post in posts])
        return Written(refused=outcome.refused)
    except SearcherError as error:
        return Written(error=type(error)(str(error)))


def lengths(posts: Iterable[ChangedPost], segmenter: Any) -> list[float]:
    """Return the length of each post that can be read."""
    read = (changed.read()[0] for changed in posts)
    return [document_length(make_document(post, segmenter)) for post in read if post]


@lru_cache(maxsize=2)
def _opened(target: Target) -> tuple[Cluster, ClusterIndex]:
    cluster = Cluster(target.location)
    index = find_numbered(cluster, target.number)
    if index is None:
        raise ClusterError(f"The index {target.location} was deleted while it was written: run the update again.")
    return cluster, index


def _sources(index: ClusterIndex) -> Callable[[Post], bytes]:
    segmenter = index.metadata.segmenter
    return lambda post: make_source(post, segmenter, index.metadata.norm)


def _apply(cluster: Cluster, index: ClusterIndex, changes: list[Change]) -> Written:
    source = _sources(index)
    written = Written()
    waiting = {change.post: change for change in changes}
    for _ in range(_TRIES):
        operations: list[Operation] = []
        news: dict[str, News] = {}
        for document in cluster.get_many(index.posts, list(waiting)):
            change = waiting[document["_id"]]
            before = stored_post(document["_source"]) if document["found"] else None
            merged = _merged(change, before)
            post, stale = merged.read()
            written.stale += stale
            if told := merged.news(post):
                news[change.post] = told
            if before or post:
                seen = (document["_seq_no"], document["_primary_term"]) if before else None
                operations.append(Operation(change.post, source(post) if post else None, seen))
        outcome = write(cluster, index.posts, operations)
        written.refused |= outcome.refused
        waiting = {post_id: waiting[post_id] for post_id in outcome.conflicts}
        written.news += [told for post_id, told in news.items() if post_id not in waiting | outcome.refused]
        if not waiting:
            return written
    raise ClusterError(
        f"Others keep changing {len(waiting)} posts of {index.location}, such as {next(iter(waiting))}: "
        "run the update again later."
    )


def _merged(change: Change, before: Post | None) -> ChangedPost:
    # An update that was ended may have written of a file what is read again now.
    replaced = change.gone | {(found.archive, found.path) for found in change.fresh}
    kept = [save for save in before.saves if (save.archive, save.path) not in replaced] if before else []
    said = Said.by(before) if before else None
    return ChangedPost(change.post, tuple(kept), change.fresh, said, change.is_known)
