"""Errors for the user, one class for each remedy."""

import shlex


class SearcherError(Exception):
    """The base of errors whose message is a sentence for the user; `code` names the class in JSON."""

    code = "error"

    def as_json(self) -> dict[str, object]:
        """Return the error as it stands in JSON answers."""
        return {"code": self.code, "message": str(self)}


class ArchiveError(SearcherError):
    """An archive folder that cannot be used: give another path, or mount it."""

    code = "archive"


class ShrunkArchiveError(ArchiveError):
    """An archive that has lost most of its files at once: bring it back, or confirm with `--prune`."""

    code = "archive_shrunk"


class NoSpaceError(SearcherError):
    """A full disk: make room, and run the update again."""

    code = "no_space"


class NoIndexError(SearcherError):
    """A location without an index: run `searcher index` first, or name another location."""

    code = "no_index"


class ForeignFolderError(NoIndexError):
    """A folder that is named as an index and holds something else, which is left as it is."""

    code = "not_an_index"


class OutdatedIndexError(SearcherError):
    """An index made by other rules than the present ones: rebuild it."""

    code = "index_outdated"


class DamagedIndexError(SearcherError):
    """An index that can't be read: rebuild it."""

    code = "index_damaged"


class UserWordsError(SearcherError):
    """A file of user words that can't be read, or has an invalid line: correct it."""

    code = "words"


class LockedIndexError(SearcherError):
    """An index that another process is writing: wait for it."""

    code = "index_locked"


class MovingIndexError(SearcherError):
    """An index that was committed to again and again while all hits were read: wait, or ask for fewer."""

    code = "index_moving"


class LocationError(SearcherError):
    """A location that names no index, or one that can't do what was asked: correct it."""

    code = "location"


class ClusterError(SearcherError):
    """A cluster that can't answer in full or store what it was sent: see to the cluster, and try again."""

    code = "cluster"


def index_command(location: object, *rest: str) -> str:
    """Return the command that updates the index at `location`, for a message."""
    return f"`{' '.join(('searcher index --index', shlex.quote(str(location)), *rest))}`"


def how_to_rebuild(location: object) -> str:
    """Return the sentence for a message that tells how to rebuild the index at `location`."""
    return f"Run {index_command(location, '--rebuild', 'ARCHIVE')}."
