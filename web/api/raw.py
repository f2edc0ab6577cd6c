"""The files of saves, as they are in the archive."""

import os
import stat
from pathlib import Path

from flask import Response

from index.archive.post import Save
from searcher.engine import Searcher
from searcher.errors import ErrorMessage
from searcher.request import RequestError
from web.http.errors import GoneError
from web.http.parameters import get_post, number_parameter

_MAX_BYTES = 64 * 2**20
_ENCODINGS = ("utf-8", "gb18030")


def raw(searcher: Searcher, post_id: str) -> Response:
    """Answer with the file of the save numbered `save`, by default the latest, as plain text."""
    saves = get_post(searcher, post_id).saves
    number = number_parameter("save", len(saves))
    if not 1 <= number <= len(saves):
        raise RequestError(ErrorMessage.NO_SAVE, number=number, saves=len(saves))
    content = _read(saves[number - 1])
    response = Response(content, mimetype="text/plain")
    response.headers["Content-Type"] = f"text/plain; charset={_encoding(content)}"
    return response


def _read(save: Save) -> bytes:
    """Return the content of the file; raise GoneError if its path leaves the archive now, as through a new symlink."""
    archive = Path(save.archive).resolve()
    path = (archive / save.path).resolve()
    gone = GoneError(ErrorMessage.FILE_GONE, path=save.path)
    if not path.is_relative_to(archive):
        raise gone
    try:
        # Without O_NONBLOCK, opening a pipe would wait for a writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
                raise gone
            return file.read()
    except OSError:
        raise gone from None


def _encoding(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "utf-8"
