"""Records of an index as JSON files: on disk whole, and found damaged where they can't be read."""

import json
from pathlib import Path
from typing import Any

from index.durable import write_whole
from index.errors import DamagedIndexError, how_to_rebuild


def write_json(path: Path, record: object) -> None:
    """Write `record` so that after a crash it is there whole, or what was there before."""
    # A file's name need not be UTF-8.
    write_whole(path, json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogateescape"))


def read_json(path: Path) -> Any:
    """Return what `write_json` wrote; raise DamagedIndexError if that can't be read."""
    try:
        return json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> DamagedIndexError:
    """Return the error that says why the file at `path`, of a data folder, is no record."""
    location = path.parent.parent
    return DamagedIndexError(
        f"The index at {location} is damaged: {path.name} can't be read ({error}). {how_to_rebuild(location)}"
    )
