"""Posts into an index in a cluster, from any number of processes and machines at once.

A document is read and written on condition that nobody changed it in between. Of two processes that add saves to one
post the later one reads what the other wrote, and adds to that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from index.archive.post import Post
from index.errors import ClusterError
from index.opensearch.address import ClusterLocation
from index.opensearch.bulk import Operation, write
from index.opensearch.client import Cluster
from index.opensearch.documents import make_source, stored_post
from index.opensearch.metadata import ClusterIndex, find_numbered
from index.updates.post_update import News, PostUpdate, WriteOutcome

# Times that a post is merged again because others changed it meanwhile.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class IndexName:
    """The name of an index, for the processes that write it."""

    location: ClusterLocation
    number: int


def apply_updates(name: IndexName, updates: list[PostUpdate]) -> WriteOutcome:
    """Write posts to the index; raise ClusterError if the cluster can't take them, or others keep changing them."""
    cluster, index = _opened(name)
    source = _sources(index)
    outcome = WriteOutcome(len(updates))
    waiting = {update.id: update for update in updates}
    for _ in range(_TRIES):
        operations: list[Operation] = []
        news: dict[str, News] = {}
        for document in cluster.get_many(index.posts, list(waiting)):
            update = waiting[document["_id"]]
            before = stored_post(document["_source"]) if document["found"] else None
            applied = update.apply(before)
            outcome.changed_files += applied.changed_files
            if applied.news:
                news[update.id] = applied.news
            if before or applied.post:
                seen = (document["_seq_no"], document["_primary_term"]) if before else None
                operations.append(Operation(update.id, source(applied.post) if applied.post else None, seen))
        written = write(cluster, index.posts, operations)
        outcome.refused |= written.refused
        waiting = {post_id: waiting[post_id] for post_id in written.conflicts}
        outcome.news += [item for post_id, item in news.items() if post_id not in waiting | written.refused]
        if not waiting:
            return outcome
    raise ClusterError(
        f"Others keep changing {len(waiting)} posts of {index.location}, such as {next(iter(waiting))}: "
        "run the update again later."
    )


@lru_cache(maxsize=2)
def _opened(name: IndexName) -> tuple[Cluster, ClusterIndex]:
    cluster = Cluster(name.location)
    index = find_numbered(cluster, name.number)
    if index is None:
        raise ClusterError(f"The index {name.location} was deleted while it was written: run the update again.")
    return cluster, index


def _sources(index: ClusterIndex) -> Callable[[Post], bytes]:
    segmenter = index.metadata.segmenter
    return lambda post: make_source(post, segmenter, index.metadata.norm)
