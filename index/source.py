"""All that an index holds, in order to make another one of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from index.archive.post import Post
from index.opensearch.address import cluster_location, is_cluster
from index.segments.stored_posts import StoredPosts
from index.store import directory, manifest
from index.updates.file_catalog import Files, read_catalog
from index.updates.report import Progress


@dataclass(frozen=True, slots=True)
class Source:
    """Is what an index holds: its posts, what it knows of files, and when it last matched them (`matched`)."""

    count: int
    files: Files
    matched: datetime
    every_post: Callable[[], Iterator[Post]]

    def posts(self, progress: Progress) -> Iterator[Post]:
        """Yield every post once."""
        for done, post in enumerate(self.every_post(), 1):
            progress("copying", done, self.count)
            yield post


@contextmanager
def open_source(location: str | Path) -> Iterator[Source]:
    """Give what the index at `location` holds; raise the errors of `index.errors`."""
    if is_cluster(location):
        yield from _in_cluster(str(location))
    else:
        yield _in_folder(Path(location).absolute())


def _in_folder(location: Path) -> Source:
    data = directory.data_folder(location)
    header = manifest.read_manifest(data, directory.latest_generation(data))
    manifest.check_fingerprint(header, location)
    manifest.check_files(header, data)
    files = read_catalog(data, header.layers, header.saves).files
    count = sum(segment.live_count for segment in header.segments)
    return Source(
        count, files, datetime.fromisoformat(header.updated), lambda: iter(StoredPosts(data, header.segments))
    )


def _in_cluster(address: str) -> Iterator[Source]:
    from index.archive.partition import WHOLE
    from index.opensearch import metadata
    from index.opensearch.client import Cluster
    from index.opensearch.documents import stored_post

    with Cluster(cluster_location(address)) as cluster:
        index = metadata.active_index(cluster)
        metadata.check_fingerprint(index)
        files = metadata.read_files(cluster, index, WHOLE)
        matched = datetime.fromisoformat(metadata.updated(metadata.read_partitions(cluster, index)))
        found: dict[str, Any] = {"query": {"match_all": {}}}
        yield Source(
            metadata.counts(cluster, index)[0],
            files,
            matched,
            lambda: (stored_post(hit["_source"]) for hit in metadata.every_document(cluster, index.posts, found)),
        )
