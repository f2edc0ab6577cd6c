"""The manifest of a commit: its files, the rules that made it, and checks of both."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from index.errors import DamagedIndexError, UserWordsError, how_to_rebuild
from index.files.checked_json import damaged, read_json, replace_json, write_json
from index.schema.fingerprint import FORMAT, check_rules, fingerprint
from index.segments.record import SegmentRecord
from index.store import directory
from index.store.catalog_layers import FileCatalog, Layer
from index.store.signatures import FileSignature, file_signature, verify
from index.text.user_words import NONE, read_words, user_words_file

# Stands for the time at which an index of another format matched its archives, which nobody asks for.
NEVER = datetime.min.isoformat()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of one commit and the rules that made it.

    `layers` are those of the file catalog, `imports` the files of the last reports, oldest first. `signatures` are
    those of the segments and the dictionary, `toc` is the checksum of Whoosh's table of contents. `updated` is the time
    at which the commit last matched its archives, in ISO form.
    """

    segments: list[SegmentRecord]
    fingerprint: dict[str, str]
    archives: list[str]
    saves: int
    layers: list[Layer]
    imports: list[str]
    signatures: dict[str, FileSignature]
    toc: int
    updated: str


def check_fingerprint(manifest: Manifest, location: Path) -> None:
    """Raise OutdatedIndexError, naming what changed, unless the index was made by the present rules and words.

    Raises UserWordsError if the file of the user's words has no meaning.
    """
    check_rules(manifest.fingerprint, fingerprint(read_words(user_words_file())), location)


def check_files(manifest: Manifest, data: Path) -> dict[str, FileSignature]:
    """Return the present signatures of the mapped files in `data`; raise DamagedIndexError if one has changed."""
    check_words(manifest, data)
    return verify(data, manifest.signatures)


def check_words(manifest: Manifest, data: Path) -> None:
    """Raise DamagedIndexError unless the words in the folder `data` are those of the manifest."""
    copy = directory.words_file(data)
    try:
        is_whole = read_words(copy).fingerprint == manifest.fingerprint.get("words", NONE)
    except UserWordsError:
        is_whole = False
    if not is_whole:
        raise DamagedIndexError(f"The index file {copy} is damaged or gone. {how_to_rebuild(data.parent)}")


def write_manifest(
    data: Path,
    generation: int,
    segments: list[SegmentRecord],
    catalog: FileCatalog,
    toc: int,
    imports: Sequence[str] = (),
    known: dict[str, FileSignature] | None = None,
    matched: datetime | None = None,
) -> None:
    """Write the manifest of the commit `generation`, which matched its archives at the time `matched`, by default now.

    `known` are the signatures of files that an earlier commit had. The manifest of a new commit must be written before
    the commit takes effect.
    """
    files = [directory.dictionary_file(data).name, *(segment.file for segment in segments)]
    manifest = Manifest(
        segments=segments,
        fingerprint=fingerprint(read_words(directory.words_file(data))),
        archives=list(catalog.files),
        saves=catalog.saves,
        layers=list(catalog.layers),
        imports=list(imports),
        signatures={name: (known or {}).get(name) or file_signature(data / name) for name in files},
        toc=toc,
        updated=(matched or datetime.now(UTC)).isoformat(timespec="seconds"),
    )
    path = _path(data, generation)
    write = replace_json if path.exists() else write_json
    write(path, asdict(manifest))


def read_manifest(data: Path, generation: int) -> Manifest:
    """Return the manifest of the commit `generation`; raise DamagedIndexError if it can't be read."""
    if generation < 0:
        raise DamagedIndexError(
            f"The index at {data.parent} is damaged: its table of contents, {data.name}/_MAIN_N.toc, is gone. "
            f"{how_to_rebuild(data.parent)}"
        )
    path = _path(data, generation)
    record = read_json(path)
    try:
        if record["fingerprint"]["format"] != str(FORMAT):
            # Of another format only the rules and the archives are asked for.
            return _checked(Manifest([], record["fingerprint"], record["archives"], 0, [], [], {}, 0, NEVER))
        segments = [SegmentRecord(**segment) for segment in record["segments"]]
        layers = [Layer(**layer) for layer in record["layers"]]
        signatures = {
            name: (size, modified, changed) for name, (size, modified, changed) in record["signatures"].items()
        }
        return _checked(Manifest(**{**record, "segments": segments, "layers": layers, "signatures": signatures}))
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        raise damaged(path, error) from error


def _checked(manifest: Manifest) -> Manifest:
    """Return `manifest`; raise ValueError, TypeError or AttributeError if a value in it is of another kind."""
    files = [*(segment.file for segment in manifest.segments), *(layer.file for layer in manifest.layers)]
    for name in (*files, *manifest.imports, *manifest.signatures):
        if not directory.is_data_file(name):
            raise ValueError(f"it names {name!r}")
    segments = ((segment.size, *segment.deleted) for segment in manifest.segments)
    numbers = (*chain(*segments, *manifest.signatures.values()), *(layer.rows for layer in manifest.layers))
    if not all(isinstance(number, int) for number in (manifest.saves, manifest.toc, *numbers)):
        raise ValueError("a number is none")
    texts = (*manifest.archives, *chain(*manifest.fingerprint.items()))
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text is none")
    datetime.fromisoformat(manifest.updated)
    return manifest


def files_of(manifest: Manifest, data: Path, generation: int) -> set[str]:
    """Return the names of all files that make up a commit in the folder `data`."""
    beside = (_path(data, generation), directory.toc_file(data, generation), directory.words_file(data))
    layers = (layer.file for layer in manifest.layers)
    return {*(path.name for path in beside), *manifest.signatures, *layers, *manifest.imports}


def _path(data: Path, generation: int) -> Path:
    return data / f"manifest-{generation}.json"
