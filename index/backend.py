"""The two backends by location: a folder, or the address of an index in a cluster."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import LocationError
from index.opensearch.address import SCHEMES, ClusterOptions, cluster_location
from index.updates.report import Progress, UpdateReport

if TYPE_CHECKING:
    from index.updates.backend import Backend
    from index.updates.check import CheckReport
    from index.whoosh.toc import Index

__all__ = ["ClusterOptions", "check", "is_cluster", "open_backend", "open_whoosh", "read_location", "shown", "update"]

# Every command line imports this module, and a search waits for it: the backends are imported when they are used.


def is_cluster(location: str | Path) -> bool:
    """Return whether `location` is the address of an index in a cluster, and not a folder."""
    return isinstance(location, str) and location.startswith(tuple(f"{scheme}:" for scheme in SCHEMES))


def read_location(text: str) -> str | Path:
    """Return the location that `text` names: an address as it is, anything else as a folder."""
    return text if is_cluster(text) else Path(text)


def shown(location: str | Path) -> str | Path:
    """Return `location` as it may be shown: without a password."""
    return str(cluster_location(str(location))) if is_cluster(location) else location


def open_backend(location: str | Path, options: ClusterOptions | None = None) -> "Backend":
    """Return the backend at `location`; raise LocationError if there can be none, or none with `options`."""
    if is_cluster(location):
        from index.opensearch.backend import ClusterBackend

        return ClusterBackend(cluster_location(str(location)), options or ClusterOptions())
    if options:
        raise LocationError("Parts, shards and replicas are for an index in a cluster: name one, or leave them out.")
    from index.store.backend import FolderBackend

    return FolderBackend(Path(location).absolute())


def update(
    location: str | Path,
    archives: Iterable[str | Path] = (),
    rebuild: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
    options: ClusterOptions | None = None,
) -> UpdateReport:
    """Bring the index at `location`, a folder or an address, up to date with `archives` and those it remembers.

    Reads only files that have changed. With `rebuild`, builds a new index beside the old one, of `archives` alone if
    there are any, and then replaces it. With `prune`, removes what is gone even where it is most of an archive, or a
    whole archive that the index remembers. A crash leaves the old index. `options` are for an index in a cluster.

    Raises ArchiveError if an archive isn't there, ShrunkArchiveError, OutdatedIndexError if the index must be rebuilt,
    UserWordsError if the file of the user's words has no meaning, and the other errors of `index.errors`.
    """
    from index.updates.update import update_index

    roots = list(dict.fromkeys(os.path.realpath(archive) for archive in archives))
    return update_index(open_backend(location, options), roots, rebuild, prune, progress or (lambda *_: None))


def check(location: str | Path, progress: Progress | None = None) -> "CheckReport":
    """Compare all of the index at `location` with its checksums, and its posts with its file catalog.

    A cluster checks its own files: of an index there only the documents are compared. Raises NoIndexError,
    OutdatedIndexError, ClusterError, or DamagedIndexError if the index can't be read at all.
    """
    return open_backend(location).check(progress or (lambda *_: None))


def open_whoosh(location: str | Path) -> "Index":
    """Return the index in the folder `location` as a Whoosh index, for reading; see `index.store.stock_whoosh`.

    Raises LocationError for an index in a cluster, and the errors of `index.errors`.
    """
    if is_cluster(location):
        raise LocationError("Whoosh reads the index in a folder: name a folder, or copy the index to one.")
    from index.store.stock_whoosh import open_whoosh as open_folder

    return open_folder(Path(location).absolute())
