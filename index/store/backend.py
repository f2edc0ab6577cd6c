"""The folder as a backend."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from index.archive.partition import WHOLE
from index.errors import DamagedIndexError, NoSpaceError, SearcherError, how_to_rebuild
from index.files.block_file import BlockFile
from index.files.paths import readable
from index.segments.arrays import StoredPosts, open_segment
from index.store import directory, manifest
from index.store.catalog_layers import read_catalog
from index.store.lock import write_lock
from index.store.manifest import Manifest
from index.store.target import FolderWriter
from index.updates.backend import IndexContents
from index.updates.check import CheckReport, Stored, compare_with_files
from index.updates.report import Problem, Progress
from index.whoosh.toc import check_toc

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FolderBackend:
    """The folder `location`."""

    partition = WHOLE

    def __init__(self, location: Path) -> None:
        self.location = location

    def newest_commit(self) -> object:
        try:
            data = directory.data_folder(self.location)
        except SearcherError:
            return None
        return data.name, directory.latest_generation(data)

    @contextmanager
    def writer(self) -> Iterator[FolderWriter]:
        try:
            with write_lock(self.location):
                yield FolderWriter(self.location)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            raise NoSpaceError(
                f"There is no space left for the index at {self.location} ({error.strerror}): it is as it was. Make "
                "room, and run the update again."
            ) from error

    @contextmanager
    def contents(self) -> Iterator[IndexContents]:
        data, _, header = manifest.newest_manifest(self.location)
        manifest.check_fingerprint(header, self.location)
        manifest.check_files(header, data)
        yield IndexContents(
            sum(segment.live_count for segment in header.segments),
            read_catalog(data, header.layers, header.saves).files,
            datetime.fromisoformat(header.updated),
            lambda: iter(StoredPosts(data, header.segments)),
        )

    def check(self, progress: Progress) -> CheckReport:
        data, generation, header = manifest.newest_manifest(self.location)
        manifest.check_fingerprint(header, self.location)
        report = CheckReport(saves=header.saves)
        names = sorted(manifest.files_of(header, data, generation))
        for done, name in enumerate(names, 1):
            path = data / name
            try:
                report.bytes += path.stat().st_size
                _check_file(header, path)
            except (OSError, DamagedIndexError) as error:
                message = error.strerror if isinstance(error, OSError) else str(error)
                reason = str(message).removesuffix(how_to_rebuild(self.location)).strip()
                report.damaged.append(Problem(readable(str(path)), reason))
            report.files += 1
            progress("checking files", done, len(names))
        if report.is_whole:
            files = read_catalog(data, header.layers, header.saves).files
            stored = _stored(header, data, report, partial(progress, "checking posts"))
            compare_with_files(report, stored, files)
        return report


def _check_file(header: Manifest, path: Path) -> None:
    """Raise DamagedIndexError unless the file at `path`, of a data folder, is as it was written."""
    if path.suffix == ".arr":
        BlockFile(path).verify()
    elif path.suffix == ".toc":
        check_toc(path, header.toc, header.segments)
    elif path.name in header.imports:
        manifest.read_reports(path.parent, [path.name])
    elif layers := [layer for layer in header.layers if layer.file == path.name]:
        # A layer may remove records of the layers below it.
        read_catalog(path.parent, header.layers[: header.layers.index(layers[0]) + 1], 0)
    elif path == directory.words_file(path.parent):
        manifest.check_words(header, path.parent)


def _stored(header: Manifest, data: Path, report: CheckReport, on_post: Callable[[int, int], None]) -> Iterator[Stored]:
    """Yield every stored post."""
    total = sum(segment.live_count for segment in header.segments)
    for record in header.segments:
        segment = open_segment(data, record)
        for document in range(segment.size):
            if document not in segment.deleted:
                report.posts += 1
                post = segment.post(document)
                yield segment.id(document), {(save.archive, save.path) for save in post.saves}
                on_post(report.posts, total)
