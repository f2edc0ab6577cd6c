"""What building an index of an archive takes, changing it, and answering from it, as users do all of it."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from index import update
from searcher import Searcher, open_searcher
from tests.bench.measure import apart
from tests.bench.memory import OwnMemory

RUNS = 30
QUERIES = {
    "everything, newest first": "",
    "two characters": "量化",
    "three characters, common": "大模型",
    "two words": "大模型 量化",
    "a phrase, not as typed": "人工智能技术发展趋势",
    "exact text": '"具身智能"',
    "Latin word": "GPT-4o",
    "three Latin words": "large language models",
    "stop word": "的",
    "hashtag": "#话题1#",
    "source and date": "source:weibo since:2024",
    "prefix": "模型*",
    "similar": "embodyed~",
}


def figures(archive: Path, location: Path) -> Iterator[str]:
    """Yield everything that is measured of the posts below `archive`, with the index at `location`."""
    yield build(archive, location)
    yield change_one(archive, location)
    yield look_up(location)
    yield apart(answer, location)


def build(archive: Path, location: Path) -> str:
    """Return what a first update takes, one that finds nothing changed, and the index."""
    began = time.perf_counter()
    with OwnMemory() as memory:
        report = update(location, [archive])
    took = time.perf_counter() - began
    began = time.perf_counter()
    assert update(location).unchanged
    unchanged = time.perf_counter() - began
    size = sum(path.stat().st_size for path in location.rglob("*") if path.is_file())
    return (
        f"build            {took:8.1f} s   {report.posts / took:,.0f} posts/s\n"
        f"nothing changed  {unchanged:8.2f} s\n"
        f"index            {size / 2**20:8,.0f} MB  {size / report.posts / 1024:.1f} KB a post\n"
        f"peak memory      {memory.peak:8,.0f} MB of all processes together, pages of mapped files aside"
    )


def change_one(archive: Path, location: Path) -> str:
    """Return what an update takes of which one post has another summary, in the median of RUNS."""
    file = next(archive.rglob("*.md"))
    text = file.read_text(encoding="utf-8")
    whole, after_reading = [], []
    for run in range(RUNS):
        file.write_text(text.replace("## AI 摘要\n\n", f"## AI 摘要\n\n第{run}次总结。"), encoding="utf-8")
        read: list[float] = []
        began = time.perf_counter()
        report = update(
            location, progress=lambda step, *_, read=read: step == "reading" and read.append(time.perf_counter())
        )
        ended = time.perf_counter()
        assert report.changed.count == 1
        whole.append(ended - began)
        after_reading.append(ended - read[-1])
    file.write_text(text, encoding="utf-8")
    update(location)
    indexing, all_of_it = sorted(after_reading)[RUNS // 2] * 1000, sorted(whole)[RUNS // 2]
    return f"one changed post {indexing:8.0f} ms to index and commit it, {all_of_it:.2f} s with the look at all files"


def answer(location: Path) -> str:
    """Return what answers take, and the memory that this process then holds, its own and of mapped files."""
    with open_searcher(location) as searcher:
        asked = ask(searcher)
        status = Path("/proc/self/status").read_text()
    own, mapped = (int(re.search(rf"{name}:\s*(\d+) kB", status)[1]) / 1024 for name in ("RssAnon", "RssFile"))  # type: ignore[index]
    memory = f"memory answering {own:8,.0f} MB, and {mapped:,.0f} MB of the index that the system may take back"
    return f"{memory}\n\n{asked}"


def ask(searcher: Searcher) -> str:
    """Return a table of what is found and the time that it takes."""
    lines = [f"{'query':<28} {'hits':>9} {'p50 ms':>8} {'p95 ms':>8}"]
    for name, query in QUERIES.items():
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            total = searcher.search(query).total
            times.append((time.perf_counter() - began) * 1000)
        times.sort()
        lines.append(f"{name:<28} {total:>9,} {times[RUNS // 2]:>8.1f} {times[RUNS * 95 // 100]:>8.1f}")
    return "\n".join(lines)


def look_up(location: Path) -> str:
    """Return what `searcher search` takes as a whole process, in the median."""
    command = [sys.executable, "-m", "searcher", "search", "词", "--index", str(location)]
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return f"searcher search 词, whole process {sorted(times)[RUNS // 2]:.2f} s"
