"""Update an index from archives, wherever it lies."""

import os
from collections.abc import Iterable
from pathlib import Path

from index.errors import LocationError
from index.opensearch.address import is_cluster
from index.opensearch.options import ClusterOptions
from index.store import directory
from index.store.folder_update import update_folder
from index.updates.report import Progress, UpdateReport


def newest_commit(location: str | Path) -> object:
    """Return what stands for the newest commit of the index at `location`, None if there is no index."""
    if is_cluster(location):
        from index.opensearch.writer import newest_commit as newest_in_cluster

        return newest_in_cluster(str(location))
    return directory.active_commit(Path(location))


def update(
    location: str | Path,
    archives: Iterable[str | Path] = (),
    rebuild: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
    options: ClusterOptions | None = None,
) -> UpdateReport:
    """Bring the index at `location`, a folder or an address, up to date with `archives` and with those it remembers.

    Reads only files whose size or time changed. With `rebuild`, builds anew beside the old index, of `archives`
    alone if there are any, and then puts the new one in its place. With `prune`, what is gone is let go of even where
    it is most of an archive, or all of one that the index remembers. A crash leaves the old index. `options` are for an
    index in a cluster. Raises ArchiveError if an archive isn't there, or ShrunkArchiveError, OutdatedIndexError if only
    a rebuild can help, UserWordsError if the file of the user's words has no meaning, and the other errors of
    `index.errors`.
    """
    roots = list(dict.fromkeys(os.path.realpath(archive) for archive in archives))
    on_progress = progress or (lambda *_: None)
    if is_cluster(location):
        from index.opensearch.writer import update_cluster

        return update_cluster(str(location), roots, rebuild, prune, on_progress, options or ClusterOptions())
    if options:
        raise LocationError("Parts, shards and replicas are for an index in a cluster: name one, or leave them out.")
    return update_folder(Path(location).absolute(), roots, rebuild, prune, on_progress)
