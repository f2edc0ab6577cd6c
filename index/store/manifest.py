"""The manifest of a commit: its files, the rules that made it, the reports of the last updates, and checks of these."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from index.errors import DamagedIndexError, UserWordsError, how_to_rebuild
from index.files.block_file import BlockFile
from index.files.checked_json import damaged, read_json, replace_json, write_json
from index.schema.fingerprint import FORMAT, check_rules, fingerprint
from index.segments.record import SegmentRecord
from index.store import directory
from index.store.catalog_layers import FileCatalog, Layer
from index.text.user_words import NONE, read_words, user_words_file
from index.updates.report import MAX_IMPORTS, UpdateReport

# The size of a file, and the times of the last change of its content and of the file at all in ns. They tell without
# reading the file that nothing wrote to it since its commit. A file with another signature, such as a copy, is read and
# compared with its checksums. Changes beneath the file system are found by `searcher check` alone.
FileSignature = tuple[int, int, int]


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


@dataclass(slots=True)
class Commit:
    """A commit of the folder `data`, which an update turns into the next one."""

    data: Path
    generation: int = 0
    segments: list[SegmentRecord] = field(default_factory=list)
    catalog: FileCatalog = field(default_factory=FileCatalog)
    imports: list[str] = field(default_factory=list)
    signatures: dict[str, FileSignature] = field(default_factory=dict)
    toc: int = 0


def check_fingerprint(manifest: Manifest, location: Path) -> None:
    """Raise OutdatedIndexError, naming what changed, unless the index was made by the present rules and words.

    Raises UserWordsError if the file of the user's words has no meaning.
    """
    check_rules(manifest.fingerprint, fingerprint(read_words(user_words_file())), location)


def check_files(manifest: Manifest, data: Path) -> dict[str, FileSignature]:
    """Return the present signatures of the mapped files in `data`; raise DamagedIndexError if one has changed."""
    check_words(manifest, data)
    present = {name: _signature(data / name) for name in manifest.signatures}
    for name, then in manifest.signatures.items():
        if present[name] != then:
            BlockFile(data / name).verify()
    return present


def check_words(manifest: Manifest, data: Path) -> None:
    """Raise DamagedIndexError unless the words in the folder `data` are those of the manifest."""
    copy = directory.words_file(data)
    try:
        is_whole = read_words(copy).fingerprint == manifest.fingerprint.get("words", NONE)
    except UserWordsError:
        is_whole = False
    if not is_whole:
        raise DamagedIndexError(f"The index file {copy} is damaged or gone. {how_to_rebuild(data.parent)}")


def write_manifest(commit: Commit, matched: datetime | None = None) -> None:
    """Write the manifest of `commit`, which matched its archives at the time `matched`, by default now.

    `commit.signatures` are those of files that an earlier commit had. The manifest of a new commit must be written
    before the commit takes effect.
    """
    data = commit.data
    files = [directory.dictionary_file(data).name, *(segment.file for segment in commit.segments)]
    manifest = Manifest(
        segments=commit.segments,
        fingerprint=fingerprint(read_words(directory.words_file(data))),
        archives=list(commit.catalog.files),
        saves=commit.catalog.saves,
        layers=list(commit.catalog.layers),
        imports=commit.imports,
        signatures={name: commit.signatures.get(name) or _signature(data / name) for name in files},
        toc=commit.toc,
        updated=(matched or datetime.now(UTC)).isoformat(timespec="seconds"),
    )
    path = _path(data, commit.generation)
    write = replace_json if path.exists() else write_json
    write(path, asdict(manifest))


def newest_manifest(location: Path) -> tuple[Path, int, Manifest]:
    """Return the data folder, the number and the manifest of the newest commit at `location`.

    Raises NoIndexError, ForeignFolderError or DamagedIndexError.
    """
    data = directory.data_folder(location)
    generation = directory.latest_generation(data)
    return data, generation, read_manifest(data, generation)


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
            never = datetime.min.isoformat()
            return _checked(Manifest([], record["fingerprint"], record["archives"], 0, [], [], {}, 0, never))
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


def _signature(path: Path) -> FileSignature:
    """Return the signature of the file at `path`; raise DamagedIndexError if there is none."""
    try:
        stat = path.stat()
    except OSError as error:
        raise DamagedIndexError(
            f"The index file {path} can't be opened: {error.strerror}. {how_to_rebuild(path.parent.parent)}"
        ) from error
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


# --- the reports of the last updates: a file for each, named by the manifest --------------------------------------


def keep_report(data: Path, kept: list[str], report: UpdateReport) -> list[str]:
    """Write `report`, if it is news, into the folder `data`; return the names of it and those `kept`, oldest first."""
    if not report.is_news(next(iter(read_reports(data, kept[-1:])), None)):
        return kept
    number = max((int(name.removeprefix("import-").removesuffix(".json")) for name in kept), default=0) + 1
    name = f"import-{number}.json"
    write_json(data / name, report.as_json())
    return [*kept, name][-MAX_IMPORTS:]


def copy_reports(data: Path, kept: list[str], into: Path) -> list[str]:
    """Copy the reports `kept` that can be read from the folder `data` to `into`, and return their names."""
    copied = []
    for name in kept:
        with suppress(DamagedIndexError):
            write_json(into / name, read_json(data / name))
            copied.append(name)
    return copied


def read_reports(data: Path, kept: Iterable[str]) -> tuple[UpdateReport, ...]:
    """Return the reports `kept` in the folder `data`, in the order given; raise DamagedIndexError."""
    reports = []
    for name in kept:
        try:
            reports.append(UpdateReport.from_json(read_json(data / name)))
        except (TypeError, LookupError) as error:
            raise damaged(data / name, error) from error
    return tuple(reports)
