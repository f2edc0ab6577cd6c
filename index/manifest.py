"""What a commit holds, what built it, and whether that is still true."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from index import analyzer, storage
from index.errors import OutdatedIndexError, index_command
from index.facets import SCHEMA_VERSION
from index.json_files import damaged, read_json, write_json
from index.ledger import Layer, Ledger
from index.words import NONE, OwnWords, own_words_file, read_words

FORMAT = 3


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """Names a segment's file, with how many documents it has and which of them are deleted."""

    file: str
    size: int
    deleted: list[int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Is what one commit holds and was made from.

    `layers` say what it knows of files; `updated` is when it last matched its archives, in ISO form.
    """

    segments: list[SegmentRecord]
    fingerprint: dict[str, str]
    archives: list[str]
    saves: int
    layers: list[Layer]
    updated: str


def fingerprint(words: OwnWords) -> dict[str, str]:
    """Return everything that an index made now with the user's `words` would depend on, beside the archive."""
    return {**_rules(), "words": words.fingerprint}


@cache
def _rules() -> dict[str, str]:
    return {"format": str(FORMAT), "schema": str(SCHEMA_VERSION), **analyzer.fingerprint()}


def check_fingerprint(manifest: Manifest, location: Path) -> None:
    """Raise OutdatedIndexError, naming what changed, unless the index was made by the present rules and words.

    Raises WordsError if the file of the user's words has no meaning.
    """
    check_rules(manifest.fingerprint, fingerprint(read_words(own_words_file())), location)


def check_rules(then: dict[str, str], now: dict[str, str], location: object) -> None:
    """Raise OutdatedIndexError, naming what changed, if an index was made by other rules `then` than those of `now`."""
    changed = [
        f"{name} was {then.get(name, NONE)} and is {now.get(name, NONE)}"
        for name in sorted({*now, *then})
        if now.get(name, NONE) != then.get(name, NONE)
    ]
    if changed:
        raise OutdatedIndexError(
            f"The index at {location} was made by other rules ({'; '.join(changed)}): "
            f"run {index_command(location, '--rebuild')}."
        )


def write_manifest(segments: list[SegmentRecord], ledger: Ledger, data: Path, generation: int) -> None:
    """Write that the commit `generation` holds `segments` and matches its archives now, as `ledger` has them.

    Of a commit that is to be made, that is to be there before the commit takes effect.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    made_with = fingerprint(read_words(storage.words_file(data)))
    manifest = Manifest(segments, made_with, list(ledger.files), ledger.saves, list(ledger.layers), now)
    write_json(_path(data, generation), asdict(manifest))


def read_manifest(data: Path, generation: int) -> Manifest:
    """Return the manifest of the commit `generation`; raise DamagedIndexError if it can't be read."""
    path = _path(data, generation)
    record = read_json(path)
    try:
        if record["fingerprint"]["format"] != str(FORMAT):
            # All that is asked of another format is what it was made by, and of what.
            return Manifest([], record["fingerprint"], record["archives"], 0, [], "")
        segments = [SegmentRecord(**segment) for segment in record["segments"]]
        layers = [Layer(**layer) for layer in record["layers"]]
        return Manifest(**{**record, "segments": segments, "layers": layers})
    except (TypeError, LookupError) as error:
        raise damaged(path, error) from error


def discard_other_manifests(data: Path, generation: int, ledger: Ledger) -> None:
    """Delete what was written of commits other than `generation`, and layers that its `ledger` has not."""
    kept = {_path(data, generation).name, *(layer.file for layer in ledger.layers)}
    for path in (*data.glob("manifest-*.json*"), *data.glob("files-*.json*")):
        if path.name not in kept:
            path.unlink()


def _path(data: Path, generation: int) -> Path:
    return data / f"manifest-{generation}.json"
