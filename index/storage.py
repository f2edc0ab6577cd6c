"""Where an index lives: a folder with a marker that names the one data folder in force.

    LOCATION/searcher.json      {"kind": "searcher index", "data": "data-384"}; replaced in one step
    LOCATION/data-384/          a Whoosh index and one manifest per commit
    LOCATION/write.lock         held by the one writer

A rebuild fills a new data folder and then swaps the marker; a crash at any moment leaves the old one in force.
"""

import json
import re
import secrets
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from pickle import UnpicklingError

import whoosh.index
from whoosh.fields import Schema
from whoosh.index import TOC, EmptyIndexError
from whoosh.util.filelock import FileLock  # fcntl or msvcrt beneath

from index.durable import DurableStorage, sync, write_whole
from index.errors import (
    DamagedIndexError,
    ForeignFolderError,
    LockedIndexError,
    NoIndexError,
    how_to_rebuild,
    index_command,
)

INDEX_NAME = "MAIN"
_MARKER = "searcher.json"
_LOCK = "write.lock"
_KIND = "searcher index"
_OUR_FILES = (_MARKER, f"{_MARKER}.new", _LOCK)
_DATA_NAME = re.compile(r"data-\d{1,9}")
_DATA_FILE = re.compile(r"_?MAIN_|(manifest|files)-\d")
# What Whoosh and pickle raise on a table of contents that isn't one.
_UNREADABLE = (
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ImportError,
    struct.error,
    UnpicklingError,
    EmptyIndexError,
    whoosh.index.IndexError,
)


def is_index(location: Path) -> bool:
    """Tell whether `location` claims to be an index."""
    return (location / _MARKER).exists()


def create_toc(data: Path, schema: Schema) -> None:
    """Make an empty Whoosh index in the folder `data`."""
    TOC.create(DurableStorage(data), schema, INDEX_NAME)


def read_toc(data: Path) -> TOC:
    """Return the newest table of contents in the folder `data`; raise DamagedIndexError if there is none to read."""
    try:
        return TOC.read(DurableStorage(data), INDEX_NAME)
    except _UNREADABLE as error:
        raise DamagedIndexError(
            f"The index at {data.parent} is damaged ({error}). {how_to_rebuild(data.parent)}"
        ) from error


def latest_generation(data: Path) -> int:
    """Return the number of the newest commit in the folder `data`, or -1 if there is none."""
    try:
        return int(TOC._latest_generation(DurableStorage(data), INDEX_NAME))
    except FileNotFoundError:  # a rebuild has taken its place
        return -1


def data_folder(location: Path) -> Path:
    """Return the folder of the index in force at `location`.

    Raises NoIndexError, ForeignFolderError, or DamagedIndexError if the marker can't be read.
    """
    marker = location / _MARKER
    try:
        content = json.loads(marker.read_bytes())
        if content["kind"] == _KIND:
            return location / _data_name(content["data"])
    except (FileNotFoundError, NotADirectoryError):
        _refuse_foreign(location)
        raise NoIndexError(
            f"There is no index at {location}: run {index_command(location, 'ARCHIVE')} first."
        ) from None
    except OSError as error:
        raise NoIndexError(f"The index at {location} can't be opened: {marker}: {error.strerror}.") from error
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedIndexError(
            f"The index at {location} is damaged: {_MARKER} can't be read. {how_to_rebuild(location)}"
        ) from error
    raise ForeignFolderError(f"{location} is not an index of this program: name another folder with --index.")


def _data_name(name: object) -> str:
    if not isinstance(name, str) or not _DATA_NAME.fullmatch(name):
        raise ValueError(name)
    return name


def _refuse_foreign(location: Path) -> None:
    """Raise ForeignFolderError if there is anything at `location` that this program didn't put there."""
    if location.exists() and not location.is_dir():
        raise ForeignFolderError(f"{location} is a file, not an index: name a folder with --index.")
    paths = sorted(location.iterdir()) if location.exists() else []
    if others := [path.name for path in paths if path.name not in _OUR_FILES and not _is_data(path)]:
        raise ForeignFolderError(
            f"{location} holds something else than an index ({others[0]}): name another folder with --index."
        )


def _is_data(path: Path) -> bool:
    """Tell whether `path` is a data folder: by its name, and by holding nothing that we didn't write."""
    if not _DATA_NAME.fullmatch(path.name) or not path.is_dir() or path.is_symlink():
        return False
    return all(_DATA_FILE.match(file.name) for file in path.iterdir())


def new_data_folder(location: Path) -> Path:
    """Make and return an empty folder for the next index beside the one in force."""
    while True:
        # By chance, so that no reader takes an index for the one that was deleted before it.
        folder = location / f"data-{secrets.randbelow(10**9)}"
        with suppress(FileExistsError):
            folder.mkdir()
            return folder


def put_in_force(location: Path, data: Path) -> None:
    """Make `data` the index in force at `location`, and delete the ones that were."""
    sync(data)
    write_whole(location / _MARKER, json.dumps({"kind": _KIND, "data": data.name}).encode())
    discard_others(location, data)


def discard_others(location: Path, data: Path) -> None:
    """Delete the data folders at `location` other than the one in force, such as a killed rebuild leaves."""
    for path in location.iterdir():
        if path != data and _is_data(path):
            shutil.rmtree(path)


@contextmanager
def write_lock(location: Path) -> Iterator[None]:
    """Hold the one right to write at `location`, making the folder if need be.

    Raises LockedIndexError if another process holds it.
    """
    try:
        if is_index(location):
            with suppress(DamagedIndexError):  # a rebuild will mend it
                data_folder(location)
        else:
            _refuse_foreign(location)
        location.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(location / _LOCK))
        acquired = lock.acquire(blocking=False)
    except OSError as error:
        raise NoIndexError(f"The index folder {location} can't be written: {error.strerror or error}.") from error
    if not acquired:
        raise LockedIndexError(f"Another process is writing the index at {location}: try again when it has ended.")
    try:
        yield
    finally:
        lock.release()
