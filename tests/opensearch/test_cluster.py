"""What only a cluster can do, and what can only happen to one."""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from opensearchpy import OpenSearch

from index import update
from index.archive.partition import Partition
from index.backend import ClusterOptions, is_cluster
from index.errors import ClusterError, LocationError, LockedIndexError, NoIndexError, OutdatedIndexError
from index.opensearch import metadata
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster
from searcher import SearchRequest, open_searcher
from searcher.cli import main
from searcher.cli.group import NO_INDEX
from searcher.copying import copy
from tests.conftest import EXAMPLES, post_text
from tests.engines import OPENSEARCH, SPREAD, cluster_there_is, delete_index
from tests.opensearch import cluster as nodes

POSTS = 300
FOUND_AGAIN_WITHIN = 30.0


@pytest.fixture
def address() -> Iterator[str]:
    """Give an address at which there is no index."""
    cluster_there_is()
    address = str(OPENSEARCH.new_location(Path()))
    yield address
    delete_index(address)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Give an archive of POSTS posts, each of which has a word of its own, in two saves."""
    archive = tmp_path / "many"
    for number in range(POSTS):
        for day in ("08", "09"):
            file = archive / f"2025-05-{day}" / f"{number}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            url = f"https://example.org/{number}"
            text = post_text(f"帖子{number}", url, f"word{number} 风筝", "小结", f"2025-05-{day}T08:00:00Z")
            file.write_text(text, encoding="utf-8")
    return archive


@pytest.fixture
def killable() -> Iterator[nodes.Cluster]:
    """Give the running cluster, to kill a node of; it is whole again afterwards."""
    cluster_there_is()
    running = nodes.Cluster(Path(os.environ["SEARCHER_TEST_OPENSEARCH_FOLDER"]))
    yield running
    for node in nodes.NODES:
        if not running.is_running(node):
            running.start_node(node)
    running.wait_for_nodes(len(nodes.NODES), "green")


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    assert "Traceback" not in result.output
    return result.exit_code, result.output


# --- machines that share the work --------------------------------------------------------------------------


def test_parts_of_an_archive_make_one_index(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    update(folder, [EXAMPLES])
    for number in (2, 1, 3):
        with pytest.raises(NoIndexError):
            open_searcher(address)  # nothing is in force before the last part is there
        update(address, [EXAMPLES], options=replace(SPREAD, part=Partition(number, 3)))
    with open_searcher(address) as found, open_searcher(folder) as expected:
        assert (found.stats().posts, found.stats().saves) == (expected.stats().posts, expected.stats().saves)
        request = SearchRequest("露营", page_size=100)
        assert found.search(request).facets == expected.search(request).facets
    assert update(address).unchanged


def test_a_part_of_another_division_is_refused(address: str) -> None:
    update(address, [EXAMPLES], options=ClusterOptions(Partition(1, 2)))
    with pytest.raises(LockedIndexError, match="2 parts"):
        update(address, [EXAMPLES], options=ClusterOptions(Partition(1, 3)))
    assert update(address, [EXAMPLES]).posts == 31  # the whole begins anew


def test_a_rebuild_replaces_the_index_in_one_step(address: str) -> None:
    update(address, [EXAMPLES], options=SPREAD)
    with open_searcher(address) as searcher:
        before = searcher.search("露营").total
        assert update(address, rebuild=True).rebuilt
        assert searcher.search("露营").total == before
        assert len(searcher.imports()) == 2
    with Cluster(cluster_location(address)) as cluster:
        names = list(cluster.settings_and_mappings(f"{cluster.location.name}.*") or ())
        assert sorted(names) == [f"{cluster.location.name}.2", f"{cluster.location.name}.2.files"]


def test_a_check_names_each_document_that_differs_from_the_files(address: str, tmp_path: Path) -> None:
    archive = Path(shutil.copytree(EXAMPLES, tmp_path / "archive"))
    update(address, [archive], options=SPREAD)
    assert command("check", "--index", address)[0] == 0
    status, told = command("check", "--index", address, "--json")
    found = json.loads(told)
    assert (status, found["whole"], found["posts"], found["saves"], found["behind"]) == (0, True, 31, 36, 0)
    next(path for path in archive.rglob("*.md")).unlink()
    with Cluster(cluster_location(address)) as cluster:
        index = metadata.active_index(cluster)
        ids = sorted(hit["_id"] for hit in cluster.iter_hits(index.posts, {"query": {"match_all": {}}}))
        gone, unread, other, swapped = ids[:4]
        swapped_for = cluster.get(index.posts, ids[4], "post") or {}
        cluster.bulk(
            index.posts,
            [
                {"delete": {"_id": gone}},
                {"update": {"_id": unread}},
                {"doc": {"post": "bm8gcG9zdA=="}},
                {"update": {"_id": other}},
                {"doc": {"saves": 77}},
                {"update": {"_id": swapped}},
                {"doc": {"post": swapped_for["_source"]["post"]}},
            ],
        )
        cluster.refresh(index.posts)
    status, told = command("check", "--index", address)
    assert (status, "--rebuild" in told, "changed in 1 file" in told) == (NO_INDEX, True, True)
    sentences = dict(line.split(": ", 1) for line in told.splitlines()[:4])
    assert sentences.keys() == {gone, unread, other, swapped}
    assert sentences[gone] == "is not there"
    assert "can't be read" in sentences[unread]
    assert sentences[other] == sentences[swapped] == "is found by what its stored post does not say"
    update(address, rebuild=True)
    assert command("check", "--index", address)[0] == 0


def test_options_of_a_cluster_are_no_options_of_a_folder(tmp_path: Path) -> None:
    status, said = command("index", str(EXAMPLES), "--index", str(tmp_path / "index"), "--part", "1/2")
    assert (status, said.count("\n")) == (2, 1)
    assert "cluster" in said


def test_hits_beyond_what_a_cluster_gives_at_once(address: str, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    update(address, [many], options=SPREAD)
    with open_searcher(address) as searcher:
        near = [hit.post.id for page in range(1, 7) for hit in searcher.search("风筝", page=page, page_size=50).hits]
        monkeypatch.setattr("searcher.opensearch.engine._WINDOW", 20)
        far = [hit.post.id for page in range(1, 7) for hit in searcher.search("风筝", page=page, page_size=50).hits]
        assert near == far
        assert len(set(far)) == POSTS
        assert searcher.search("风筝", page=8, page_size=50).hits == ()


# --- moving house ------------------------------------------------------------------------------------------


def test_an_index_moves_to_a_cluster_and_back(address: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    update(first, [EXAMPLES])
    status, said = command("copy", str(first), address, "--shards", "3")
    assert (status, said.splitlines()[-1].startswith("Copied 36 saves of 31 posts")) == (0, True), said
    assert copy(address, second).posts == 31
    for location in (address, second):
        assert update(location).unchanged, "what is known of the files came along"
    with pytest.raises(LocationError, match="already"):
        copy(first, address)


# --- sentences ---------------------------------------------------------------------------------------------


class _Answer(BaseHTTPRequestHandler):
    """Answers as what stands before a cluster, or as another release of it."""

    status, body = 200, b"{}"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def answering() -> Iterator[Callable[[int, object], str]]:
    """Give a function that starts a server with one answer to everything and returns an address there."""
    servers: list[HTTPServer] = []

    def start(status: int, body: object) -> str:
        kind = type("Answer", (_Answer,), {"status": status, "body": json.dumps(body).encode()})
        servers.append(HTTPServer(("127.0.0.1", 0), kind))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"opensearch+http://reader:secret@127.0.0.1:{servers[-1].server_port}/posts"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, {"error": "Unauthorized"}, "does not know this user or password"),
        (403, {"error": {"reason": "no permissions"}, "status": 403}, "does not let this user do that"),
        (200, {"version": {"distribution": "opensearch", "number": "1.3.20"}}, "runs OpenSearch 1.3.20"),
        (200, {"version": {"number": "8.15.0"}}, "something else than OpenSearch 8.15.0"),
        (200, {"hello": "world"}, "something else than OpenSearch"),
    ],
)
def test_what_is_wrong_with_a_server_is_a_sentence(
    answering: Callable[[int, object], str], status: int, body: object, sentence: str
) -> None:
    address = answering(status, body)
    for arguments in (["search", "词"], ["index", str(EXAMPLES)], ["stats"]):
        ended, said = command(*arguments, "--index", address)
        assert (ended, said.count("\n")) == (NO_INDEX, 1), said
        assert sentence in said
        assert "secret" not in said


def test_a_cluster_that_is_down_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.opensearch.client.SEARCH_PATIENCE", 0.3)
    ended, said = command("search", "词", "--index", "opensearch+http://127.0.0.1:9/posts")
    assert ended == NO_INDEX
    assert "can't be reached" in said


@pytest.mark.parametrize(
    "address",
    ["opensearch+http://", "opensearch+http://host", "opensearch+ftp://h/n", "opensearch+http://h:9200/Upper"],
)
def test_an_address_without_meaning_is_a_sentence(address: str) -> None:
    assert is_cluster(address) or "ftp" in address
    if is_cluster(address):
        with pytest.raises(LocationError):
            cluster_location(address)


def test_no_index_and_one_made_by_other_rules_are_sentences(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("search", "词", "--index", address)[0] == NO_INDEX
    update(address, [EXAMPLES])
    monkeypatch.setattr("index.opensearch.metadata.CLUSTER_FORMAT", 0)
    with pytest.raises(OutdatedIndexError, match="cluster was"):
        open_searcher(address)
    ended, said = command("index", "--index", address)
    assert (ended, "--rebuild" in said) == (NO_INDEX, True)


def test_nothing_is_written_half_to_what_may_only_be_read(address: str, many: Path) -> None:
    update(address, [EXAMPLES], options=SPREAD)
    location = cluster_location(address)
    with OpenSearch(location.urls) as client:
        client.indices.put_settings(index=f"{location.name}.*", body={"index.blocks.write": True})
        with open_searcher(address) as searcher:
            before = searcher.stats()
            ended, said = command("index", str(many), "--index", address)
            assert ended == NO_INDEX
            assert "can't be written to now" in said
            assert searcher.stats() == before
        client.indices.put_settings(index=f"{location.name}.*", body={"index.blocks.write": None})
    assert update(address, [many]).posts == before.posts + POSTS


def test_a_red_index_gives_no_smaller_truth_and_takes_nothing(
    address: str, killable: nodes.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(address, [EXAMPLES], options=ClusterOptions(shards=6, replicas=0))
    with open_searcher(address) as searcher, Cluster(cluster_location(address)) as cluster:
        ids = [hit.post.id for hit in searcher.search("", page_size=100).hits]
        assert len(ids) == len(cluster.get_many(cluster.location.name, ids)) == 31
        killable.kill_node(2)
        monkeypatch.setattr("index.opensearch.client.SEARCH_PATIENCE", 5.0)
        monkeypatch.setattr("index.opensearch.client.WRITE_PATIENCE", 5.0)
        with pytest.raises(ClusterError, match="can't answer in full"):
            searcher.search("")
        with pytest.raises(ClusterError, match="can't answer in full"):
            cluster.get_many(cluster.location.name, ids)
        with pytest.raises(ClusterError, match="red"):
            update(address)
        killable.start_node(2)
        killable.wait_for_nodes(3, "green")
        assert searcher.search("").total == 31


# --- nodes that die ----------------------------------------------------------------------------------------


def test_a_node_that_dies_during_a_load_loses_no_post(address: str, many: Path, killable: nodes.Cluster) -> None:
    killed = []

    def kill_on_the_way(step: str, *_: int) -> None:
        if step == "indexing" and not killed:
            killed.append(True)
            killable.kill_node(3)

    report = update(address, [many], progress=kill_on_the_way, options=SPREAD)
    assert killed
    assert (report.posts, report.saves, report.unopened.count) == (POSTS, 2 * POSTS, 0)
    with open_searcher(address) as searcher:
        for number in range(POSTS):
            (hit,) = searcher.search(f'"word{number} "').hits
            assert len(hit.post.saves) == 2
            assert searcher.post(hit.post.id) == hit.post


def test_answers_stay_true_while_a_node_dies(address: str, many: Path, killable: nodes.Cluster) -> None:
    update(address, [many], options=SPREAD)
    killable.wait_for_nodes(3, "green")
    queries = ["风筝", '"word7 "', "word1*", "", "小结 风筝 -word3"]
    with open_searcher(address) as searcher:
        expected = {query: (results.total, results.facets) for query in queries if (results := searcher.search(query))}
        slowest = 0.0
        for number in range(60):
            if number == 10:
                killable.kill_node(2)
            began = time.monotonic()
            results = searcher.search(queries[number % len(queries)])
            slowest = max(slowest, time.monotonic() - began)
            assert (results.total, results.facets) == expected[results.query]
    print(f"a node killed: the slowest of 60 answers took {slowest:.1f} s, and all were whole")
    assert slowest < FOUND_AGAIN_WITHIN
