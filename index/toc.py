"""Whoosh's table of contents: what a commit puts in force."""

import struct
from pathlib import Path
from pickle import UnpicklingError

import whoosh.index
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError

from index.durable import sync
from index.errors import DamagedIndexError, how_to_rebuild
from index.storage import INDEX_NAME


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


# What Whoosh and pickle raise on a table of contents that isn't one.
_UNREADABLE = (
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ImportError,
    struct.error,
    UnpicklingError,
    EmptyIndexError,
    whoosh.index.IndexError,
)


def create_toc(data: Path, schema: Schema) -> None:
    """Make an empty Whoosh index in the folder `data`."""
    TOC.create(DurableStorage(data), schema, INDEX_NAME)


def read_toc(data: Path) -> TOC:
    """Return the newest table of contents in the folder `data`; raise DamagedIndexError if there is none to read."""
    try:
        return TOC.read(DurableStorage(data), INDEX_NAME)
    except _UNREADABLE as error:
        raise DamagedIndexError(
            f"The index at {data.parent} is damaged ({error}). {how_to_rebuild(data.parent)}"
        ) from error
