"""The check of an index in a cluster: each document against its stored post, and the posts against the file catalog."""

import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from index.archive.partition import WHOLE
from index.opensearch import metadata
from index.opensearch.client import Cluster
from index.opensearch.documents import stored_post
from index.opensearch.metadata import ClusterIndex
from index.updates.check import CheckReport, Stored, compare_with_files
from index.updates.report import Problem, Progress

Json = dict[str, Any]


def check_cluster(cluster: Cluster, progress: Progress) -> CheckReport:
    """Read every document of the index; see `index.backend.check`."""
    cluster.check_health()
    index = metadata.active_index(cluster)
    metadata.check_fingerprint(index)
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
    body: Json = {"query": {"match_all": {}}, "docvalue_fields": ["id", "saves"]}
    for hit in metadata.every_document(cluster, index.posts, body):
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
