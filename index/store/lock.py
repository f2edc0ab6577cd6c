"""The one right to write an index."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from whoosh.util.filelock import FileLock  # fcntl or msvcrt beneath

from index.errors import DamagedIndexError, LockedIndexError, NoIndexError
from index.store import directory


@contextmanager
def write_lock(location: Path) -> Iterator[None]:
    """Hold the one right to write at `location`, making the folder if need be.

    Raises LockedIndexError, which says who, if another process holds it.
    """
    try:
        if directory.is_index(location):
            with suppress(DamagedIndexError):  # a rebuild will mend it
                directory.data_folder(location)
        else:
            directory.refuse_foreign(location)
        location.mkdir(parents=True, exist_ok=True)
        file = location / directory.LOCK
        lock = FileLock(str(file))
        acquired = lock.acquire(blocking=False)
    except OSError as error:
        raise NoIndexError(f"The index folder {location} can't be written: {error.strerror or error}.") from error
    if not acquired:
        raise LockedIndexError(f"{_holder(file)} is writing the index at {location}: try again when it has ended.")
    try:
        with suppress(OSError):  # on a full disk the update is to say so, not the lock
            file.write_text(json.dumps(_myself()), encoding="utf-8")
        yield
    finally:
        lock.release()


def _myself() -> dict[str, object]:
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _holder(file: Path) -> str:
    """Return who wrote itself into the lock `file`."""
    try:
        holder = json.loads(file.read_text(encoding="utf-8"))
        return f"Process {holder['pid']} on {holder['host']}, since {holder['since']},"
    except (OSError, ValueError, LookupError, TypeError):  # it has only just taken the lock
        return "Another process"
