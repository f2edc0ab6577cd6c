"""A name in a cluster as a backend."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from index.archive.partition import WHOLE
from index.opensearch import metadata
from index.opensearch.address import ClusterLocation, ClusterOptions
from index.opensearch.client import Cluster
from index.opensearch.documents import stored_post
from index.opensearch.metadata import ClusterIndex
from index.opensearch.target import ClusterWriter
from index.updates.backend import IndexContents
from index.updates.check import CheckReport, Stored, compare_with_files
from index.updates.report import Problem, Progress

_EVERY_POST: dict[str, Any] = {"query": {"match_all": {}}}


class ClusterBackend:
    """The name `location` in a cluster; of several machines each updates its partition."""

    def __init__(self, location: ClusterLocation, options: ClusterOptions) -> None:
        self.location = location
        self.partition = options.part
        self._options = options

    def newest_commit(self) -> object:
        with Cluster(self.location) as cluster:
            index = metadata.find_index(cluster)
            return index and (index.number, metadata.read_partitions(cluster, index))

    @contextmanager
    def writer(self) -> Iterator[ClusterWriter]:
        with Cluster(self.location) as cluster:
            cluster.check_health()
            yield ClusterWriter(cluster, self._options)

    @contextmanager
    def contents(self) -> Iterator[IndexContents]:
        with Cluster(self.location) as cluster:
            index = metadata.active_index(cluster)
            yield IndexContents(
                metadata.counts(cluster, index)[0],
                metadata.read_files(cluster, index, WHOLE),
                datetime.fromisoformat(metadata.updated(metadata.read_partitions(cluster, index))),
                lambda: (stored_post(hit["_source"]) for hit in cluster.iter_hits(index.posts, _EVERY_POST)),
            )

    def check(self, progress: Progress) -> CheckReport:
        with Cluster(self.location) as cluster:
            cluster.check_health()
            index = metadata.active_index(cluster)
            files = metadata.read_files(cluster, index, WHOLE)
            report = CheckReport(saves=sum(bool(record.post) for known in files.values() for record in known.values()))
            stored = _stored(cluster, index, report, partial(progress, "checking posts"))
            compare_with_files(report, stored, files)
        return report


def _stored(
    cluster: Cluster, index: ClusterIndex, report: CheckReport, on_post: Callable[[int, int], None]
) -> Iterator[Stored]:
    """Yield every stored post that can be read, and report the documents that are damaged in themselves."""
    total, _ = metadata.counts(cluster, index)
    for hit in cluster.iter_hits(index.posts, {**_EVERY_POST, "docvalue_fields": ["id", "saves"]}):
        report.posts += 1
        on_post(report.posts, total)
        name = hit["_id"]
        try:
            report.bytes += len(hit["_source"]["post"])
            post = stored_post(hit["_source"])
        except (KeyError, ValueError, zlib.error) as error:
            report.damaged.append(Problem(name, f"has a stored post that can't be read ({error})"))
            continue
        found = hit.get("fields", {})
        if (post.id, found.get("id"), found.get("saves")) != (name, [name], [len(post.saves)]):
            report.damaged.append(Problem(name, "is found by what its stored post does not say"))
        yield name, {(save.archive, save.path) for save in post.saves}
