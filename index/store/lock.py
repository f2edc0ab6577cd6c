"""The writer's lock of a folder: one process writes, and its record tells the others its PID, host and time."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import DamagedIndexError, LockedIndexError, NoIndexError
from index.store import directory


@contextmanager
def write_lock(location: Path) -> Iterator[None]:
    """Hold the right to write at `location`, which is made if need be.

    The system releases the lock of a process that is killed. Raises LockedIndexError, which names the process, if
    another one holds it.
    """
    try:
        if directory.is_index(location):
            with suppress(DamagedIndexError):  # a rebuild will mend it
                directory.data_folder(location)
        else:
            directory.refuse_foreign(location)
        location.mkdir(parents=True, exist_ok=True)
        lock = FileLock(location / directory.LOCK)
        lock.acquire(blocking=False)
    except Timeout:
        writing = _holder(location / directory.LOCK_HOLDER)
        raise LockedIndexError(f"{writing} is writing the index at {location}: try again when it has ended.") from None
    except OSError as error:
        raise NoIndexError(f"The index folder {location} can't be written: {error.strerror or error}.") from error
    # Beside the lock: opening a lock empties its file in some releases of filelock.
    record = location / directory.LOCK_HOLDER
    try:
        with suppress(OSError):  # on a full disk the update reports that, not the lock
            since = datetime.now(UTC).isoformat(timespec="seconds")
            holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
            record.write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            record.unlink()
        lock.release()


def _holder(record: Path) -> str:
    """Return the process that wrote `record`."""
    try:
        holder = json.loads(record.read_text(encoding="utf-8"))
        return f"Process {holder['pid']} on {holder['host']}, since {holder['since']},"
    except (OSError, ValueError, LookupError, TypeError):  # it has only just taken the lock
        return "Another process"
