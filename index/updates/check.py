"""The check of an index: its posts compared with its file catalog, and that with the files of the archives."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.archive.walk import Unreadable, walk
from index.errors import ArchiveError
from index.files.paths import readable
from index.updates.file_catalog import FileRecord, Files, file_state
from index.updates.report import Problem

# A post in the index: its id, and (archive, path) of each of its saves.
Stored = tuple[str, set[tuple[str, str]]]


@dataclass(slots=True)
class CheckReport:
    """The outcome of a check: the amount that was read, and what is `damaged`.

    `behind` counts the files of the archives that have changed since the index last matched them, which is no damage.
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
        return {"whole": self.is_whole, **asdict(self)}


def compare_with_files(report: CheckReport, stored: Iterable[Stored], files: Files) -> None:
    """Add to `report` the posts that differ from `files`, and the number of files that have changed since."""
    differing = list(_compare_posts(stored, files))
    named = {problem.path for problem in report.damaged}
    report.damaged += [problem for problem in differing if problem.path not in named]
    report.behind = sum(_behind_in(archive, dict(known)) for archive, known in files.items())


def _compare_posts(stored: Iterable[Stored], files: Files) -> Iterator[Problem]:
    """Yield the stored posts that don't have exactly the saves of `files`."""
    known: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    unsettled: set[str] = set()
    for archive, records in files.items():
        for path, record in records.items():
            if record.post:
                known[record.post].add((archive, path))
                if not record.digest:  # it changed while it was read, and is read again by the next update
                    unsettled.add(record.post)
    for post_id, saves in stored:
        if saves != known.pop(post_id, None) and post_id not in unsettled:
            yield Problem(post_id, "does not have the saves that the files have, or is there twice")
    yield from (Problem(post_id, "is not there") for post_id in known.keys() - unsettled)


def _behind_in(archive: str, unseen: dict[str, FileRecord]) -> int:
    """Return how many files differ from the known ones, or are gone: all where the archive can't be opened."""
    count = 0
    with suppress(ArchiveError, OSError):
        for entry in walk(Path(archive)):
            if isinstance(entry, Unreadable):
                count += 1
                continue
            known = unseen.pop(readable(os.path.relpath(entry.path, archive)), None)
            count += known is None or not known.digest or known.state != file_state(entry.stat())
    return count + len(unseen)
