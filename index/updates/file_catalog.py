"""The file catalog: a record of each file of the archives of an index."""

import os
import time
from typing import NamedTuple

# Above the resolution of the times of any file system: FAT counts in steps of two seconds.
TICK_NS = 2_000_000_000

# Size, times of the last change of the content and of the file at all in ns, and inode.
FileState = tuple[int, int, int, int]


class FileRecord(NamedTuple):
    """One file: its state and digest, and the id of its post or the problem that it has.

    The digest is empty if the file was changing while it was read. A file that is not `is_settled` was read so soon
    after its last change that another change may leave its state the same: only its content tells.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    digest: str
    post: str = ""
    problem: str = ""
    is_settled: bool = True

    @property
    def state(self) -> FileState:
        return self[:4]


# Archive → path within it → record.
Files = dict[str, dict[str, FileRecord]]
# The records that differ from those known before; None stands for a file that is gone.
Changes = dict[str, dict[str, FileRecord | None]]


def file_state(stat: os.stat_result) -> FileState:
    """Return the state of a file, which a change of the file changes."""
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def is_settled_now(state: FileState) -> bool:
    """Return whether every change from now on will change the `state` of a file: its clock has moved on since."""
    _, mtime_ns, ctime_ns, _ = state
    changed_ns = mtime_ns if os.name == "nt" else ctime_ns  # Windows has the time of creation there
    return changed_ns + TICK_NS < time.time_ns()
