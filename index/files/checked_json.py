"""Records of an index as JSON files: on disk whole, and found damaged where a byte of them has changed.

    {"crc32": "0a1b2c3d", "record": …}

The checksum is that of the record's bytes as they stand there.
"""

import json
import re
import zlib
from pathlib import Path
from typing import Any

from index.errors import DamagedIndexError, how_to_rebuild
from index.files.durable import replace_file, synced_file

_CHECKED = re.compile(rb'\{"crc32": "([0-9a-f]{8})", "record": ')


def write_json(path: Path, record: object) -> None:
    """Write `record` to a file that nothing names yet; its content is on disk when this returns, its name not yet."""
    with synced_file(path) as stream:
        stream.write(_encode(record))


def replace_json(path: Path, record: object) -> None:
    """Write `record` so that after a crash it is there whole, or what was there before."""
    replace_file(path, _encode(record))


def read_json(path: Path) -> Any:
    """Return the record in the file at `path`; raise DamagedIndexError if that can't be read."""
    try:
        return decode_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error


def _encode(record: object) -> bytes:
    # A file's name need not be UTF-8.
    body = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogateescape")
    return b'{"crc32": "%08x", "record": %b}' % (zlib.crc32(body), body)


def decode_json(content: bytes) -> Any:
    """Return the record that `content` holds; raise ValueError if it isn't whole.

    Of formats up to 3, which had no checksums, the whole content is the record.
    """
    if found := _CHECKED.match(content):
        body = content[found.end() : -1]
        if zlib.crc32(body) != int(found[1], 16) or content[-1:] != b"}":
            raise ValueError("its bytes have changed")
        content = body
    return json.loads(content.decode("utf-8", "surrogateescape"))


def damaged(path: Path, error: Exception) -> DamagedIndexError:
    """Return the error that says why the file at `path`, of a data folder, is no record."""
    location = path.parent.parent
    return DamagedIndexError(
        f"The index at {location} is damaged: {path.name} can't be read ({error}). {how_to_rebuild(location)}"
    )
