"""A new index in a cluster of posts that another index holds."""

import uuid
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice

from index.archive.partition import WHOLE
from index.archive.post import Post
from index.errors import ClusterError
from index.opensearch import bulk, metadata
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster
from index.opensearch.documents import document_length
from index.opensearch.metadata import IndexMetadata, PartitionRecord
from index.opensearch.options import ClusterOptions
from index.opensearch.post_writer import Target, put
from index.opensearch.writer import CHUNK, SAMPLE, check_health, frequencies_of
from index.schema.document import make_document
from index.source import Source
from index.text.user_words import read_words, user_words_file
from index.updates.process_pool import ProcessPool


def fill_cluster(address: str, source: Source, posts: Iterator[Post], options: ClusterOptions) -> None:
    """Make at `address`, where there is no index yet, one of `posts`, all that `source` has."""
    words = read_words(user_words_file())
    archives = tuple(source.files)
    with Cluster(cluster_location(address)) as cluster, ProcessPool() as workers:
        check_health(cluster)
        first = list(islice(posts, SAMPLE))
        described = IndexMetadata(
            metadata.fingerprint(words), words.text, frequencies_of(words), WHOLE.count, archives, mean_length=1.0
        )
        segmenter = described.segmenter
        lengths = [document_length(make_document(post, segmenter)) for post in first]
        described = described.with_mean(sum(lengths) / len(lengths) if lengths else 1.0)
        if begun := metadata.find_numbered(cluster, 1):
            cluster.delete(begun.posts, begun.files)
        index = metadata.create(
            cluster, 1, described, options.shards or 1, 1 if options.replicas is None else options.replicas
        )
        run = workers.map_for(source.count)
        for written in run(partial(put, Target(index.location, index.number)), _chunks(chain(first, posts))):
            if written.error:
                raise written.error
            for post, reason in written.refused.items():
                raise ClusterError(f"The cluster of {index.location} refused {post}: {reason}.")
        rows = ((archive, path, record) for archive, files in source.files.items() for path, record in files.items())
        bulk.write_all(cluster, index.files, (metadata.file_document(*row) for row in rows))
        record = PartitionRecord(WHOLE, archives, source.matched.isoformat(timespec="seconds"), uuid.uuid4().hex)
        bulk.write_all(cluster, index.files, [metadata.partition_document(record)])
        cluster.refresh(index.posts, index.files)
        metadata.activate(cluster, index, None)


def _chunks(posts: Iterator[Post]) -> Iterator[list[Post]]:
    while chunk := list(islice(posts, CHUNK)):
        yield chunk
