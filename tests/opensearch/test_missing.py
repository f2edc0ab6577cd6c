"""A cluster's "404" stands for an index or document that is not there, and nothing else does."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster, MissingError
from index.opensearch.metadata import IndexMetadata, fingerprint
from index.text.user_words import read_words, user_words_file
from searcher import open_searcher


class FakeCluster(ThreadingHTTPServer):
    """A cluster with one index, whose answers to searches for posts lack what they should have."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: Counter[str] = Counter()
        self.replaced = 0

    @property
    def address(self) -> str:
        return f"opensearch+http://127.0.0.1:{self.server_port}/posts"

    def answer(self, path: str) -> tuple[int, object]:
        self.requests[path] += 1
        whole = {"timed_out": False, "_shards": {"failed": 0}}
        match path:
            case "/":
                return 200, {"version": {"distribution": "opensearch", "number": "3.5.0"}}
            case "/posts":
                words = read_words(user_words_file())
                made = IndexMetadata(fingerprint(words), words.text, {}, 1, (), 1.0)
                return 200, {"posts.1": {"mappings": {"_meta": made.as_json()}}}
            case "/posts.files/_search" | "/posts.1.files/_search":
                record = {"part": "1/1", "archives": [], "updated": "2025-01-01T00:00:00+00:00", "commit": "a"}
                return 200, {**whole, "hits": {"hits": [{"_index": "posts.1.files", "_source": record}]}}
            case "/posts.1/_search" if self.requests[path] > self.replaced:
                return 200, {**whole, "hits": {"total": {"value": 0}, "hits": []}}
        return 404, {"error": {"type": "index_not_found_exception", "reason": f"no such index [{path}]"}}


class _Handler(BaseHTTPRequestHandler):
    server: FakeCluster

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, answer = self.server.answer(self.path.partition("?")[0])
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with FakeCluster() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_missing_key_is_not_a_missing_index(cluster: FakeCluster) -> None:
    with open_searcher(cluster.address) as searcher:
        with pytest.raises(KeyError, match="aggregations"):
            searcher.stats()
        assert (cluster.requests["/posts"], cluster.requests["/posts.1/_search"]) == (1, 1)


def test_an_index_replaced_meanwhile_is_opened_anew(cluster: FakeCluster) -> None:
    cluster.replaced = 2
    with open_searcher(cluster.address) as searcher:
        with pytest.raises(KeyError, match="aggregations"):
            searcher.stats()
        assert (cluster.requests["/posts"], cluster.requests["/posts.1/_search"]) == (3, 3)


def test_a_search_of_a_missing_index_says_so(cluster: FakeCluster) -> None:
    with Cluster(cluster_location(cluster.address)) as client:
        with pytest.raises(MissingError, match="no such index"):
            client.search("other", {})
        assert client.settings_and_mappings("other") is None
