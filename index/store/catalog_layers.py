"""The file catalog of a folder, in layers: each commit writes the records that differ from the commit before.

A layer is a JSON file: archive → path → FileRecord as a list, or null for a file that is gone.
"""

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index.files.checked_json import damaged, read_json, write_json
from index.updates.file_catalog import Changes, FileRecord, Files

# Reading many layers takes time, and so does writing all records again. All layers become one when there are this many,
# or when those above the first have this share of its rows.
MAX_LAYERS = 16
MAX_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Layer:
    """The file of a layer and the number of its rows."""

    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class FileCatalog:
    """The files that a commit knows, the number of those that are saves, and the layers that hold the records."""

    files: Files = field(default_factory=dict)
    saves: int = 0
    layers: tuple[Layer, ...] = ()


def read_catalog(data: Path, layers: Iterable[Layer], saves: int) -> FileCatalog:
    """Return the catalog that `layers` in the folder `data` make up; raise DamagedIndexError if one can't be read."""
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
    """Apply the layer at `path` to `files`."""
    try:
        for archive, rows in read_json(path).items():
            known = files.setdefault(archive, {})
            known.update({name: FileRecord._make(row) for name, row in rows.items() if row})
            for name in (name for name, row in rows.items() if not row):
                del known[name]
    except (TypeError, AttributeError, LookupError) as error:
        raise damaged(path, error) from error


def write_catalog(data: Path, before: FileCatalog, files: Files, changes: Changes) -> FileCatalog:
    """Write the `changes` that lead from the catalog `before` to `files`, and return the new catalog."""
    if files.keys() == before.files.keys() and not any(changes.values()):
        return before
    forgotten = before.files.keys() - files.keys()
    saves = before.saves + sum(_added_saves(before.files.get(archive, {}), new) for archive, new in changes.items())
    kept = before.layers
    upper = sum(layer.rows for layer in kept[1:]) + _count(changes)
    if kept and (forgotten or len(kept) >= MAX_LAYERS or upper > MAX_SHARE * kept[0].rows):
        changes, kept = {archive: dict(known) for archive, known in files.items()}, ()
    numbers = (int(layer.file.removeprefix("files-").removesuffix(".json")) for layer in before.layers)
    layer = Layer(f"files-{max(numbers, default=0) + 1}.json", _count(changes))
    write_json(data / layer.file, changes)
    return FileCatalog(files, saves, (*kept, layer))


def _count(changes: Changes) -> int:
    return sum(map(len, changes.values()))


def _added_saves(before: dict[str, FileRecord], changes: dict[str, FileRecord | None]) -> int:
    now = sum(bool(record and record.post) for record in changes.values())
    return now - sum(bool(path in before and before[path].post) for path in changes)
