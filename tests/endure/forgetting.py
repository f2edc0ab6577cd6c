"""A storage that forgets what was not synced: what it may hold after a loss of power at any boundary of an update.

    python -m tests.endure.forgetting {build,update,rebuild} FOLDER SEEDS LIMIT

Records the true operations of one run: every sync, and by Python's audit hook every making, opening for writing,
renaming and deleting of a file or folder. Before each of them, what survives a loss of power is, at the least, what
was synced: of a file its content then, of a folder its names then. What came after may survive or not, each name and
each content by itself, and of a content half. Of such states LIMIT are tried at the most, SEEDS drawn at a boundary.

Run as a process of its own, since an audit hook stays.
"""

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index import update
from index.backend import check
from index.errors import NoIndexError
from tests.endure.states import assert_old_or_new, replaced, versions, write_posts

POSTS = 40
_EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}

# A state: each file by its path, with its content; None for a folder.
State = dict[str, bytes | None]


@dataclass(slots=True)
class Disk:
    """Follows what is done below a folder: names of folders and contents of files, now and as they were synced."""

    root: Path
    names: dict[int, dict[str, int]] = field(default_factory=dict)
    contents: dict[int, bytes] = field(default_factory=dict)
    synced_names: dict[int, dict[str, int]] = field(default_factory=dict)
    synced_contents: dict[int, bytes] = field(default_factory=dict)
    _kept_open: dict[int, int] = field(default_factory=dict)

    def look(self) -> None:
        """Take in what is there now."""
        self.names.clear()
        self._look(self.root)

    def _look(self, folder: Path) -> int:
        inode = self._keep(folder)
        found = self.names[inode] = {}
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                found[path.name] = self._look(path)
            else:
                found[path.name] = number = self._keep(path)
                self.contents[number] = path.read_bytes()
        return inode

    def _keep(self, path: Path) -> int:
        """Return the number of a file or folder, and keep it open, so that no other one gets the number."""
        inode = path.stat().st_ino
        if inode not in self._kept_open:
            self._kept_open[inode] = os.open(path, os.O_RDONLY)
        return inode

    def sync_all(self) -> None:
        self.synced_names = {inode: dict(names) for inode, names in self.names.items()}
        self.synced_contents = dict(self.contents)

    def sync(self, path: Path) -> None:
        inode = path.stat().st_ino
        if path.is_dir():
            self.synced_names[inode] = dict(self.names[inode])
        else:
            self.synced_contents[inode] = self.contents[inode]

    def states(self, seeds: Iterable[int]) -> Iterable[State]:
        """Yield what may be there after a loss of power: all that was done, what was synced, and what lies between."""
        yield self._state(lambda: 1.0)
        yield self._state(lambda: 0.0)
        for seed in seeds:
            yield self._state(random.Random(seed).random)

    def _state(self, chance: Callable[[], float]) -> State:
        state: State = {}
        self._survive(self.root.stat().st_ino, "", state, chance)
        return state

    def _survive(self, folder: int, path: str, state: State, chance: Callable[[], float]) -> None:
        now, synced = self.names.get(folder, {}), self.synced_names.get(folder, {})
        for name in sorted({*now, *synced}):
            if (inode := (now if chance() >= 0.5 else synced).get(name)) is None:
                continue
            below = f"{path}{name}"
            if inode in self.names or inode in self.synced_names:
                state[below] = None
                self._survive(inode, f"{below}/", state, chance)
            else:
                last, safe = self.contents[inode], self.synced_contents.get(inode, b"")
                drawn = 1.0 if last == safe else chance()
                state[below] = last if drawn >= 2 / 3 else last[: len(last) // 2] if drawn >= 1 / 3 else safe


def record(root: Path, run: Callable[[], object], seeds: int) -> list[State]:
    """Return what may survive below `root` of each boundary of what `run` does there, each state once."""
    disk = Disk(root)
    disk.look()
    disk.sync_all()
    found: dict[tuple[tuple[str, bytes | None], ...], State] = {}
    boundaries, is_recording, really_sync = 0, True, os.fsync

    def pass_boundary() -> None:
        nonlocal boundaries, is_recording
        is_recording = False
        disk.look()
        for state in disk.states(range(boundaries * seeds, (boundaries + 1) * seeds)):
            found.setdefault(tuple(sorted(state.items())), state)
        boundaries += 1
        is_recording = True

    def on_event(event: str, arguments: tuple[object, ...]) -> None:
        if not is_recording or event not in _EVENTS:
            return
        writes = event != "open" or (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        # What is deleted by shutil is named within an open folder.
        if writes and (str(arguments[0]).startswith(str(root)) or not Path(str(arguments[0])).is_absolute()):
            pass_boundary()

    def sync(descriptor: int) -> None:
        nonlocal is_recording
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        really_sync(descriptor)
        if path.is_relative_to(root):
            pass_boundary()
            is_recording = False
            disk.sync(path)
            is_recording = True

    sys.addaudithook(on_event)
    os.fsync = sync
    run()
    pass_boundary()
    is_recording, os.fsync = False, really_sync
    print(f"{boundaries:5} boundaries, {len(found)} states")
    return list(found.values())


def main(how: str, folder: Path, seeds: int, limit: int) -> None:
    archive, root = folder / "archive", folder / "root"
    location = root / "index"
    root.mkdir()
    old: dict[str, str] = {}
    write_posts(archive, range(POSTS), "第一版")
    if how != "build":
        for number in range(3):  # so that the next commit merges
            write_posts(archive, [number], f"{number}")
            update(location, [archive])
        write_posts(archive, range(3), "第一版")
        update(location, [archive])
        old = versions(location)
    write_posts(archive, range(5, 9), "第二版")
    new = replaced(replaced({}, range(POSTS), "第一版"), range(5, 9), "第二版")
    states = record(root, lambda: update(location, [archive], rebuild=how == "rebuild"), seeds)
    chosen = states if len(states) <= limit else random.Random(0).sample(states, limit)
    news = sum(_survives(state, folder / f"states/{number}", archive, old, new) for number, state in enumerate(chosen))
    print(f"{len(chosen):5} tried, {news} new, {len(chosen) - news} old")


def _survives(state: State, place: Path, archive: Path, old: dict[str, str], new: dict[str, str]) -> bool:
    """Tell whether what survived is the new index; it has to be whole, old or new, and the next update to finish."""
    for path, content in state.items():
        target = place / path
        if content is None:
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    location = place / "index"
    if not old:
        try:
            assert versions(location) == new
            assert check(location).is_whole
        except NoIndexError:
            update(location, [archive])
            assert versions(location) == new
            return False
    is_new = assert_old_or_new(location, old, new, lambda: update(location, [archive]))
    shutil.rmtree(place)
    return is_new


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
