"""Whoosh's table of contents: the file whose renaming is a commit, and from which Whoosh itself opens an index.

Whoosh keeps it as pickles, and reading a pickle runs code that its author chose. This program writes the file and never
unpickles it: the manifest says the same, and the schema is always the present one.
"""

import pickletools
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, Index, clean_files

from index.errors import DamagedIndexError, how_to_rebuild
from index.files.durable import replace_file
from index.segments.record import INDEX_NAME, SegmentRecord
from index.whoosh.analyzer import ChineseTokenizer
from index.whoosh.codec import ArraySegment
from index.whoosh.schema import make_schema

__all__ = ["Index", "PreparedToc", "check_toc", "open_index"]

# The first bytes of the schema's pickle, and the number of bytes between it and that of the segments.
_PICKLE = b"\x80\x02"
_BETWEEN = 8


class PreparedToc:
    """The content of a table of contents before its commit, since the manifest has to hold its checksum."""

    def __init__(self, records: Iterable[SegmentRecord], generation: int) -> None:
        self._segments = [ArraySegment(record) for record in records]
        self._generation = generation
        storage = RamStorage()
        TOC(make_schema(), self._segments, generation).write(storage, INDEX_NAME)
        (name,) = storage.list()
        with storage.open_file(name) as stream:
            self.content = bytes(stream.read())
        self.checksum = zlib.crc32(self.content)

    def write(self, path: Path) -> None:
        """Write the file at `path` in one step, and delete the tables and segments before it that it replaces."""
        replace_file(path, self.content)
        clean_files(FileStorage(str(path.parent)), INDEX_NAME, self._generation, self._segments)


def open_index(data: Path, frequencies: tuple[tuple[str, int], ...]) -> Index:
    """Return the index in the folder `data`; `frequencies` are the user's words with the frequency of each."""
    return FileStorage(str(data)).open_index(INDEX_NAME, schema=make_schema(ChineseTokenizer(frequencies)))


def check_toc(path: Path, checksum: int, records: Iterable[SegmentRecord]) -> None:
    """Raise DamagedIndexError unless the table of contents at `path` has that `checksum` and is safe to unpickle.

    It is safe if it names nothing but what this program writes for `records`: a forged one could name any function.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(path, str(error)) from error
    if zlib.crc32(content) != checksum:
        raise _damaged(path, f"the bytes of {path.name} have changed")
    if not _names(content) <= _names(PreparedToc(records, 0).content):
        raise _damaged(path, f"{path.name} was not written by this program: don't open it with Whoosh")


def _names(content: bytes) -> set[object]:
    """Return every name and text in the pickles of a table of contents, without unpickling it."""
    stream = BytesIO(content)
    stream.seek(max(0, content.find(_PICKLE)))
    try:
        names = {name for _, name, _ in pickletools.genops(stream) if isinstance(name, str)}
        stream.seek(_BETWEEN, 1)
        return names | {name for _, name, _ in pickletools.genops(stream) if isinstance(name, str)}
    except (ValueError, OverflowError, MemoryError) as error:
        return {error}  # no pickle, so this program didn't write it


def _damaged(path: Path, reason: str) -> DamagedIndexError:
    location = path.parent.parent
    return DamagedIndexError(f"The index at {location} is damaged ({reason}). {how_to_rebuild(location)}")
