"""Many posts are read and written by several processes, and the outcome is the same."""

import math
import operator
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from index import update
from index.store import target
from index.updates import process_pool
from index.updates.process_pool import PARALLEL_FROM, ProcessPool, WorkerError
from searcher import open_searcher
from tests.conftest import post_text

POSTS = 620


@pytest.fixture
def many(archive: Path) -> Path:
    for number in range(POSTS):
        text = post_text(
            title=f"第{number}篇", url=f"https://example.org/{number}", body=f"共同的话，编号{number * 7}号"
        )
        (archive / f"{number}.md").write_text(text, encoding="utf-8")
    return archive


def answers(location: Path) -> dict[str, list[tuple[str, float]]]:
    with open_searcher(location) as searcher:
        found = {query: searcher.search(query, page_size=100).hits for query in ("共同的话", '"编号7号"', "第3篇", "")}
    return {query: [(hit.post.url, round(hit.score, 5)) for hit in hits] for query, hits in found.items()}


def test_processes_build_what_one_process_builds(many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert POSTS >= PARALLEL_FROM
    monkeypatch.setattr(target, "CHUNK", 150)
    report = update(tmp_path / "by many", [many])
    monkeypatch.setattr(process_pool, "PARALLEL_FROM", POSTS + 1)
    update(tmp_path / "by one", [many])
    assert (report.posts, report.added.count) == (POSTS, POSTS)
    assert answers(tmp_path / "by many") == answers(tmp_path / "by one")


@pytest.mark.thorough
def test_a_script_that_guards_nothing_can_index_many_posts(many: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"from index import update\nprint(update({str(tmp_path / 'index')!r}, [{str(many)!r}]).posts)\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{POSTS}\n", "")


@pytest.mark.thorough
def test_killed_workers_leave_the_old_index_and_no_process(
    many: Path, location: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "CHUNK", 50)

    def kill(step: str, done: int, _: int) -> None:
        if (step, done) == ("indexing", 300):
            kill_children()

    with pytest.raises(WorkerError):
        update(location, [many], progress=kill)
    assert not children()
    assert update(location, [many]).posts == POSTS
    before = answers(location)
    for number in range(POSTS):
        text = post_text(title=f"新的第{number}篇", url=f"https://example.org/{number}")
        (many / f"{number}.md").write_text(text, encoding="utf-8")
    with pytest.raises(WorkerError):
        update(location, progress=kill)
    assert not children()
    assert answers(location) == before
    assert update(location).changed.count == POSTS
    assert answers(location) != before
    assert update(location).unchanged


# --- the pool -------------------------------------------------------------------------------------------------


def test_results_come_in_order_and_processes_are_used_again() -> None:
    with ProcessPool() as pool:
        assert list(pool.map(math.factorial, range(200))) == [math.factorial(number) for number in range(200)]
        started = children()
        assert len(started) == min(os.cpu_count() or 1, process_pool.MAX_WORKERS)
        assert list(pool.map(partial(operator.add, b"a"), [b"x" * 1_000_000])) == [b"a" + b"x" * 1_000_000]
        assert list(pool.map(math.factorial, [])) == []
        assert children() == started
    assert not children()


def test_no_process_is_started_before_it_is_needed() -> None:
    with ProcessPool() as pool:
        assert pool.map_for(PARALLEL_FROM - 1) is map
        assert pool.map_for(PARALLEL_FROM) == pool.map
        assert not children()


def test_what_is_printed_is_no_answer() -> None:
    with ProcessPool() as pool:
        assert list(pool.map(print, ["some text", "more"])) == [None, None]


def test_arguments_are_drawn_as_they_are_needed() -> None:
    drawn: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(500):
            drawn.append(number)
            yield number

    with ProcessPool() as pool:
        most = 2 * min(os.cpu_count() or 1, process_pool.MAX_WORKERS) + 1
        for taken, result in enumerate(pool.map(operator.neg, numbers()), 1):
            assert result == 1 - taken
            assert len(drawn) <= taken + most


def test_a_killed_worker_raises_and_leaves_no_process() -> None:
    def numbers() -> Iterator[int]:
        yield from range(20)
        kill_children()
        yield from range(100)

    with ProcessPool() as pool, pytest.raises(WorkerError):
        list(pool.map(math.factorial, numbers()))
    assert not children()


def test_a_failing_function_raises_and_leaves_no_process(capfd: pytest.CaptureFixture[str]) -> None:
    with ProcessPool() as pool, pytest.raises(WorkerError):
        list(pool.map(math.factorial, [3, -1, *range(50)]))
    assert not children()
    assert "factorial() not defined for negative values" in capfd.readouterr().err


def test_failing_arguments_raise_and_leave_no_process() -> None:
    def numbers() -> Iterator[int]:
        yield from range(20)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), ProcessPool() as pool:
        list(pool.map(math.factorial, numbers()))
    assert not children()


def test_results_may_be_left() -> None:
    with ProcessPool() as pool:
        assert next(pool.map(math.factorial, range(1000))) == 1
    assert not children()


def kill_children() -> None:
    for process in children():
        os.kill(process, signal.SIGKILL)


def children() -> list[int]:
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(number) for number in listed.read_text().split()]
