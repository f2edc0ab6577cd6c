"""Statistics of a cluster: what a query asks for is known in the end, or the query fails."""

from typing import Any, cast

import pytest

from index.errors import ClusterError
from index.opensearch.client import Cluster
from index.opensearch.metadata import ClusterIndex
from searcher.opensearch.statistics import MAX_ROUNDS, ClusterStatistics, State

Json = dict[str, Any]


class CountingCluster:
    """A cluster whose every query matches seven posts; it counts the requests."""

    def __init__(self) -> None:
        self.requests = 0

    def searches(self, asked: list[tuple[str, Json]]) -> list[Json]:
        self.requests += 1
        return [{"hits": {"total": {"value": 7}}} for _ in asked]


class Index:
    posts = "posts"


def term(number: int) -> Json:
    return {"term": {"word": str(number)}}


@pytest.fixture
def cluster() -> CountingCluster:
    return CountingCluster()


@pytest.fixture
def statistics(cluster: CountingCluster) -> ClusterStatistics:
    return ClusterStatistics(cast("Cluster", cluster), State(cast("ClusterIndex", Index()), "commit", ""))


def test_counts_come_in_as_many_requests_as_they_need(cluster: CountingCluster, statistics: ClusterStatistics) -> None:
    # The placeholder of the first count asks for another second count than the first count does.
    assert statistics.resolve(lambda: statistics.count(term(statistics.count(term(0))))) == 7
    assert cluster.requests == 2
    assert statistics.resolve(lambda: statistics.count(term(0))) == 7
    assert cluster.requests == 2


def test_counts_that_are_never_all_known_are_an_error(cluster: CountingCluster, statistics: ClusterStatistics) -> None:
    with pytest.raises(ClusterError, match=r"^The cluster was asked 20 times for counts .* needed more each time\.$"):
        statistics.resolve(lambda: statistics.count(term(cluster.requests)))
    assert cluster.requests == MAX_ROUNDS
