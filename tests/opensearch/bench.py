"""What a query costs through this project beside the bare client, and how fast posts go in.

The bare client's time is what the same queries spend in its calls, and what is left is the project's own share.
"""

import statistics
import sys
import time
from pathlib import Path
from typing import Any

from index import update
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster
from index.opensearch.documents import stored_post
from searcher import open_searcher
from tests.conftest import REAL_ARCHIVE
from tests.engines import CLUSTER, SPREAD, delete_index
from tests.opensearch.questions import questions

ROUNDS = 2


class Timed:
    """Is the client that the project asks, with how long each of its answers took and how often it was asked."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.spent = 0.0
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in ("search", "msearch", "get"):
            return found

        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return found(*arguments, **named)
            finally:
                self.spent += time.perf_counter() - began
                self.asked += 1

        return timed


def main(archive: Path) -> None:
    location = f"{CLUSTER}/bench"
    began = time.perf_counter()
    report = update(location, [archive], options=SPREAD)
    took = time.perf_counter() - began
    print(
        f"load     {report.posts:,} posts of {report.saves:,} saves in {took:.1f} s: {report.posts / took:,.0f} posts/s"
    )
    with Cluster(cluster_location(location)) as cluster:
        found: dict[str, Any] = {"query": {"match_all": {}}}
        posts = [stored_post(hit["_source"]) for hit in cluster.iter_hits(cluster.location.name, found)]
    with open_searcher(location) as searcher:
        client = Timed(searcher._cluster._client)  # type: ignore[attr-defined]
        searcher._cluster._client = client  # type: ignore[attr-defined]
        for number in range(ROUNDS):
            through, bare, asked = [], [], []
            for request in questions(posts):
                client.spent, client.asked = 0.0, 0
                began = time.perf_counter()
                searcher.search(request)
                through.append((time.perf_counter() - began) * 1000)
                bare.append(client.spent * 1000)
                asked.append(client.asked)
            own = [one - other for one, other in zip(through, bare, strict=True)]
            print(f"round {number + 1}  {len(own)} queries, {statistics.mean(asked):.1f} requests each")
            for name, values in (("through the project", through), ("bare client", bare), ("own share", own)):
                p95 = sorted(values)[int(len(values) * 0.95)]
                print(f"  {name:20} p50 {statistics.median(values):7.1f} ms   p95 {p95:7.1f} ms")
    delete_index(location)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REAL_ARCHIVE)
