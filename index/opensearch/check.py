"""Whether an index in a cluster is whole: each of its documents against itself and against what is known of files."""

import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from index.archive.partition import WHOLE
from index.opensearch import metadata
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster
from index.opensearch.documents import stored_post
from index.opensearch.metadata import ClusterIndex
from index.opensearch.writer import check_health
from index.updates.check import CheckReport, Stored, behind, compare_posts
from index.updates.report import Problem, Progress

Json = dict[str, Any]


def check_cluster(text: str, progress: Progress) -> CheckReport:
    """Read every document of the index at the address `text`; see `index.check`."""
    with Cluster(cluster_location(text)) as cluster:
        check_health(cluster)
        index = metadata.active_index(cluster)
        metadata.check_fingerprint(index)
        files = metadata.read_files(cluster, index, WHOLE)
        report = CheckReport(saves=sum(bool(record.post) for known in files.values() for record in known.values()))
        stored = _stored(cluster, index, report, partial(progress, "checking posts"))
        differing = list(compare_posts(stored, files))
        named = {problem.path for problem in report.damaged}
        report.damaged += [problem for problem in differing if problem.path not in named]
        report.behind = behind(files)
        return report


def _stored(
    cluster: Cluster, index: ClusterIndex, report: CheckReport, on_post: Callable[[int, int], None]
) -> Iterator[Stored]:
    """Yield every stored post that can be read; what is wrong with a document by itself goes into `report`."""
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
