"""A file that is rewritten at equal size and time is noticed, whatever the clock of its file system shows."""

import os
import time
from pathlib import Path

import pytest

from index import update
from index.updates import file_catalog, scan
from index.updates.file_catalog import FileState
from searcher import open_searcher
from tests.conftest import WritePost


def titles(location: Path) -> list[str]:
    with open_searcher(location) as searcher:
        return [hit.post.title for hit in searcher.search("").hits]


def rewrite(file: Path, text: str, other: str) -> None:
    """Replace `text` in a file by `other`, of the same length, and leave the file's size and time as they were."""
    stat = file.stat()
    file.write_text(file.read_text("utf-8").replace(text, other), "utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the files that a scan reads."""
    paths: list[str] = []

    def read_url(raw: bytes, path: str) -> str:
        paths.append(path)
        return original(raw, path)

    original = scan.read_url
    monkeypatch.setattr(scan, "read_url", read_url)
    return paths


@pytest.fixture
def quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every change of a file show in its times, as a clock without ticks does."""
    monkeypatch.setattr(file_catalog, "TICK_NS", -time.time_ns())


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the times of files stand still, as within one tick of a file system's clock."""
    now = time.time_ns() + 3600 * 10**9

    def file_state(stat: os.stat_result) -> FileState:
        return stat.st_size, now, now, stat.st_ino

    monkeypatch.setattr(scan, "file_state", file_state)


@pytest.mark.usefixtures("quick_clock")
def test_a_file_rewritten_at_equal_size_and_time_is_noticed(
    location: Path, archive: Path, write_post: WritePost
) -> None:
    file = write_post(title="旧的说法")
    update(location, [archive])
    rewrite(file, "旧的", "新的")
    assert update(location).changed.count == 1
    assert titles(location) == ["新的说法"]


@pytest.mark.usefixtures("quick_clock")
def test_a_replacement_of_equal_size_and_time_is_noticed(
    location: Path, archive: Path, write_post: WritePost, tmp_path: Path
) -> None:
    file = write_post(title="旧的说法")
    other = tmp_path / "other.md"
    other.write_text(file.read_text("utf-8").replace("旧的", "新的"), "utf-8")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    update(location, [archive])
    other.replace(file)
    assert update(location).changed.count == 1
    assert titles(location) == ["新的说法"]


@pytest.mark.usefixtures("stopped_clock")
def test_a_file_rewritten_within_one_tick_is_noticed(location: Path, archive: Path, write_post: WritePost) -> None:
    file = write_post(title="旧的说法")
    update(location, [archive])
    for old, new in (("旧的", "新的"), ("新的", "好的")):
        rewrite(file, old, new)
        assert update(location).changed.count == 1
        assert titles(location) == [f"{new}说法"]


@pytest.mark.usefixtures("stopped_clock")
def test_an_unchanged_file_within_one_tick_changes_nothing(
    location: Path, archive: Path, write_post: WritePost, reads: list[str]
) -> None:
    write_post("a.md")
    update(location, [archive])
    layers = sorted(path.name for path in location.glob("data-*/files-*"))
    assert update(location).unchanged
    assert reads == ["a.md", "a.md"]
    assert sorted(path.name for path in location.glob("data-*/files-*")) == layers


def test_a_file_is_reread_until_its_clock_moves_on(
    location: Path, archive: Path, write_post: WritePost, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post("a.md")
    monkeypatch.setattr(file_catalog, "TICK_NS", 3600 * 10**9)
    update(location, [archive])
    monkeypatch.setattr(file_catalog, "TICK_NS", -time.time_ns())
    for expected in (["a.md", "a.md"], ["a.md", "a.md"]):
        assert update(location).unchanged
        assert reads == expected
