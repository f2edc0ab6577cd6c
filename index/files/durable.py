"""Durable writes: a file is synced before its name is published."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def sync(path: Path) -> None:
    """Wait until the file or folder at `path` is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Replace the file at `path` in one step: after a crash it has all of `content`, or is as it was before.

    Names of other files in its folder are synced first.
    """
    sync(path.parent)
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    sync(new)
    new.replace(path)
    sync(path.parent)


@contextmanager
def synced_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file to write; it is synced when the block ends."""
    with path.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
