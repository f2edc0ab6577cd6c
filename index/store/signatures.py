"""Whether a file was written to since a commit named it, told without reading it.

A file whose size and times are those that the commit noted is what was written then; any other one, such as a copy, is
read and compared with its checksums. What changes beneath the file system, only `searcher check` finds.
"""

from collections.abc import Mapping
from pathlib import Path

from index.errors import DamagedIndexError, how_to_rebuild
from index.files.block_file import BlockFile

# Size, and times of the last change of content and of the file at all, in ns.
FileSignature = tuple[int, int, int]


def stamp(path: Path) -> FileSignature:
    """Return the stamp of the file at `path`; raise DamagedIndexError if there is none."""
    try:
        stat = path.stat()
    except OSError as error:
        location = path.parent.parent
        raise DamagedIndexError(
            f"The index file {path} can't be opened: {error.strerror}. {how_to_rebuild(location)}"
        ) from error
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def verify(data: Path, stamps: Mapping[str, FileSignature]) -> dict[str, FileSignature]:
    """Return the present stamps of the files of blocks in the folder `data` that `stamps` name.

    Raises DamagedIndexError if one is gone, or has been changed and is not what its checksums say.
    """
    present = {name: stamp(data / name) for name in stamps}
    for name, then in stamps.items():
        if present[name] != then:
            BlockFile(data / name).verify()
    return present
