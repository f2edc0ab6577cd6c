"""Whether an index is whole: its bytes against its checksums, what it holds against what it knows of files."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from index import manifest, storage
from index.archive import Unreadable, walk
from index.cluster.location import is_cluster
from index.codec.arrays import SegmentArrays
from index.codec.blocks import BlockFile
from index.errors import ArchiveError, DamagedIndexError, LocationError, how_to_rebuild
from index.imports import read_reports
from index.ledger import UNSETTLED, FileRecord, Files, read_ledger
from index.manifest import Manifest
from index.paths import readable
from index.record import read_post
from index.report import Problem
from index.toc import check_toc

# Called as progress(step, done, total).
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class CheckReport:
    """Is what a check found: what it looked through, and what is `damaged`.

    How many files of the archives have changed since the index last matched them, which is no damage, `behind` says.
    """

    files: int = 0
    bytes: int = 0
    posts: int = 0
    saves: int = 0
    damaged: list[Problem] = field(default_factory=list)
    behind: int = 0

    @property
    def is_whole(self) -> bool:
        return not self.damaged

    def as_json(self) -> dict[str, Any]:
        return {
            "whole": self.is_whole,
            "files": self.files,
            "bytes": self.bytes,
            "posts": self.posts,
            "saves": self.saves,
            "damaged": [problem.as_json() for problem in self.damaged],
            "behind": self.behind,
        }


def check(location: str | Path, progress: Progress | None = None) -> CheckReport:
    """Read all of the index at `location`, compare it with its checksums and its parts with each other.

    Raises NoIndexError, OutdatedIndexError, or DamagedIndexError where nothing else can be told.
    """
    if is_cluster(location):
        raise LocationError("A cluster checks its own files: only an index in a folder can be checked.")
    location = Path(location).absolute()
    on_progress = progress or (lambda *_: None)
    data = storage.data_folder(location)
    generation = storage.latest_generation(data)
    header = manifest.read_manifest(data, generation)
    manifest.check_fingerprint(header, location)
    report = CheckReport(saves=header.saves)
    names = sorted(manifest.files_of(header, data, generation))
    for done, name in enumerate(names, 1):
        path = data / name
        try:
            report.bytes += path.stat().st_size
            _check_file(header, path)
        except (OSError, DamagedIndexError) as error:
            told = error.strerror if isinstance(error, OSError) else str(error)
            reason = str(told).removesuffix(how_to_rebuild(location)).strip()
            report.damaged.append(Problem(readable(str(path)), reason))
        report.files += 1
        on_progress("checking files", done, len(names))
    if report.is_whole:
        files = read_ledger(data, header.layers, header.saves).files
        report.damaged += _check_posts(header, data, files, report, partial(on_progress, "checking posts"))
        report.behind = _behind(files)
    return report


def _check_file(header: Manifest, path: Path) -> None:
    """Raise DamagedIndexError unless the file at `path`, of a data folder, is what was written."""
    if path.suffix == ".arr":
        BlockFile(path).verify()
    elif path.suffix == ".toc":
        check_toc(path.parent, header.toc)
    elif path.name in header.imports:
        read_reports(path.parent, [path.name])
    elif layers := [layer for layer in header.layers if layer.file == path.name]:
        # By itself a layer may take away what only those below it have.
        read_ledger(path.parent, header.layers[: header.layers.index(layers[0]) + 1], 0)
    elif path == storage.words_file(path.parent):
        manifest.check_words(header, path.parent)


def _check_posts(
    header: Manifest, data: Path, files: Files, report: CheckReport, on_post: Callable[[int, int], None]
) -> Iterator[Problem]:
    """Yield what is wrong with the stored posts, each of which is to have exactly the saves that `files` tell of."""
    known: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    unsettled: set[str] = set()
    for archive, records in files.items():
        for path, record in records.items():
            if record.post:
                known[record.post].add((archive, path))
                if record.size == UNSETTLED:  # it changed while it was read, and is read again by the next update
                    unsettled.add(record.post)
    total = sum(segment.size - len(segment.deleted) for segment in header.segments)
    for post_id, saves in _stored(header, data):
        report.posts += 1
        expected = known.pop(post_id, None)
        if saves != expected and post_id not in unsettled:
            yield Problem(post_id, "does not have the saves that the files have, or is there twice")
        on_post(report.posts, total)
    yield from (Problem(post_id, "is not there") for post_id in known.keys() - unsettled)


def _stored(header: Manifest, data: Path) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """Yield the id of each live document with the saves of its post."""
    for record in header.segments:
        segment = SegmentArrays(data / record.file, record.size, frozenset(record.deleted))
        for document in range(segment.size):
            if document not in segment.deleted:
                post = read_post(segment, document)
                yield segment.id(document), {(save.archive, save.path) for save in post.saves}


def _behind(files: Files) -> int:
    """Return how many files are others than `files` tell, or not there; all of an archive that can't be looked into."""
    return sum(_behind_in(archive, dict(known)) for archive, known in files.items())


def _behind_in(archive: str, unseen: dict[str, FileRecord]) -> int:
    behind = 0
    with suppress(ArchiveError, OSError):
        for entry in walk(Path(archive)):
            if isinstance(entry, Unreadable):
                behind += 1
                continue
            known = unseen.pop(readable(os.path.relpath(entry.path, archive)), None)
            stat = entry.stat()
            behind += known is None or (known.size, known.mtime_ns) != (stat.st_size, stat.st_mtime_ns)
    return behind + len(unseen)
