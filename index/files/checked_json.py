"""Records of an index as JSON files with a checksum.

    {"crc32": "0a1b2c3d", "record": …}

The checksum is that of the record's bytes in the file.
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
    """Write `record` to a new file; its content is synced when this returns, its name not yet."""
    with synced_file(path) as stream:
        stream.write(_encode(record))


def replace_json(path: Path, record: object) -> None:
    """Replace the file at `path` by `record`, in one step even in a crash."""
    replace_file(path, _encode(record))


def read_json(path: Path) -> Any:
    """Return the record in the file at `path`; raise DamagedIndexError if it can't be read."""
    try:
        return decode_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error


def _encode(record: object) -> bytes:
    # A file's name need not be UTF-8.
    body = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogateescape")
    return b'{"crc32": "%08x", "record": %b}' % (zlib.crc32(body), body)


def decode_json(content: bytes) -> Any:
    """Return the record in `content`; raise ValueError if its bytes have changed.

    In formats up to 3, which had no checksums, the whole content is the record.
    """
    if head := _CHECKED.match(content):
        body = content[head.end() : -1]
        if zlib.crc32(body) != int(head[1], 16) or content[-1:] != b"}":
            raise ValueError("its bytes have changed")
        content = body
    return json.loads(content.decode("utf-8", "surrogateescape"))


def damaged(path: Path, error: Exception) -> DamagedIndexError:
    """Return the error for the file at `path`, of a data folder, that `error` kept from being read."""
    location = path.parent.parent
    return DamagedIndexError(
        f"The index at {location} is damaged: {path.name} can't be read ({error}). {how_to_rebuild(location)}"
    )
