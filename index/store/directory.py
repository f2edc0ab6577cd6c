"""The folder of an index: a marker names the active one of its data folders.

    LOCATION/searcher.json      names the active data folder; replaced in one step
    LOCATION/data-384/          a Whoosh index and one manifest per commit
    LOCATION/write.lock         the lock of the writing process
    LOCATION/writer.json        its PID, host and time

A rebuild fills a new data folder and then swaps the marker; a crash at any moment leaves the old one active.
"""

import re
from contextlib import suppress
from pathlib import Path

from index.errors import (
    DamagedIndexError,
    ForeignFolderError,
    NoIndexError,
    how_to_rebuild,
    index_command,
)
from index.files.checked_json import decode_json, replace_json
from index.files.durable import sync
from index.segments.record import INDEX_NAME

_MARKER = "searcher.json"
LOCK, LOCK_HOLDER = "write.lock", "writer.json"
_KIND = "searcher index"
_OUR_FILES = (_MARKER, f"{_MARKER}.new", LOCK, LOCK_HOLDER)
_DATA_NAME = re.compile(r"data-\d{1,9}")
_DATA_FILE = re.compile(r"_?MAIN_|(manifest|files|import)-\d")
_DICTIONARY = "dictionary.arr"
_WORDS = "words.txt"
_TOC = re.compile(r"_MAIN_(\d+)\.toc")


def is_index(location: Path) -> bool:
    """Return whether `location` claims to be an index."""
    return (location / _MARKER).exists()


def dictionary_file(data: Path) -> Path:
    """Return the path of the dictionary by which the words of the index in `data` were cut."""
    return data / _DICTIONARY


def words_file(data: Path) -> Path:
    """Return the path of the user's own words that the index in `data` was made with."""
    return data / _WORDS


def toc_file(data: Path, generation: int) -> Path:
    """Return the path of the table of contents of a commit, as Whoosh names it."""
    return data / f"_{INDEX_NAME}_{generation}.toc"


def latest_generation(data: Path) -> int:
    """Return the number of the newest commit in the folder `data`, or -1 if there is none."""
    try:
        found = [_TOC.fullmatch(path.name) for path in data.iterdir()]
    except FileNotFoundError:  # a rebuild has taken its place
        return -1
    return max((int(match[1]) for match in found if match), default=-1)


def data_folder(location: Path) -> Path:
    """Return the active data folder of the index at `location`.

    Raises NoIndexError, ForeignFolderError, or DamagedIndexError if the marker can't be read.
    """
    marker = location / _MARKER
    try:
        record = decode_json(marker.read_bytes())
        if record["kind"] == _KIND:
            if not _DATA_NAME.fullmatch(record["data"]):
                raise ValueError(record["data"])
            return location / str(record["data"])
    except (FileNotFoundError, NotADirectoryError):
        refuse_foreign(location)
        # A first build that was killed leaves no more than this either.
        is_unnamed = any(map(_is_data, location.iterdir())) if location.is_dir() else False
        why = f", or {_MARKER}, which names it, is gone" if is_unnamed else ""
        raise NoIndexError(
            f"There is no index at {location}{why}: run {index_command(location, 'ARCHIVE')} first."
        ) from None
    except OSError as error:
        raise NoIndexError(f"The index at {location} can't be opened: {marker}: {error.strerror}.") from error
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedIndexError(
            f"The index at {location} is damaged: {_MARKER} can't be read. {how_to_rebuild(location)}"
        ) from error
    raise ForeignFolderError(f"{location} is not an index of this program: name another folder with --index.")


def refuse_foreign(location: Path) -> None:
    """Raise ForeignFolderError if there is anything at `location` that this program didn't put there."""
    if location.exists() and not location.is_dir():
        raise ForeignFolderError(f"{location} is a file, not an index: name a folder with --index.")
    paths = sorted(location.iterdir()) if location.exists() else []
    if others := [path.name for path in paths if path.name not in _OUR_FILES and not _is_data(path)]:
        raise ForeignFolderError(
            f"{location} holds something else than an index ({others[0]}): name another folder with --index."
        )


def is_data_file(name: str) -> bool:
    """Return whether this program gives `name` to files of a data folder."""
    return Path(name).name == name and (bool(_DATA_FILE.match(name)) or name in (_DICTIONARY, _WORDS))


def _is_data(path: Path) -> bool:
    """Return whether `path` is a data folder: by its name, and because it has no file of another program."""
    if not _DATA_NAME.fullmatch(path.name) or not path.is_dir() or path.is_symlink():
        return False
    return all(is_data_file(file.name) for file in path.iterdir())


def new_data_folder(location: Path) -> Path:
    """Make and return an empty folder for the next index beside the active one."""
    import secrets  # which a search is not to wait for

    while True:
        # By chance, so that no reader takes an index for the one that was deleted before it.
        folder = location / f"data-{secrets.randbelow(10**9)}"
        with suppress(FileExistsError):
            folder.mkdir()
            return folder


def activate(location: Path, data: Path) -> None:
    """Make `data` the active data folder at `location`."""
    sync(data)
    replace_json(location / _MARKER, {"kind": _KIND, "data": data.name})


def discard_others(location: Path, data: Path) -> None:
    """Delete the data folders at `location` other than the active one, such as a killed rebuild leaves."""
    import shutil  # which a search is not to wait for

    for path in location.iterdir():
        if path != data and _is_data(path):
            # A process of a killed update may still be writing there; the next update deletes the rest.
            shutil.rmtree(path, ignore_errors=True)


def discard_files(data: Path, kept: set[str]) -> None:
    """Delete the files of ours in the folder `data` but those named `kept`, such as a killed update leaves."""
    for path in data.iterdir():
        if path.name not in kept and _DATA_FILE.match(path.name):
            with suppress(PermissionError):  # on Windows, while a reader has it open
                path.unlink(missing_ok=True)
