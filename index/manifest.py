"""What built an index, from which files, and whether that is still true."""

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import whoosh

from index import analyzer, schema
from index.durable import write_whole
from index.errors import DamagedIndexError, OutdatedIndexError, how_to_rebuild, index_command

FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Is what is known of one file: a post's save (`post` is its id), or why it is none (`problem`)."""

    size: int
    mtime_ns: int
    digest: str
    post: str = ""
    problem: str = ""


@dataclass(slots=True)
class Manifest:
    """Is what one commit was made from; `files` holds for each archive its files by relative path."""

    fingerprint: dict[str, str]
    files: dict[str, dict[str, FileRecord]] = field(default_factory=dict)
    updated: str = ""

    @property
    def archives(self) -> list[str]:
        return list(self.files)

    @property
    def save_count(self) -> int:
        return sum(bool(record.post) for files in self.files.values() for record in files.values())


@cache
def fingerprint() -> dict[str, str]:
    """Return everything that an index made now would depend on, beside the archive."""
    version = ".".join(map(str, whoosh.__version__))
    return {"format": str(FORMAT), "schema": str(schema.VERSION), "whoosh": version, **analyzer.fingerprint()}


def check_fingerprint(manifest: Manifest, location: Path) -> None:
    """Raise OutdatedIndexError, naming what changed, unless the index was made by the present rules."""
    now = fingerprint()
    changed = [
        f"{name} was {manifest.fingerprint.get(name, 'none')} and is {now.get(name, 'none')}"
        for name in sorted({*now, *manifest.fingerprint} - {"whoosh"})
        if now.get(name) != manifest.fingerprint.get(name)
    ]
    if changed:
        raise OutdatedIndexError(
            f"The index at {location} was made by other rules ({'; '.join(changed)}): "
            f"run {index_command(location, '--rebuild')}."
        )


def write_manifest(manifest: Manifest, data: Path, generation: int) -> None:
    """Write the manifest of the commit `generation`, to be there before the commit takes effect."""
    record = {
        "fingerprint": manifest.fingerprint,
        "updated": manifest.updated,
        "files": {
            archive: {path: _to_row(record) for path, record in files.items()}
            for archive, files in manifest.files.items()
        },
    }
    write_whole(_path(data, generation), json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogateescape"))


def read_manifest(data: Path, generation: int) -> Manifest:
    """Return the manifest of the commit `generation`; raise DamagedIndexError if it can't be read."""
    path = _path(data, generation)
    try:
        record = json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
        files = {
            archive: {path: FileRecord(*row) for path, row in rows.items()} for archive, rows in record["files"].items()
        }
        return Manifest(record["fingerprint"], files, record["updated"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedIndexError(
            f"The index at {data.parent} is damaged: {path.name} can't be read ({error}). "
            + how_to_rebuild(data.parent)
        ) from error


def discard_other_manifests(data: Path, generation: int) -> None:
    """Delete the manifests of commits other than `generation`."""
    for path in data.glob("manifest-*.json*"):
        if path != _path(data, generation):
            path.unlink()


def _path(data: Path, generation: int) -> Path:
    return data / f"manifest-{generation}.json"


def _to_row(record: FileRecord) -> list[object]:
    return list(asdict(record).values())
