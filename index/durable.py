"""Files that are on disk, whole, before anything names them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from whoosh.filedb.filestore import FileStorage


class DurableStorage(FileStorage):  # type: ignore[misc]
    """Is Whoosh's file storage, except that what a table of contents names is on disk before it takes effect."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._unsynced: set[str] = set()

    def create_file(self, name: str, *args: object, **kwargs: object) -> object:
        self._unsynced.add(name)
        return super().create_file(name, *args, **kwargs)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: ARG002
        # Whoosh ends each commit by renaming the new table of contents into place.
        for name in self._unsynced:
            if self.file_exists(name):
                sync(Path(self.folder, name))
        self._unsynced.clear()
        Path(self.folder, oldname).replace(Path(self.folder, newname))
        sync(Path(self.folder))


def sync(path: Path) -> None:
    """Wait until the file or folder at `path` is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after a crash it is there with all of `content`, or as it was before."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    sync(beside)
    beside.replace(path)
    sync(path.parent)


@contextmanager
def synced_file(path: Path) -> Iterator[BinaryIO]:
    """Give a new file to write; it is on disk when the block ends."""
    with path.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
