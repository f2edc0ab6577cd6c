"""What a check of an index finds, and what it compares wherever the index lies: posts, files known, files there."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.archive.walk import Unreadable, walk
from index.errors import ArchiveError
from index.files.paths import readable
from index.updates.file_catalog import UNSETTLED, FileRecord, Files
from index.updates.report import Problem

# The id of a post as the index has it, and archive and path of each of its saves.
Stored = tuple[str, set[tuple[str, str]]]


@dataclass(slots=True)
class CheckReport:
    """Is what a check found: what it looked through, and what is `damaged`.

    How many files of the archives have changed since the index last matched them, which is no damage, `behind` says.
    """

    files: int = 0
    bytes: int = 0
    posts: int = 0
    saves: int = 0
    damaged: list[Problem] = field(default_factory=list)
    behind: int = 0

    @property
    def is_whole(self) -> bool:
        return not self.damaged

    def as_json(self) -> dict[str, Any]:
        return {
            "whole": self.is_whole,
            "files": self.files,
            "bytes": self.bytes,
            "posts": self.posts,
            "saves": self.saves,
            "damaged": [problem.as_json() for problem in self.damaged],
            "behind": self.behind,
        }


def compare_posts(stored: Iterable[Stored], files: Files) -> Iterator[Problem]:
    """Yield what is wrong with the stored posts, each of which is to have exactly the saves that `files` tell of."""
    known: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    unsettled: set[str] = set()
    for archive, records in files.items():
        for path, record in records.items():
            if record.post:
                known[record.post].add((archive, path))
                if record.size == UNSETTLED:  # it changed while it was read, and is read again by the next update
                    unsettled.add(record.post)
    for post_id, saves in stored:
        if saves != known.pop(post_id, None) and post_id not in unsettled:
            yield Problem(post_id, "does not have the saves that the files have, or is there twice")
    yield from (Problem(post_id, "is not there") for post_id in known.keys() - unsettled)


def behind(files: Files) -> int:
    """Return how many files are others than `files` tell, or not there; all of an archive that can't be looked into."""
    return sum(_behind_in(archive, dict(known)) for archive, known in files.items())


def _behind_in(archive: str, unseen: dict[str, FileRecord]) -> int:
    count = 0
    with suppress(ArchiveError, OSError):
        for entry in walk(Path(archive)):
            if isinstance(entry, Unreadable):
                count += 1
                continue
            known = unseen.pop(readable(os.path.relpath(entry.path, archive)), None)
            stat = entry.stat()
            count += known is None or (known.size, known.mtime_ns) != (stat.st_size, stat.st_mtime_ns)
    return count + len(unseen)
