"""The server as it is started: its processes, its limits, and what it does while the index changes."""

import http.client
import json
import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from index import update
from searcher.cli import main
from tests.conftest import EXAMPLES, post_text
from tests.server import WAIT, Running, running


@pytest.fixture(scope="module")
def examples_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    location = tmp_path_factory.mktemp("served") / "index"
    update(location, [EXAMPLES])
    return location


@pytest.fixture(scope="module")
def server(examples_index: Path) -> Iterator[Running]:
    with running(examples_index, "--workers", "2") as server:
        yield server


def test_many_processes_answer_and_count_together(server: Running) -> None:
    before = _requests(server)
    for _ in range(20):
        # A connection each: the system spreads them over the processes.
        assert server.get("/api/search?q=模型".replace("模型", "%E6%A8%A1%E5%9E%8B"))[0] == 200
    counted = _requests(server)
    assert counted - before == 20
    assert len(server.children()) >= 2


def _requests(server: Running) -> int:
    lines = server.get("/metrics")[1].decode().splitlines()
    counts = [line for line in lines if line.startswith('searcher_http_requests_total{endpoint="api_search"')]
    return sum(int(float(line.rpartition(" ")[2])) for line in counts)


def test_a_port_that_is_taken_is_refused(server: Running, examples_index: Path) -> None:
    result = CliRunner().invoke(main, ["serve", "--index", str(examples_index), "--port", str(server.port)])
    assert result.exit_code == 2
    assert "can't be listened on" in result.output
    assert "Choose another with --port" in result.output


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_without_a_password_only_this_machine_is_answered(
    examples_index: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEARCHER_PASSWORD", raising=False)
    result = CliRunner().invoke(main, ["serve", "--index", str(examples_index), "--host", host])
    assert result.exit_code == 2
    assert "SEARCHER_PASSWORD" in result.output
    assert "--open" in result.output


def test_served_to_all_with_a_password(examples_index: Path) -> None:
    options = ("--host", "0.0.0.0", "--workers", "1")
    with running(examples_index, *options, SEARCHER_PASSWORD="一个密码") as server:
        connection = server.connect()
        connection.request("GET", "/api/search")
        refused = connection.getresponse()
        assert (refused.status, json.loads(refused.read())["error"]["code"]) == (401, "unauthorized")
        assert connection.getresponse
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/")
        assert caught.value.code == 401
        caught.value.close()
        connection.close()


def test_slow_clients_keep_nobody_waiting(server: Running) -> None:
    slow = [server.socket() for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert server.get("/healthz")[0] == 200
        with server.socket() as never_reads:
            # Half of what it asks for never leaves: a thread that waited for it would be missed.
            never_reads.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200)
            for _ in range(10):
                assert server.get("/api/search")[0] == 200
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.thorough
def test_a_header_that_does_not_come_ends_the_connection(server: Running) -> None:
    with server.socket() as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        began = time.monotonic()
        assert slow.recv(1 << 16) in (b"", b"HTTP/1.1 408 Request Timeout\r\n")
        assert time.monotonic() - began < WAIT


@pytest.mark.thorough
def test_a_header_sent_byte_by_byte_ends_the_connection(server: Running) -> None:
    with server.socket() as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        slow.settimeout(0.2)
        began = time.monotonic()
        answer = None
        while answer is None and time.monotonic() - began < WAIT:
            try:
                slow.sendall(b"x")
                answer = slow.recv(1 << 16)
            except TimeoutError:
                assert server.get("/healthz")[0] == 200
            except OSError:
                answer = b""
    assert answer in (b"", b"HTTP/1.1 408 Request Timeout\r\n")


@pytest.mark.parametrize(
    ("parameters", "status"),
    [("a=b&" * 10_000, 200), ("source=x&" * 5_000, 200), ("&".join(f"account={n}" for n in range(4_000)), 400)],
    ids=["unknown", "the same", "many filters"],
)
def test_as_many_parameters_as_a_header_holds_are_answered(server: Running, parameters: str, status: int) -> None:
    connection = server.connect()
    connection.request("GET", f"/api/search?{parameters}")
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read()).keys() >= {"error"}) == (status, status == 400)
    connection.close()


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-Many: x\r\n" * 20_000 + b"\r\n",
        b"GET /?q=" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["large header", "many headers", "long address", "not HTTP", "no host"],
)
def test_a_request_that_is_too_much_is_refused(server: Running, request_head: bytes) -> None:
    with server.socket() as connection:
        answer = b""
        with suppress(OSError):  # it may hang up before all has come
            connection.sendall(request_head)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(1 << 16):
                answer += part
    assert not answer or answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert server.get("/healthz")[0] == 200


