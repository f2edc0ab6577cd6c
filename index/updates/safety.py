"""Guards of an update: archives stay apart, and a disk that is not mounted loses nothing."""

import os
from pathlib import Path

from index.errors import ArchiveError, ShrunkArchiveError, index_command
from index.updates.file_catalog import FileRecord, Files
from index.updates.scan import Scan, is_within


def check_apart(archives: list[str], location: object) -> None:
    """Raise ArchiveError if an archive lies inside the index, if that is a folder, or inside another archive."""
    for archive in archives:
        if isinstance(location, Path) and Path(archive).is_relative_to(location):
            raise ArchiveError(f"The archive {archive} lies inside the index {location}: keep the two apart.")
        around = next((other for other in archives if other != archive and Path(archive).is_relative_to(other)), None)
        if around:
            raise ArchiveError(
                f"The archive {archive} lies inside {around}, which is indexed too: name one of them, "
                "with --rebuild if the index remembers the other."
            )


def check_loss(known: Files, result: Scan, location: object) -> None:
    """Raise ShrunkArchiveError if less than half of the saves that were known of an archive are left of it."""
    for archive, files in result.files.items():
        before, now = _saves(known.get(archive, {})), _saves(files)
        if 2 * now < before:
            raise ShrunkArchiveError(
                f"The archive {archive} had {before:,} saves and has {now:,} now: the index is left as it is. Mount "
                "its disk, or wait for what is rewriting it; if the files are meant to be gone, run "
                f"{index_command(location, '--prune')}."
            )


def check_openable(known: Files, result: Scan) -> None:
    """Raise ArchiveError if a rebuild would lose saves of files that can't be opened."""
    for problem in result.unopened:
        for archive, files in known.items():
            shut = os.path.relpath(problem.path, archive)
            held = sum(bool(record.post) for path, record in files.items() if is_within(path, shut))
            if held:
                raise ArchiveError(
                    f"{problem.path} {problem.reason}, and the index holds {held} saves of it that a rebuild would "
                    "lose: make it readable, or delete it."
                )


def _saves(files: dict[str, FileRecord]) -> int:
    return sum(bool(record.post) for record in files.values())
