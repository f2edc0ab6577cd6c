"""Updates that end before their time: killed at random moments, or with no space left on the disk.

    python -m tests.endure.killing {kill,limit,full} FOLDER TRIALS

Run as a process of its own, since it forks. Prints what became of the trials.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from index import update
from index.errors import NoSpaceError
from index.updates import process_pool
from tests.endure.states import assert_old_or_new, replaced, versions, write_posts

POSTS = 80
_NO_SPACE, _FAILED = 3, 4


class Trials:
    """Is an index that is updated again and again, each time in a process that may not end well."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.location, self.archive = folder / "index", folder / "archive"
        self.chance = random.Random(seed)
        self.outcomes: Counter[str] = Counter()
        write_posts(self.archive, range(POSTS), "第0版")
        update(self.location, [self.archive])
        self._state = versions(self.location)

    def run(self, number: int, before: Callable[[], object], meanwhile: Callable[[int], object]) -> None:
        """Change some posts and update in a child that first does `before`, while this process does `meanwhile`."""
        numbers = self.chance.sample(range(POSTS), self.chance.choice([1, 20, 60]))
        version = f"第{number}版"
        write_posts(self.archive, numbers, version)
        rebuild = number % 3 == 0
        new = replaced(self._state, numbers, version)
        if not (child := os.fork()):
            self._be_child(before, rebuild, is_parallel=number % 10 == 9)
        meanwhile(child)
        status = os.waitpid(child, 0)[1]
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) != _FAILED
        is_new = assert_old_or_new(self.location, self._state, new, lambda: update(self.location))
        assert is_new or status, "an update that ended well did nothing"
        kind = "rebuild" if rebuild else "update"
        ended = "cut off" if status else "ended"
        self.outcomes[f"{kind} {ended}, index {'new' if is_new else 'old'}"] += 1
        self._state = new

    def _be_child(self, before: Callable[[], object], rebuild: bool, is_parallel: bool) -> None:
        try:
            if is_parallel:
                process_pool.PARALLEL_FROM = 1
            before()
            update(self.location, rebuild=rebuild)
            os._exit(0)
        except NoSpaceError:
            os._exit(_NO_SPACE)
        finally:
            traceback.print_exc()
            os._exit(_FAILED)


def kill(trials: Trials, count: int) -> None:
    """Kill each child at a random moment of what it takes."""
    began = time.monotonic()
    trials.run(0, lambda: None, lambda _: None)
    longest = time.monotonic() - began
    for number in range(1, count + 1):
        pause = trials.chance.uniform(0, longest if number % 3 == 0 else longest / 4)
        trials.run(number, lambda: None, lambda child, pause=pause: (time.sleep(pause), os.kill(child, signal.SIGKILL)))


def limit(trials: Trials, count: int) -> None:
    """Let no file of a child's become larger than a random size."""
    largest = max(path.stat().st_size for path in trials.location.rglob("*") if path.is_file())
    for number in range(1, count + 1):
        size = int(trials.chance.uniform(0, largest if number % 3 == 0 else 60_000))
        trials.run(number, lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)), lambda _: None)


def full(folder: Path, count: int) -> Counter[str]:
    """Put the index on a disk of its own, of which a random part is free; needs the right to mount one."""
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], check=True)
    try:
        trials = Trials(disk, 3)
        ballast = disk / "ballast"
        for number in range(1, count + 1):
            left = int(trials.chance.uniform(0, 9_000_000 if number % 3 == 0 else 400_000))

            def fill(left: int = left) -> None:
                ballast.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - left)))

            def clear(child: int) -> None:
                os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
                ballast.unlink()

            trials.run(number, fill, clear)
        return trials.outcomes
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def main(how: str, folder: Path, count: int) -> None:
    if how == "full":
        outcomes = full(folder, count)
    else:
        trials = Trials(folder, 1)
        {"kill": kill, "limit": limit}[how](trials, count)
        outcomes = trials.outcomes
    for outcome, number in sorted(outcomes.items()):
        print(f"{number:5} {outcome}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
