"""The folder as a backend."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from index.archive.partition import WHOLE
from index.errors import NoSpaceError
from index.segments.stored_posts import StoredPosts
from index.store import directory, manifest
from index.store.catalog_layers import read_catalog
from index.store.check import check_folder
from index.store.lock import write_lock
from index.store.target import FolderWriter
from index.updates.backend import IndexContents
from index.updates.check import CheckReport
from index.updates.report import Progress

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FolderBackend:
    """The folder `location`."""

    partition = WHOLE

    def __init__(self, location: Path) -> None:
        self.location = location

    def newest_commit(self) -> object:
        return directory.active_commit(self.location)

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
        data = directory.data_folder(self.location)
        header = manifest.read_manifest(data, directory.latest_generation(data))
        manifest.check_fingerprint(header, self.location)
        manifest.check_files(header, data)
        yield IndexContents(
            sum(segment.live_count for segment in header.segments),
            read_catalog(data, header.layers, header.saves).files,
            datetime.fromisoformat(header.updated),
            lambda: iter(StoredPosts(data, header.segments)),
        )

    def check(self, progress: Progress) -> CheckReport:
        return check_folder(self.location, progress)
