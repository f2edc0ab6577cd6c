"""What is known of the files of the archives, in layers: each commit writes down what has changed since the one before.

A layer is a JSON file: archive → path → [size, mtime in ns, digest, post, problem], or null for a file that is gone.
"""

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from index.files.checked_json import damaged, read_json, write_json

# The size of no file: what was changing while it was read is to be read again.
UNSETTLED = -1
# Reading every layer takes time, and so does writing all rows anew: all become one layer when there are so many, or
# when those above the first have this share of its rows.
MAX_LAYERS = 16
MAX_SHARE = 0.25


class FileRecord(NamedTuple):
    """Is what is known of one file: a post's save (`post` is its id), or why it is none (`problem`)."""

    size: int
    mtime_ns: int
    digest: str
    post: str = ""
    problem: str = ""


# For each archive its files by relative path.
Files = dict[str, dict[str, FileRecord]]
# For each archive the files of which another record is known now, or none, because they are gone.
Changes = dict[str, dict[str, FileRecord | None]]


@dataclass(frozen=True, slots=True)
class Layer:
    """Names a layer's file, with how many rows it has."""

    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class FileCatalog:
    """Holds what a commit knows of files, how many of them are saves, and the layers that say so."""

    files: Files = field(default_factory=dict)
    saves: int = 0
    layers: tuple[Layer, ...] = ()

    def posts(self) -> set[str]:
        """Return the ids of the posts that have saves among the files."""
        return {record.post for known in self.files.values() for record in known.values() if record.post}


def read_catalog(data: Path, layers: Iterable[Layer], saves: int) -> FileCatalog:
    """Return what `layers` in the folder `data` say together; raise DamagedIndexError if one can't be read."""
    files: Files = {}
    collects = gc.isenabled()
    gc.disable()  # a hundred thousand records are no garbage: looking for it among them takes a third of the time
    try:
        for layer in layers:
            _read_layer(data / layer.file, files)
    finally:
        if collects:
            gc.enable()
    return FileCatalog(files, saves, tuple(layers))


def _read_layer(path: Path, files: Files) -> None:
    """Put into `files` what the layer at `path` says of them."""
    try:
        for archive, rows in read_json(path).items():
            known = files.setdefault(archive, {})
            known.update({name: FileRecord._make(row) for name, row in rows.items() if row})
            for name in (name for name, row in rows.items() if not row):
                del known[name]
    except (TypeError, AttributeError, LookupError) as error:
        raise damaged(path, error) from error


def write_catalog(data: Path, before: FileCatalog, files: Files, changes: Changes) -> FileCatalog:
    """Write into the folder `data` by what `changes` the `files` differ from `before`, and return what says it all."""
    if files.keys() == before.files.keys() and not any(changes.values()):
        return before
    forgotten = before.files.keys() - files.keys()
    saves = before.saves + sum(_added_saves(before.files.get(archive, {}), new) for archive, new in changes.items())
    kept = before.layers
    upper = sum(layer.rows for layer in kept[1:]) + _count(changes)
    if kept and (forgotten or len(kept) >= MAX_LAYERS or upper > MAX_SHARE * kept[0].rows):
        changes, kept = {archive: dict(known) for archive, known in files.items()}, ()
    layer = Layer(f"files-{_next_number(before)}.json", _count(changes))
    write_json(
        data / layer.file,
        {archive: {path: _row(record) for path, record in new.items()} for archive, new in changes.items()},
    )
    return FileCatalog(files, saves, (*kept, layer))


def _count(changes: Changes) -> int:
    return sum(map(len, changes.values()))


def _added_saves(before: dict[str, FileRecord], changes: dict[str, FileRecord | None]) -> int:
    now = sum(bool(record and record.post) for record in changes.values())
    return now - sum(bool(path in before and before[path].post) for path in changes)


def _next_number(before: FileCatalog) -> int:
    return max((int(layer.file.removeprefix("files-").removesuffix(".json")) for layer in before.layers), default=0) + 1


def _row(record: FileRecord | None) -> list[object] | None:
    return None if record is None else list(record)
