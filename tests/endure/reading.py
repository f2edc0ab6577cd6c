"""Processes that search flat out while an index is committed to again and again.

    python -m tests.endure.reading LOCATION

Searches until its standard input ends; then prints how many answers it had, of which bytes those to each commit were,
and everything that was wrong.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

from index import update
from searcher import Searcher, open_searcher
from searcher.results import Results, dump_json
from tests.endure.states import write_posts

QUERY = "量化"
POSTS = 40
READERS = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """Is what the readers have seen: each its number of answers, and what was wrong."""

    commits: int
    answers: list[int]
    wrong: list[str]


def commit_and_read(folder: Path, commits: int) -> Outcome:
    """Commit again and again, every tenth time by a rebuild, while READERS processes search."""
    archive, location = folder / "archive", folder / "index"
    write_posts(archive, range(POSTS), "第0版")
    update(location, [archive])
    command = [sys.executable, "-m", "tests.endure.reading", str(location)]
    readers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(READERS)
    ]
    for reader in readers:
        assert reader.stdout
        reader.stdout.readline()  # it has opened the index, and searches from now on
    committed = {0: answer_of(location)}
    for number in range(1, commits + 1):
        write_posts(archive, range(POSTS), f"第{number}版")
        update(location, rebuild=number % 10 == 0)
        committed[number] = answer_of(location)
    told = [json.loads(reader.communicate()[0]) for reader in readers]
    assert all(reader.returncode == 0 for reader in readers)
    wrong = [wrong for one in told for wrong in one["wrong"]]
    for number, digest in {tuple(seen) for one in told for seen in one["seen"]}:
        if digest != committed[number]:
            wrong.append(f"an answer of commit {number} has other bytes than the commit gives")
    return Outcome(commits, [one["answers"] for one in told], wrong)


def answer_of(location: Path) -> str:
    """Return a digest of what the commit now in force answers."""
    with open_searcher(location) as searcher:
        return content_digest(searcher.search(QUERY, page_size=100))


def content_digest(results: Results) -> str:
    return sha256(dump_json({**results.as_json(), "took_ms": 0}).encode()).hexdigest()


def read(location: Path) -> None:
    done = Event()
    Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    answers, last, wrong = 0, 0, []
    seen: set[tuple[int, str]] = set()
    with open_searcher(location) as searcher:
        print("ready", flush=True)
        while not done.is_set():
            try:
                last = look(searcher, last, wrong, seen)
            except Exception as error:  # noqa: BLE001 - any at all is wrong
                wrong.append(repr(error))
            answers += 1
            if answers % 20 == 0:
                # A process that has only just begun sees the same.
                with open_searcher(location) as another:
                    last = look(another, last, wrong, seen)
    print(json.dumps({"answers": answers, "seen": sorted(seen), "wrong": wrong[:10]}))


def look(searcher: Searcher, last: int, wrong: list[str], seen: set[tuple[int, str]]) -> int:
    """Return the number of the commit that an answer is of; every answer is to be of one, and none of an earlier."""
    results = searcher.search(QUERY, page_size=100)
    summaries = {hit.post.summary for hit in results.hits}
    counted = sum(bucket.count for bucket in results.facets["source"])
    if len(summaries) != 1 or (results.total, len(results.hits), counted) != (POSTS, POSTS, POSTS):
        wrong.append(f"{time.time()}: {sorted(summaries)}, {results.total} posts, {counted} counted")
        return last
    (summary,) = summaries
    number = int(summary.strip("第版"))
    if number < last:
        wrong.append(f"{time.time()}: commit {number} after {last}")
    seen.add((number, content_digest(results)))
    return number


if __name__ == "__main__":
    read(Path(sys.argv[1]))
