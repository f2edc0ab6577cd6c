"""What can go wrong, one class per thing the user can do about it."""

import shlex


class SearcherError(Exception):
    """Is the base of every error whose message is a sentence meant for the user; `code` names it in JSON."""

    code = "error"

    def as_json(self) -> dict[str, object]:
        """Return the error as the contract's JSON names it."""
        return {"code": self.code, "message": str(self)}


class ArchiveError(SearcherError):
    """Says that an archive folder cannot be used: give another path, or mount it."""

    code = "archive"


class ShrunkArchiveError(ArchiveError):
    """Says that most of an archive is gone all at once: bring it back, or say with `--prune` that it is meant."""

    code = "archive_shrunk"


class NoSpaceError(SearcherError):
    """Says that the disk is full: make room, and run the update again."""

    code = "no_space"


class NoIndexError(SearcherError):
    """Says that there is no index at a location: run `searcher index` first, or name another location."""

    code = "no_index"


class ForeignFolderError(NoIndexError):
    """Says that the folder named as an index holds something else, which is left as it is."""

    code = "not_an_index"


class OutdatedIndexError(SearcherError):
    """Says that an index was made by other rules than the present ones: rebuild it."""

    code = "index_outdated"


class DamagedIndexError(SearcherError):
    """Says that an index is there but can't be read: rebuild it."""

    code = "index_damaged"


class UserWordsError(SearcherError):
    """Says that the file of the user's own words can't be read, or has a line without meaning: correct it."""

    code = "words"


class LockedIndexError(SearcherError):
    """Says that another process is writing the index: wait for it."""

    code = "index_locked"


class MovingIndexError(SearcherError):
    """Says that commits came again and again while all hits were read: wait, or ask for less."""

    code = "index_moving"


class LocationError(SearcherError):
    """Says that what should name an index doesn't, or names one that can't do what was asked: correct it."""

    code = "location"


class ClusterError(SearcherError):
    """Says that a cluster can't answer in full or take in what it was sent: see to the cluster, and try again."""

    code = "cluster"


def index_command(location: object, *rest: str) -> str:
    """Return the command that brings the index at `location` up to date, for a message that tells to run it."""
    return f"`{' '.join(('searcher index --index', shlex.quote(str(location)), *rest))}`"


def how_to_rebuild(location: object) -> str:
    """Return the sentence that says how to make the index at `location` anew."""
    return f"Run {index_command(location, '--rebuild', 'ARCHIVE')}."
