"""The engines that answer the same questions alike: what a test asks of one it asks of all."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.backend import ClusterOptions
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster

CLUSTER = os.environ.get("SEARCHER_TEST_OPENSEARCH", "")
NO_CLUSTER = "need a cluster (make test-opensearch starts one)"


@dataclass(frozen=True)
class Engine:
    """Is a kind of index: where a new one lies, and what is asked for when it is made."""

    name: str
    options: ClusterOptions | None = None

    def new_location(self, folder: Path) -> Path | str:
        """Return where an index may be made; what belongs to a folder lies in `folder`."""
        return f"{CLUSTER}/test-{uuid.uuid4().hex}" if self.options else folder / "index"


EMBEDDED = Engine("embedded")
# One shard for the many small archives: most of their time goes into making an index.
OPENSEARCH = Engine("opensearch", ClusterOptions(shards=1, replicas=0))
SPREAD = ClusterOptions(shards=3, replicas=1)


def times(count: int) -> int:
    """Return how often to try what is tried `count` times of a folder alone: beside a cluster a tenth of that."""
    return max(10, count // 10) if CLUSTER else count


def cluster_there_is() -> str:
    """Return the address of the cluster to test with; skip the test where there is none."""
    if not CLUSTER:
        pytest.skip(NO_CLUSTER)
    return CLUSTER


def delete_index(location: Path | str) -> None:
    """Delete an index that lies in a cluster."""
    if isinstance(location, str):
        with Cluster(cluster_location(location)) as cluster:
            cluster.delete(*cluster.settings_and_mappings(f"{cluster.location.name}.*") or ())
