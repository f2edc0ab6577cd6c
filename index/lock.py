"""The one right to write an index."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whoosh.util.filelock import FileLock  # fcntl or msvcrt beneath

from index import storage
from index.errors import DamagedIndexError, LockedIndexError, NoIndexError


@contextmanager
def write_lock(location: Path) -> Iterator[None]:
    """Hold the one right to write at `location`, making the folder if need be.

    Raises LockedIndexError if another process holds it.
    """
    try:
        if storage.is_index(location):
            with suppress(DamagedIndexError):  # a rebuild will mend it
                storage.data_folder(location)
        else:
            storage.refuse_foreign(location)
        location.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(location / storage.LOCK))
        acquired = lock.acquire(blocking=False)
    except OSError as error:
        raise NoIndexError(f"The index folder {location} can't be written: {error.strerror or error}.") from error
    if not acquired:
        raise LockedIndexError(f"Another process is writing the index at {location}: try again when it has ended.")
    try:
        yield
    finally:
        lock.release()
