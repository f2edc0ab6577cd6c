"""Walking an archive: a folder → its markdown files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from index.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or folder that could not be opened."""

    path: str
    reason: str


def walk(root: Path) -> Iterator[os.DirEntry[str] | Unreadable]:
    """Yield the markdown files below `root` in a stable order, and the entries that could not be opened.

    Folders behind symbolic links are entered, unless they are already open above. Hidden files and folders are skipped.
    Raises ArchiveError if `root` itself is no folder or can't be read.
    """
    try:
        first = _list(root), frozenset([_inode(root.stat())])
    except FileNotFoundError:
        raise ArchiveError(
            f"There is no folder {root}: check the path, or mount the disk it is on. If it is gone for good, "
            "`searcher index --prune` forgets it and its posts."
        ) from None
    except NotADirectoryError:
        raise ArchiveError(f"{root} is a file: an archive is a folder of markdown files.") from None
    except OSError as error:
        raise ArchiveError(f"The archive {root} can't be read: {error.strerror}.") from error
    # The entries still to come of each open folder, and the inodes of it and the folders above it.
    open_folders = [first]
    while open_folders:
        entries, inodes = open_folders[-1]
        entry = next(entries, None)
        if entry is None:
            open_folders.pop()
            continue
        try:
            if not entry.is_dir():
                if entry.name.endswith(".md"):
                    yield (
                        entry
                        if entry.is_file()
                        else Unreadable(entry.path, "is a link that leads nowhere, or no regular file")
                    )
            elif (inode := _inode(entry.stat())) in inodes:
                yield Unreadable(entry.path, "is a link to a folder above itself; not entered again")
            else:
                open_folders.append((_list(entry.path), inodes | {inode}))
        except OSError as error:
            yield Unreadable(entry.path, f"can't be opened: {error.strerror}")


def _list(folder: str | Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return iter(sorted((e for e in entries if not e.name.startswith(".")), key=attrgetter("name")))


def _inode(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_dev, stat.st_ino
