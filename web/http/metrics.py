"""Metrics for Prometheus: requests and their latency over all workers, and the size of the index."""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from searcher.engine import Searcher

if TYPE_CHECKING:
    from prometheus_client import Metric

# prometheus_client shares counts between processes if this variable names a folder when it is imported.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The request counters of `app`, and gauges of its index."""

    def __init__(self, app: Flask, searcher: Searcher) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._searcher = searcher
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "searcher_http_requests", "Requests answered.", ("endpoint", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "searcher_http_request_seconds",
            "Time from a request to its answer.",
            ("endpoint",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        app.before_request(self._begin)
        app.after_request(self._end)

    def show(self) -> Response:
        """Answer with all metrics in Prometheus's text format."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self._registry
        if os.environ.get(SHARED_FOLDER):
            MultiProcessCollector(registry := CollectorRegistry())  # type: ignore[no-untyped-call]
        index = CollectorRegistry()
        index.register(_IndexCollector(self._searcher))
        return Response(generate_latest(registry) + generate_latest(index), content_type=CONTENT_TYPE_LATEST)

    def _begin(self) -> None:
        g.started = time.perf_counter()

    def _end(self, response: Response) -> Response:
        endpoint = request.endpoint or "none"
        self._requests.labels(endpoint, response.status_code).inc()
        self._seconds.labels(endpoint).observe(time.perf_counter() - g.started)
        return response


class _IndexCollector:
    """A Prometheus collector that reads the index at each scrape."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def collect(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        stats = self._searcher.stats()
        yield GaugeMetricFamily("searcher_index_posts", "Posts in the index.", stats.posts)
        yield GaugeMetricFamily("searcher_index_saves", "Saves of them.", stats.saves)
        yield GaugeMetricFamily(
            "searcher_index_updated_timestamp_seconds",
            "When the index last matched its archives, as Unix time.",
            datetime.fromisoformat(stats.updated).timestamp(),
        )
