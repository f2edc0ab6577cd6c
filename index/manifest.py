"""What built an index, from which files, and whether that is still true."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from index import analyzer
from index.durable import write_whole
from index.errors import DamagedIndexError, OutdatedIndexError, how_to_rebuild, index_command
from index.facets import SCHEMA_VERSION

FORMAT = 2


# The size of no file: what was changing while it was read is to be read again.
UNSETTLED = -1


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Is what is known of one file: a post's save (`post` is its id), or why it is none (`problem`)."""

    size: int
    mtime_ns: int
    digest: str
    post: str = ""
    problem: str = ""


# For each archive its files by relative path.
Files = dict[str, dict[str, FileRecord]]


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """Names a segment's file, with how many documents it has and which of them are deleted."""

    file: str
    size: int
    deleted: list[int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Is what one commit holds and was made from; `updated` is when it last matched its archives, in ISO form."""

    segments: list[SegmentRecord]
    fingerprint: dict[str, str]
    archives: list[str]
    saves: int
    updated: str


@cache
def fingerprint() -> dict[str, str]:
    """Return everything that an index made now would depend on, beside the archive."""
    return {"format": str(FORMAT), "schema": str(SCHEMA_VERSION), **analyzer.fingerprint()}


def check_fingerprint(manifest: Manifest, location: Path) -> None:
    """Raise OutdatedIndexError, naming what changed, unless the index was made by the present rules."""
    now = fingerprint()
    changed = [
        f"{name} was {manifest.fingerprint.get(name, 'none')} and is {now.get(name, 'none')}"
        for name in sorted({*now, *manifest.fingerprint})
        if now.get(name) != manifest.fingerprint.get(name)
    ]
    if changed:
        raise OutdatedIndexError(
            f"The index at {location} was made by other rules ({'; '.join(changed)}): "
            f"run {index_command(location, '--rebuild')}."
        )


def write_manifest(files: Files, segments: list[SegmentRecord], data: Path, generation: int) -> None:
    """Write what the commit `generation` is made from, to be there before the commit takes effect."""
    rows = {archive: {path: _to_row(record) for path, record in known.items()} for archive, known in files.items()}
    _write(_files_path(data, generation), rows)
    write_header(files, segments, data, generation)


def write_header(files: Files, segments: list[SegmentRecord], data: Path, generation: int) -> None:
    """Write that the commit `generation` matches its archives now, where `files` are as they were."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    _write(_path(data, generation), asdict(Manifest(segments, fingerprint(), list(files), count_saves(files), now)))


def count_saves(files: Files) -> int:
    """Return how many of `files` are saves of posts."""
    return sum(bool(record.post) for known in files.values() for record in known.values())


def read_manifest(data: Path, generation: int) -> Manifest:
    """Return the manifest of the commit `generation`; raise DamagedIndexError if it can't be read."""
    record = _read(_path(data, generation))
    try:
        # Other formats need not name segments; all that is asked of them is what they were made by.
        segments = record["segments"] if record["fingerprint"]["format"] == str(FORMAT) else []
        return Manifest(**{**record, "segments": [SegmentRecord(**segment) for segment in segments]})
    except (TypeError, LookupError) as error:
        raise _damaged(_path(data, generation), error) from error


def read_files(data: Path, generation: int) -> Files:
    """Return the files that the commit `generation` was made from; raise DamagedIndexError if they can't be read."""
    path = _files_path(data, generation)
    try:
        return {
            archive: {path: FileRecord(*row) for path, row in rows.items()} for archive, rows in _read(path).items()
        }
    except (TypeError, AttributeError) as error:
        raise _damaged(path, error) from error


def discard_other_manifests(data: Path, generation: int) -> None:
    """Delete what was written of commits other than `generation`."""
    for path in (*data.glob("manifest-*.json*"), *data.glob("files-*.json*")):
        if path not in (_path(data, generation), _files_path(data, generation)):
            path.unlink()


def _path(data: Path, generation: int) -> Path:
    return data / f"manifest-{generation}.json"


def _files_path(data: Path, generation: int) -> Path:
    # Apart from the manifest, since there may be many files and no search needs them.
    return data / f"files-{generation}.json"


def _write(path: Path, record: object) -> None:
    write_whole(path, json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogateescape"))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DamagedIndexError:
    location = path.parent.parent
    return DamagedIndexError(
        f"The index at {location} is damaged: {path.name} can't be read ({error}). {how_to_rebuild(location)}"
    )


def _to_row(record: FileRecord) -> list[object]:
    return [record.size, record.mtime_ns, record.digest, record.post, record.problem]
