"""Run an update in child processes that kill themselves, each at another step; leave what each made of the index.

    killed.py LOCATION ARCHIVE OUTCOMES {update,rebuild}

A step is one opening, making, renaming or deleting of a file of the index. OUTCOMES/N is the index, a copy of
the one at LOCATION if there is one, as the kill before step N left it. Steps are dense at the end, where
an index comes into force.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from index import update

STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}
SPREAD, DENSE = 8, 10


def run(location: Path, archive: Path, rebuild: bool, kill_before: int) -> int:
    """Update in a child process that is killed before the step `kill_before`; return the steps it took if it ended."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        steps = 0

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal steps
            if event in STEPS and str(arguments[0]).startswith(str(location)):
                if steps == kill_before:
                    os.kill(os.getpid(), signal.SIGKILL)
                steps += 1

        sys.addaudithook(count)
        update(location, [archive], rebuild=rebuild)
        os.write(writing, str(steps).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 - a descriptor has no path
        told = pipe.read()
    status = os.waitpid(child, 0)[1]
    expected = signal.SIGKILL if kill_before >= 0 else 0
    assert status == expected, f"the update before step {kill_before} ended with {status}, not {expected}"
    return int(told or 0)


def main(location: Path, archive: Path, outcomes: Path, rebuild: bool) -> None:
    def place(name: str) -> Path:
        copy = outcomes / name
        if location.exists():
            shutil.copytree(location, copy)
        return copy

    outcomes.mkdir()
    update(place("warm"), [archive], rebuild=rebuild)  # so that no child has to import or load
    shutil.rmtree(outcomes / "warm")
    total = run(place("whole"), archive, rebuild, -1)
    shutil.rmtree(outcomes / "whole")
    spread = {total * part // SPREAD for part in range(SPREAD)}
    for step in sorted(spread | set(range(max(0, total - DENSE), total))):
        run(place(str(step)), archive, rebuild, step)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), rebuild=sys.argv[4] == "rebuild")
