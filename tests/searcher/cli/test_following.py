"""Processes that follow an archive while it is rewritten, and that are interrupted."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from index import update
from searcher import open_searcher
from tests.conftest import post_text

pytestmark = pytest.mark.thorough

BLOG = "https://blog.example.org/{}"
PATIENCE = 60.0


@contextmanager
def running(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], list[str], list[str]]]:
    """Run the command line, and give the process with the lines of its output and of its errors so far."""
    process = subprocess.Popen(
        [sys.executable, "-m", "searcher", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    told: list[list[str]] = [[], []]
    threads = [
        Thread(target=lambda lines=lines, stream=stream: lines.extend(iter(stream.readline, "")))
        for lines, stream in zip(told, (process.stdout, process.stderr), strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        yield process, told[0], told[1]
    finally:
        process.kill()
        process.wait()
        for thread in threads:
            thread.join()
        for stream in (process.stdout, process.stderr):
            assert stream
            stream.close()


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


def total(location: Path, query: str = "") -> int:
    with open_searcher(location) as searcher:
        return searcher.search(query).total


def write(folder: Path, numbers: range, version: str) -> None:
    for number in numbers:
        path = folder / f"2025-05-{number % 28 + 1:02d}" / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(post_text(f"第{number}篇", BLOG.format(number), summary=version), encoding="utf-8")


def test_watch_follows_an_archive_through_pulls_and_swaps(location: Path, archive: Path, tmp_path: Path) -> None:
    write(archive, range(3), "第一版")
    with running("index", "--watch", "--json", "--index", location, archive) as (process, told, errors):
        wait_until(lambda: any("Following" in line for line in errors), "it follows")
        write(archive, range(200), "第二版")
        wait_until(lambda: total(location, '"第二版"') == 200, "the pull is indexed")
        # It is told of after it is in force.
        wait_until(lambda: sum(json.loads(line)["added"]["count"] for line in told) >= 200, "the pull is told of")
        reports = [json.loads(line) for line in told]
        assert reports[0]["added"]["count"] == 3
        assert sum(report["added"]["count"] for report in reports[1:]) == 197
        assert len(reports) <= 5, "a pull is a few updates, not one for each file"
        # A folder that takes the place of the archive is followed as well.
        write(tmp_path / "next", range(200), "第三版")
        archive.rename(tmp_path / "away")
        time.sleep(1)
        (tmp_path / "next").rename(archive)
        wait_until(lambda: total(location, '"第三版"') == 200, "the new folder is indexed")
        # Most of it gone changes nothing, and is said; what comes back goes on.
        for folder in sorted(archive.iterdir())[:20]:
            shutil.rmtree(folder)
        wait_until(lambda: any("--prune" in line for line in errors), "the loss is told")
        assert total(location) == 200
        write(archive, range(200), "第四版")
        wait_until(lambda: total(location, '"第四版"') == 200, "it goes on")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    assert not any("Traceback" in line for line in errors)
    assert update(location).unchanged


def test_a_server_with_watch_drops_no_request(location: Path, archive: Path) -> None:
    write(archive, range(50), "第一版")
    update(location, [archive])
    with running("serve", "--watch", "--port", "0", "--index", location) as (process, told, errors):
        wait_until(lambda: told, "it serves")
        (address,) = re.findall(r"http://\S+/", told[0])
        failures, totals, done = [], set[int](), Event()

        def ask() -> None:
            while not done.is_set():
                try:
                    with urllib.request.urlopen(f"{address}api/search?q=%22%E7%AC%AC%E4%BA%8C%E7%89%88%22") as answer:
                        totals.add(json.load(answer)["total"])
                except OSError as error:
                    failures.append(error)

        asking = Thread(target=ask)
        asking.start()
        try:
            wait_until(lambda: any("Following" in line for line in errors), "it follows")
            write(archive, range(80), "第二版")
            wait_until(lambda: 80 in totals, "the new posts are served")
        finally:
            done.set()
            asking.join()
        assert not failures
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    assert not any("Traceback" in line for line in errors)


def is_writer(location: Path, pid: int) -> bool:
    record = location / "writer.json"
    return record.exists() and f'"pid": {pid},' in record.read_text("utf-8")


@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
def test_ctrl_c_reports_the_state_of_the_index(location: Path, archive: Path, rebuild: bool) -> None:
    write(archive, range(10), "第一版")
    update(location, [archive])
    write(archive, range(2000), "第二版")
    command = ["index", "--index", location, *(["--rebuild"] if rebuild else [])]
    for pause in (0.0, 0.2, 0.5):
        with running(*command) as (process, _, errors):
            wait_until(lambda: is_writer(location, process.pid), "it has begun")
            time.sleep(pause)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 130
        assert "".join(errors) == f"Interrupted: the index at {location} is as it was.\n"
        assert total(location, '"第二版"') == 0
    assert update(location).posts == 2000
    assert len(list(location.glob("data-*"))) == 1
