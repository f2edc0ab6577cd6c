"""Many posts are written by several processes, and the outcome is the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import indexer, update, workers
from index.change import ChangedPost, RawSave
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
    assert POSTS >= indexer.PARALLEL_FROM
    monkeypatch.setattr(workers, "CHUNK", 150)
    report = update(tmp_path / "by many", [many])
    monkeypatch.setattr(indexer, "PARALLEL_FROM", POSTS + 1)
    update(tmp_path / "by one", [many])
    assert (report.posts, report.added) == (POSTS, POSTS)
    assert answers(tmp_path / "by many") == answers(tmp_path / "by one")


def test_a_script_that_guards_nothing_can_index_many_posts(many: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"from index import update\nprint(update({str(tmp_path / 'index')!r}, [{str(many)!r}]).posts)\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{POSTS}\n", "")


def test_a_worker_that_is_killed_is_an_error_and_leaves_no_process(tmp_path: Path) -> None:
    def posts() -> Iterator[ChangedPost]:
        raw = RawSave.of(post_text().encode(), str(tmp_path), "a.md")
        yield from [ChangedPost("weibo:1/x", (), (raw,))] * workers.CHUNK
        for process in children():
            os.kill(process, signal.SIGKILL)
        yield from [ChangedPost("weibo:1/x", (), (raw,))] * workers.CHUNK * 4

    with pytest.raises(workers.WorkerError):
        list(workers.build_segments(tmp_path, posts(), workers.CHUNK * 5))
    assert not children()


def children() -> list[int]:
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(number) for number in listed.read_text().split()]
