"""Decoding: the bytes of a file → its text, within limits of size."""

from index.archive.errors import MalformedPost
from index.archive.post import Save
from index.text.folding import fold

MAX_BYTES = 16 * 1024 * 1024
# Folded characters of a save, as many as a file of ASCII has. Two bytes of UTF-16 may be eighteen of them: ﷺ.
_MAX_CHARACTERS = MAX_BYTES
_MAX_CHARACTERS_PER_BYTE = 9


def decode(raw: bytes) -> str:
    """Return the text of a file with its line ends as \\n; raise MalformedPost if it is too large or no text."""
    if len(raw) > MAX_BYTES:
        raise MalformedPost(f"is {len(raw) // 2**20} MB; a post of over {MAX_BYTES // 2**20} MB is not read")
    if not raw.strip():
        raise MalformedPost("is empty")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_as(("utf-16",), raw, "is not the UTF-16 text that it begins as")
    if b"\0" in raw:
        raise MalformedPost("is binary, not text", raw[: raw.index(b"\0")].count(b"\n") + 1)
    return _decode_as(("utf-8-sig", "gb18030"), raw, "is neither UTF-8 nor GB18030 text")


def may_be_too_long(raw: bytes) -> bool:
    """Return whether the texts of a file may fold to more characters than `check_length` allows."""
    return len(raw) * _MAX_CHARACTERS_PER_BYTE > _MAX_CHARACTERS


def check_length(save: Save) -> None:
    """Raise MalformedPost if the texts of `save` fold to too many characters."""
    characters = sum(len(fold(text)) for text in save.texts)
    if characters > _MAX_CHARACTERS:
        raise MalformedPost(f"unfolds to {characters:,} characters; a post has at most {_MAX_CHARACTERS:,}")


def _decode_as(encodings: tuple[str, ...], raw: bytes, problem: str) -> str:
    """Return the text of `raw` in the first of `encodings` that fits; an error names the line where the first fails."""
    line = 0
    for encoding in encodings:
        try:
            return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = line or raw[: error.start].count(b"\n") + 1
    raise MalformedPost(problem, line)
