"""What a commit holds, what built it, and whether that is still true."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path

from index.errors import DamagedIndexError, OutdatedIndexError, UserWordsError, how_to_rebuild, index_command
from index.files.checked_json import damaged, read_json, replace_json, write_json
from index.schema.fields import SCHEMA_VERSION
from index.segments.record import SegmentRecord
from index.store import directory
from index.store.signatures import FileSignature, stamp, verify
from index.text import tokenizer
from index.text.user_words import NONE, UserWords, read_words, user_words_file
from index.updates.file_catalog import FileCatalog, Layer

FORMAT = 6
# When an index of another format matched its archives: nobody asks.
NEVER = datetime.min.isoformat()


@dataclass(frozen=True, slots=True)
class Manifest:
    """Is what one commit holds and was made from.

    `layers` say what it knows of files, `imports` name the last reports of updates, oldest first. `stamps` tell of
    the segments and the dictionary whether they were written to since, `toc` is the checksum of Whoosh's table of
    contents. `updated` is when it last matched its archives, in ISO form.
    """

    segments: list[SegmentRecord]
    fingerprint: dict[str, str]
    archives: list[str]
    saves: int
    layers: list[Layer]
    imports: list[str]
    stamps: dict[str, FileSignature]
    toc: int
    updated: str


def fingerprint(words: UserWords) -> dict[str, str]:
    """Return everything that an index made now with the user's `words` would depend on, beside the archive."""
    return {**_rules(), "words": words.fingerprint}


@cache
def _rules() -> dict[str, str]:
    return {"format": str(FORMAT), "schema": str(SCHEMA_VERSION), **tokenizer.fingerprint()}


def check_fingerprint(manifest: Manifest, location: Path) -> None:
    """Raise OutdatedIndexError, naming what changed, unless the index was made by the present rules and words.

    Raises UserWordsError if the file of the user's words has no meaning.
    """
    check_rules(manifest.fingerprint, fingerprint(read_words(user_words_file())), location)


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


def check_files(manifest: Manifest, data: Path) -> dict[str, FileSignature]:
    """Return the present stamps of what is searched in the folder `data`; raise DamagedIndexError if it has changed."""
    check_words(manifest, data)
    return verify(data, manifest.stamps)


def check_words(manifest: Manifest, data: Path) -> None:
    """Raise DamagedIndexError unless the words in the folder `data` are those that the index was made with."""
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
    """Write that the commit `generation` holds `segments` and matched its archives then, as `catalog` has them.

    `known` are stamps of files that were there before. Of a commit that is to be made, the manifest is to be there
    before it takes effect.
    """
    files = [directory.dictionary_file(data).name, *(segment.file for segment in segments)]
    manifest = Manifest(
        segments=segments,
        fingerprint=fingerprint(read_words(directory.words_file(data))),
        archives=list(catalog.files),
        saves=catalog.saves,
        layers=list(catalog.layers),
        imports=list(imports),
        stamps={name: (known or {}).get(name) or stamp(data / name) for name in files},
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
            # All that is asked of another format is what it was made by, and of what.
            return _checked(Manifest([], record["fingerprint"], record["archives"], 0, [], [], {}, 0, NEVER))
        segments = [SegmentRecord(**segment) for segment in record["segments"]]
        layers = [Layer(**layer) for layer in record["layers"]]
        stamps = {name: (size, modified, changed) for name, (size, modified, changed) in record["stamps"].items()}
        return _checked(Manifest(**{**record, "segments": segments, "layers": layers, "stamps": stamps}))
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        raise damaged(path, error) from error


def _checked(manifest: Manifest) -> Manifest:
    """Return `manifest`; raise an error of a value or a type unless all that it says is of its kind."""
    files = [*(segment.file for segment in manifest.segments), *(layer.file for layer in manifest.layers)]
    for name in (*files, *manifest.imports, *manifest.stamps):
        if not directory.is_data_file(name):
            raise ValueError(f"it names {name!r}")
    segments = ((segment.size, *segment.deleted) for segment in manifest.segments)
    numbers = (*chain(*segments, *manifest.stamps.values()), *(layer.rows for layer in manifest.layers))
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
    return {*(path.name for path in beside), *manifest.stamps, *layers, *manifest.imports}


def _path(data: Path, generation: int) -> Path:
    return data / f"manifest-{generation}.json"
