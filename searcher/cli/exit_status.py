"""The statuses that commands end with."""

from index.errors import (
    ClusterError,
    DamagedIndexError,
    LockedIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
)
from searcher.request import UnknownPostError

FOUND, NOTHING_FOUND, USAGE, NO_INDEX, UNREADABLE_FILES, INTERRUPTED = 0, 1, 2, 3, 4, 130
EPILOG = (
    "Exit status: 0 done or found, 1 nothing found, 2 usage or bad query, 3 no or outdated index, 4 unreadable files."
)
_INDEX_ERRORS = (NoIndexError, OutdatedIndexError, DamagedIndexError, LockedIndexError, ClusterError)


def status_of(error: SearcherError) -> int:
    """Return the status of a command that ends with `error`."""
    if isinstance(error, UnknownPostError):
        return NOTHING_FOUND
    return NO_INDEX if isinstance(error, _INDEX_ERRORS) else USAGE
