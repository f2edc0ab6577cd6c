"""Block files: named, checksummed blocks that are mapped into memory as arrays.

    "ARRSEG02"  block  block  …  directory  length and checksum of the directory  "ARRSEG02"

Blocks begin at multiples of 8. The directory is JSON: name → offset, length, checksum (CRC-32), dtype.
"""

import json
import mmap
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from index.errors import DamagedIndexError, how_to_rebuild

MAGIC = b"ARRSEG02"
_ALIGNMENT = 8
_FOOTER = struct.Struct("<II8s")
# The offset, length, checksum and dtype of a block.
_Entry = tuple[int, int, int, str]


class BlockWriter:
    """A writer of blocks to `stream`, one after the other; `close` writes the directory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._directory: dict[str, _Entry] = {}
        self._at = self._stream.write(MAGIC)

    def add(self, name: str, content: NDArray[Any] | bytes) -> None:
        """Write a block in one piece."""
        with self.open(name, content.dtype if isinstance(content, np.ndarray) else "u1") as append:
            append(content)

    @contextmanager
    def open(self, name: str, dtype: DTypeLike) -> Iterator[Callable[[NDArray[Any] | bytes], None]]:
        """Open a block, one at a time, and return the function that appends to it; arrays are converted to `dtype`."""
        self._pad()
        kind = np.dtype(dtype).newbyteorder("<")
        start, checksum = self._at, 0

        def append(content: NDArray[Any] | bytes) -> None:
            nonlocal checksum
            if isinstance(content, np.ndarray):
                view = np.ascontiguousarray(content, kind).reshape(-1).view(np.uint8).data
            else:
                view = memoryview(content)
            checksum = zlib.crc32(view, checksum)
            self._at += self._stream.write(view)

        yield append
        self._directory[name] = (start, self._at - start, checksum, kind.str)

    def close(self) -> None:
        """Write the directory of the blocks."""
        self._pad()
        directory = json.dumps(self._directory).encode()
        self._stream.write(directory)
        self._stream.write(_FOOTER.pack(len(directory), zlib.crc32(directory), MAGIC))

    def _pad(self) -> None:
        self._at += self._stream.write(bytes(-self._at % _ALIGNMENT))


class BlockFile:
    """The blocks of a mapped file; opening one whose directory is not intact raises DamagedIndexError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise self.damaged("it is gone") from None
        except ValueError:
            raise self.damaged("it is empty") from None
        self._directory = self._read_directory()
        self._arrays: dict[str, NDArray[Any]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def names(self) -> list[str]:
        return list(self._directory)

    def array(self, name: str) -> NDArray[Any]:
        """Return a block as a read-only array, which keeps the file mapped while it lives."""
        if name not in self._arrays:
            offset, length, _, dtype = self._entry(name)
            kind = np.dtype(dtype)
            self._arrays[name] = np.frombuffer(self._map, kind, length // kind.itemsize, offset)
        return self._arrays[name]

    def bytes(self, name: str) -> memoryview:
        """Return a block as bytes."""
        offset, length, _, _ = self._entry(name)
        return memoryview(self._map)[offset : offset + length]

    def release(self) -> None:
        """Free the memory of the pages that were read; the system reads them again when they are needed."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def check(self) -> list[str]:
        """Return the names of the blocks whose bytes have changed, and "padding" for bytes between them."""
        damaged = [name for name in self._directory if zlib.crc32(self.bytes(name)) != self._directory[name][2]]
        ends = [len(MAGIC), *(offset + length for offset, length, _, _ in self._directory.values())]
        starts = [*(offset for offset, *_ in self._directory.values()), self._directory_start]
        is_written_between = any(any(self._map[end:start]) for end, start in zip(ends, starts, strict=True))
        return [*damaged, "padding"] if is_written_between else damaged

    def verify(self) -> None:
        """Raise DamagedIndexError if bytes have changed."""
        if damaged := self.check():
            raise self.damaged(f"the bytes of {', '.join(damaged)} have changed")
        self.release()

    def _entry(self, name: str) -> _Entry:
        try:
            return self._directory[name]
        except KeyError:
            raise self.damaged(f"it has no {name}") from None

    def _read_directory(self) -> dict[str, _Entry]:
        size = len(self._map)
        if size < len(MAGIC) + _FOOTER.size or self._map[: len(MAGIC)] != MAGIC:
            raise self.damaged("it does not begin as a segment does")
        length, checksum, magic = _FOOTER.unpack(self._map[size - _FOOTER.size :])
        start = size - _FOOTER.size - length
        if magic != MAGIC or start < len(MAGIC):
            raise self.damaged("its end is missing")
        self._directory_start = start
        directory = self._map[start : start + length]
        if zlib.crc32(directory) != checksum:
            raise self.damaged("its directory has changed")
        try:
            return {name: _entry(start, *entry) for name, entry in json.loads(directory).items()}
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise self.damaged("its directory is none of this program's") from error

    def damaged(self, reason: str) -> DamagedIndexError:
        """Return the error for a file that is damaged for `reason`."""
        return DamagedIndexError(
            f"The index file {self._path} is damaged: {reason}. {how_to_rebuild(self._path.parent.parent)}"
        )


def _entry(end: int, offset: int, length: int, checksum: int, dtype: str) -> _Entry:
    """Return a valid entry of a directory that begins at `end`; raise ValueError or TypeError for any other."""
    kind = np.dtype(dtype)
    are_whole = all(isinstance(number, int) for number in (offset, length, checksum))
    is_inside = are_whole and len(MAGIC) <= offset <= offset + length <= end
    if not is_inside or kind.kind not in "iuf" or length % kind.itemsize:
        raise ValueError(offset, length, dtype)
    return offset, length, checksum, dtype
