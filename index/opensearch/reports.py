"""The reports of the last updates, kept beside the file catalog."""

import uuid
from typing import Any

from index.opensearch import bulk
from index.opensearch.client import Cluster
from index.opensearch.metadata import ClusterIndex
from index.updates.report import MAX_IMPORTS, UpdateReport

Json = dict[str, Any]


def keep(cluster: Cluster, index: ClusterIndex, report: UpdateReport) -> None:
    """Keep `report` if it is news, and delete the reports before the last MAX_IMPORTS."""
    kept = _kept(cluster, index)
    if not report.is_news(UpdateReport.from_json(kept[0]["_source"]["report"]) if kept else None):
        return
    bulk.write_all(cluster, index.files, [_document(report), *((hit["_id"], None) for hit in kept[MAX_IMPORTS - 1 :])])
    cluster.refresh(index.files)


def carry_over(cluster: Cluster, before: ClusterIndex, after: ClusterIndex) -> None:
    """Keep the reports of the index that is replaced in the one that takes its place."""
    bulk.write_all(cluster, after.files, ((hit["_id"], hit["_source"]) for hit in _kept(cluster, before)))
    cluster.refresh(after.files)


def read_reports(cluster: Cluster, index: ClusterIndex, limit: int) -> tuple[UpdateReport, ...]:
    """Return the last reports, the newest first."""
    return tuple(UpdateReport.from_json(hit["_source"]["report"]) for hit in _kept(cluster, index)[:limit])


def _kept(cluster: Cluster, index: ClusterIndex) -> list[Json]:
    query = {"query": {"term": {"kind": "import"}}, "sort": [{"finished": "desc"}], "size": 2 * MAX_IMPORTS}
    hits: list[Json] = cluster.search(index.files, query)["hits"]["hits"]
    return hits


def _document(report: UpdateReport) -> tuple[str, Json]:
    return f"import-{uuid.uuid4().hex}", {"kind": "import", "finished": report.finished, "report": report.as_json()}