def test_a_body_is_never_taken_in(server: Running) -> None:
    with server.socket() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10000000000\r\n\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 405")
        sent = 0
        with suppress(OSError):
            connection.settimeout(3)
            while sent < 64 << 20:
                sent += connection.send(b"x" * (1 << 20))
    assert sent < 64 << 20
    assert server.get("/healthz")[0] == 200


@pytest.mark.thorough
def test_commits_show_at_once_and_no_request_is_dropped(tmp_path: Path) -> None:
    archive, location = tmp_path / "archive", tmp_path / "index"
    archive.mkdir()
    (archive / "0.md").write_text(post_text("第 0 篇", "https://example.org/0"), encoding="utf-8")
    update(location, [archive])
    with running(location, "--workers", "2") as server, ThreadPoolExecutor(4) as readers:
        stop = time.monotonic() + WAIT
        state = {"done": False}
        counts = [readers.submit(_totals, server, lambda: state["done"] or time.monotonic() > stop) for _ in range(4)]
        for number in range(1, 9):
            (archive / f"{number}.md").write_text(
                post_text(f"第 {number} 篇", f"https://example.org/{number}"), encoding="utf-8"
            )
            update(location, rebuild=number % 4 == 0)
            assert json.loads(server.get("/api/stats")[1])["posts"] == number + 1
        state["done"] = True
        seen = [count.result() for count in counts]
    for totals in seen:
        assert totals == sorted(totals)
        assert totals


def _totals(server: Running, is_over: Callable[[], bool]) -> list[int]:
    """Ask again and again over one connection for how many posts there are, and return the answers."""
    connection, totals = server.connect(), []
    while not is_over():
        connection.request("GET", "/api/search")
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        totals.append(json.loads(answer.read())["total"])
    connection.close()
    return totals


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["told to end", "Ctrl-C"])
def test_stopping_finishes_what_is_under_way(examples_index: Path, number: signal.Signals) -> None:
    with running(examples_index, "--workers", "2") as server, ThreadPoolExecutor(8) as readers:
        answers = [readers.submit(server.get, "/export.json") for _ in range(8)]
        while not any(answer.done() for answer in answers):
            time.sleep(0.001)
        server.process.send_signal(number)
        assert server.process.wait(WAIT) == 0
        # Whoever was not connected yet is refused; who was gets the whole answer.
        assert {answer.result()[0] for answer in answers if not answer.exception()} == {200}
        for error in filter(None, (answer.exception() for answer in answers)):
            assert isinstance(error, urllib.error.URLError), error
            assert isinstance(error.reason, ConnectionRefusedError), error


def test_a_worker_that_died_is_replaced(examples_index: Path) -> None:
    with running(examples_index, "--workers", "1") as server:
        first = server.children()
        os.kill(first[0], signal.SIGKILL)
        deadline = time.monotonic() + WAIT
        while True:
            with suppress(OSError, http.client.HTTPException):
                assert server.get("/healthz")[0] == 200
                break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert server.children() != first


def test_the_pages_work_below_a_prefix_of_a_proxy(examples_index: Path) -> None:
    with running(examples_index, "--workers", "1", "--url", "https://example.org/archive/") as server:
        for path in ("/archive/opensearch.xml", "/opensearch.xml"):  # kept by the proxy, or taken off
            content = server.get(path, Host="example.org")[1].decode()
            assert 'template="https://example.org/archive/?q={searchTerms}"' in content
        page = server.get("/archive/?q=%E6%A8%A1%E5%9E%8B", Host="example.org")[1].decode()
        style = re.findall(r'href="(/archive/static/[0-9a-f]+/page.css)"', page)
        assert server.get(style[0], Host="example.org")[0] == 200
        assert server.get("/archive", Host="example.org")[0] == 200
        with pytest.raises(urllib.error.HTTPError, match="400"):
            server.get("/", Host="elsewhere.example")
