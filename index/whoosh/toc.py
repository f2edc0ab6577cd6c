"""Whoosh's table of contents: what a commit puts in force, for readers that are Whoosh's own.

Whoosh keeps it as pickles, and to read a pickle is to run what whoever wrote it chose. So it is written and never read
as such: what it says the manifest says too, and the schema is always the present one.
"""

import pickletools
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from index.errors import DamagedIndexError, how_to_rebuild
from index.files.durable import replace_file
from index.store.directory import INDEX_NAME, latest_generation, toc_file
from index.store.manifest import SegmentRecord
from index.whoosh.schema import make_schema
from index.whoosh.segment import ArraySegment

# With what the pickle of the schema begins, and what stands between it and that of the segments.
_PICKLE = b"\x80\x02"
_BETWEEN = 8


class PreparedToc:
    """Is a table of contents to be written, of which the manifest is to hold the checksum before."""

    def __init__(self, segments: Iterable[ArraySegment], generation: int) -> None:
        storage = RamStorage()
        TOC(make_schema(), list(segments), generation).write(storage, INDEX_NAME)
        (name,) = storage.list()
        self._generation = generation
        with storage.open_file(name) as stream:
            self.content = bytes(stream.read())

    @property
    def checksum(self) -> int:
        return zlib.crc32(self.content)

    def write(self, data: Path) -> None:
        """Put the table of contents in force in the folder `data`, in one step."""
        replace_file(toc_file(data, self._generation), self.content)


def check_toc(data: Path, checksum: int, records: Iterable[SegmentRecord]) -> None:
    """Raise DamagedIndexError unless the newest table of contents in the folder `data` has that `checksum`.

    And unless it names nothing but what this program writes of the segments with `records`: who made it may have meant
    to have something run that is none of Whoosh's business.
    """
    path = toc_file(data, latest_generation(data))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(data, str(error)) from error
    if zlib.crc32(content) != checksum:
        raise _damaged(data, f"the bytes of {path.name} have changed")
    segments = [ArraySegment.of(record) for record in records]
    if not _names(content) <= _names(PreparedToc(segments, 0).content):
        raise _damaged(data, f"{path.name} was not written by this program: don't open it with Whoosh")


def _names(content: bytes) -> set[object]:
    """Return every name and text in the pickles of a table of contents, without making anything of them."""
    stream = BytesIO(content)
    stream.seek(max(0, content.find(_PICKLE)))
    try:
        names = {name for _, name, _ in pickletools.genops(stream) if isinstance(name, str)}
        stream.seek(_BETWEEN, 1)
        return names | {name for _, name, _ in pickletools.genops(stream) if isinstance(name, str)}
    except (ValueError, OverflowError, MemoryError) as error:
        return {error}  # no pickle, and so nothing that is ours


def _damaged(data: Path, reason: str) -> DamagedIndexError:
    return DamagedIndexError(f"The index at {data.parent} is damaged ({reason}). {how_to_rebuild(data.parent)}")
