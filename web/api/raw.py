"""The file of a save as it lies in the archive."""

import os
import stat
from pathlib import Path

from flask import Response, request

from index.archive.post import Save
from searcher.engine import Searcher
from searcher.errors import ErrorMessage, UserError
from searcher.request import RequestError, whole_number
from web.api.json import known_post

_MOST_BYTES = 64 * 2**20
_ENCODINGS = ("utf-8", "gb18030")


class GoneError(UserError):
    """Says that the file of a save can't be shown: it is gone, or what stands in its place is not of the archive."""

    code = "file_gone"


def raw(searcher: Searcher, post_id: str) -> Response:
    """Answer with the file of the post's latest save, or of its n-th by the parameter `save`, as plain text."""
    saves = known_post(searcher, post_id).saves
    number = whole_number("save", request.args.get("save") or str(len(saves)))
    if not 1 <= number <= len(saves):
        raise RequestError(ErrorMessage.NO_SAVE, number=number, saves=len(saves))
    content = _read(saves[number - 1])
    response = Response(content, mimetype="text/plain")
    response.headers["Content-Type"] = f"text/plain; charset={_encoding(content)}"
    return response


def _read(save: Save) -> bytes:
    """Return the bytes of the file, unless its path leads out of the archive now, by a link that was put there."""
    archive = Path(save.archive).resolve()
    path = (archive / save.path).resolve()
    gone = GoneError(ErrorMessage.FILE_GONE, path=save.path)
    if not path.is_relative_to(archive):
        raise gone
    try:
        # A pipe in the file's place would wait for a writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
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
