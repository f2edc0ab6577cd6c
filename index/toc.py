"""Whoosh's table of contents: what a commit puts in force."""

import struct
import zlib
from pathlib import Path
from pickle import UnpicklingError

import whoosh.index
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, EmptyIndexError

from index.durable import write_whole
from index.errors import DamagedIndexError, how_to_rebuild
from index.storage import INDEX_NAME, latest_generation, toc_file

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


class PreparedToc:
    """Is a table of contents to be written, of which the manifest is to hold the checksum before."""

    def __init__(self, toc: TOC) -> None:
        storage = RamStorage()
        toc.write(storage, INDEX_NAME)
        (name,) = storage.list()
        self._generation = int(toc.generation)
        with storage.open_file(name) as stream:
            self._content = bytes(stream.read())

    @property
    def checksum(self) -> int:
        return zlib.crc32(self._content)

    def write(self, data: Path) -> None:
        """Put the table of contents in force in the folder `data`, in one step."""
        write_whole(toc_file(data, self._generation), self._content)


def create_toc(data: Path, schema: Schema) -> None:
    """Make an empty Whoosh index in the folder `data`."""
    PreparedToc(TOC(schema, [], 0)).write(data)


def read_toc(data: Path) -> TOC:
    """Return the newest table of contents in the folder `data`; raise DamagedIndexError if there is none to read."""
    try:
        return TOC.read(FileStorage(str(data)), INDEX_NAME)
    except _UNREADABLE as error:
        raise _damaged(data, str(error)) from error


def check_toc(data: Path, checksum: int) -> None:
    """Raise DamagedIndexError unless the newest table of contents in the folder `data` has that `checksum`."""
    path = toc_file(data, latest_generation(data))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(data, str(error)) from error
    if zlib.crc32(content) != checksum:
        raise _damaged(data, f"the bytes of {path.name} have changed")


def _damaged(data: Path, reason: str) -> DamagedIndexError:
    return DamagedIndexError(f"The index at {data.parent} is damaged ({reason}). {how_to_rebuild(data.parent)}")
