"""Print what an index endures: `make endure`, some twenty minutes on two cores.

The test suite runs a small part of each of these (tests/index/updates/test_crashes.py).
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.corpus import sentences, write_archive
from tests.conftest import REAL_ARCHIVE, REAL_HOURS
from tests.endure.history import import_days, rewrite_hours
from tests.endure.reading import commit_and_read
from tests.endure.states import rewrite

LARGE = 100_000
CHANGED = 60
RUNS = 5


def main() -> None:
    sections: dict[str, Callable[[Path], object]] = {
        "a real archive, imported day by day": days,
        "a real day, rewritten every hour": hours,
        "200 kills": lambda folder: module("killing", "kill", folder, 200),
        "50 runs with files limited in size": lambda folder: module("killing", "limit", folder, 50),
        "50 runs on a full disk": lambda folder: module("killing", "full", folder, 50),
        "power lost at every boundary of a first build": lambda folder: forget("build", folder),
        "power lost at every boundary of an update": lambda folder: forget("update", folder),
        "power lost at every boundary of a rebuild": lambda folder: forget("rebuild", folder),
        "four readers during 200 commits": read,
        f"{LARGE:,} files": large,
    }
    asked = sys.argv[1:]
    for name, run in sections.items():
        if not asked or any(word in name for word in asked):
            print(f"\n{name}", flush=True)
            began = time.monotonic()
            with TemporaryDirectory() as folder:
                run(Path(folder))
            print(f"      took {time.monotonic() - began:.0f} s", flush=True)


def days(folder: Path) -> None:
    if not REAL_ARCHIVE.is_dir():
        print(f"      skipped: there is no archive of real posts at {REAL_ARCHIVE}")
        return
    total, compared = import_days(REAL_ARCHIVE, folder, lambda *_: True)
    print(f"{total:5} days, {compared} compared with a build from nothing, all equal")


def hours(folder: Path) -> None:
    if not REAL_HOURS.is_dir():
        print(f"      skipped: there is no day of real posts by the hour at {REAL_HOURS}")
        return
    total, compared = rewrite_hours(REAL_HOURS, folder, lambda *_: True)
    print(f"{total:5} hours, {compared} compared with a build from nothing, all equal")


def read(folder: Path) -> None:
    outcome = commit_and_read(folder, 200)
    print(f"{outcome.commits:5} commits, {sum(outcome.answers):,} answers, {len(outcome.wrong)} wrong")
    if outcome.wrong:
        sys.exit("\n".join(outcome.wrong))


def module(name: str, *arguments: object) -> None:
    """Run a module of this package as a process of its own, which prints its figures."""
    subprocess.run([sys.executable, "-m", f"tests.endure.{name}", *map(str, arguments)], check=True)


def forget(how: str, folder: Path) -> None:
    module("forgetting", how, folder, 5, 10_000)


def large(folder: Path) -> None:
    """Print what whole processes of `searcher index` take over many files."""
    archive, location = folder / "archive", folder / "index"
    write_archive(archive, LARGE, sentences(REAL_ARCHIVE))
    took, memory = index(location, archive)
    print(f"{took:8.2f} s first build; {memory:,.0f} MB in the process that is started")
    for name, change in (
        ("nothing changed", lambda _: None),
        (f"{CHANGED} changed", lambda run: rewrite(archive, run, CHANGED)),
    ):
        times = []
        for run in range(RUNS):
            change(run)
            times.append(index(location))
        took, memory = sorted(times)[RUNS // 2]
        print(f"{took:8.2f} s {name}, the median of {RUNS}; {memory:,.0f} MB")


def index(location: Path, *archives: Path) -> tuple[float, float]:
    """Return the seconds that a whole process of `searcher index` takes, and the most memory it has in MB."""
    command = [sys.executable, "-m", "searcher", "index", "--index", str(location), *map(str, archives)]
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return time.monotonic() - began, resource_mb(usage)


def resource_mb(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
