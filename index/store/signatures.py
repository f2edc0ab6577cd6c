"""Signatures of files: they tell without reading a file that nothing wrote to it since its commit.

A file that has another signature than the commit noted, such as a copy, is read and compared with its checksums.
Changes beneath the file system are found by `searcher check` alone.
"""

from collections.abc import Mapping
from pathlib import Path

from index.errors import DamagedIndexError, how_to_rebuild
from index.files.block_file import BlockFile

# Size, and times of the last change of the content and of the file at all in ns.
FileSignature = tuple[int, int, int]


def file_signature(path: Path) -> FileSignature:
    """Return the signature of the file at `path`; raise DamagedIndexError if there is none."""
    try:
        stat = path.stat()
    except OSError as error:
        location = path.parent.parent
        raise DamagedIndexError(
            f"The index file {path} can't be opened: {error.strerror}. {how_to_rebuild(location)}"
        ) from error
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def verify(data: Path, signatures: Mapping[str, FileSignature]) -> dict[str, FileSignature]:
    """Return the present signatures of the files of blocks in the folder `data` that `signatures` name.

    Raises DamagedIndexError if one is gone, or has changed and differs from its checksums.
    """
    present = {name: file_signature(data / name) for name in signatures}
    for name, then in signatures.items():
        if present[name] != then:
            BlockFile(data / name).verify()
    return present
