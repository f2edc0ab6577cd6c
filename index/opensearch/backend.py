"""A name in a cluster as a backend."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from index.archive.partition import WHOLE
from index.archive.post import Post
from index.opensearch import metadata
from index.opensearch.address import ClusterLocation
from index.opensearch.check import check_cluster
from index.opensearch.client import Cluster
from index.opensearch.documents import stored_post
from index.opensearch.metadata import ClusterIndex
from index.opensearch.options import ClusterOptions
from index.opensearch.target import ClusterWriter
from index.updates.backend import IndexContents
from index.updates.check import CheckReport
from index.updates.report import Progress


class ClusterBackend:
    """The name `location` in a cluster; of several machines each updates its partition."""

    def __init__(self, location: ClusterLocation, options: ClusterOptions) -> None:
        self.location = location
        self.partition = options.part
        self._options = options

    def newest_commit(self) -> object:
        with Cluster(self.location) as cluster:
            index = metadata.find_active(cluster)
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
            metadata.check_fingerprint(index)
            yield IndexContents(
                metadata.counts(cluster, index)[0],
                metadata.read_files(cluster, index, WHOLE),
                datetime.fromisoformat(metadata.updated(metadata.read_partitions(cluster, index))),
                lambda: _iter_posts(cluster, index),
            )

    def check(self, progress: Progress) -> CheckReport:
        with Cluster(self.location) as cluster:
            return check_cluster(cluster, progress)


def _iter_posts(cluster: Cluster, index: ClusterIndex) -> Iterator[Post]:
    for hit in metadata.every_document(cluster, index.posts, {"query": {"match_all": {}}}):
        yield stored_post(hit["_source"])
