"""Decoding: the bytes of a file → its text, or the text of each side of a git conflict, within limits of size."""

from dataclasses import replace
from datetime import UTC, datetime

from index.archive.post import Save
from index.text.folding import fold

MAX_BYTES = 16 * 1024 * 1024
# Folded characters of a save, as many as a file of ASCII has. Two bytes of UTF-16 may be eighteen of them: ﷺ.
_MAX_CHARACTERS = MAX_BYTES
MAX_UNCHECKED_BYTES = _MAX_CHARACTERS // 9


class MalformedPost(Exception):
    """A file that looks like a post and can't be read as one; `line` is 0 where the whole file is meant."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class NotAPost(Exception):
    """A file that no format recognises."""


def read_sides(raw: bytes) -> list[str]:
    """Return the text of a file, or of both its sides, ours first, if it has conflict markers; line ends become \\n.

    Raises MalformedPost if the file is too large or no text.
    """
    text = _decode(raw)
    return _split_sides(text) if "<<<<<<<" in text and ">>>>>>>" in text else [text]


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise MalformedPost(f"is {len(raw) // 2**20} MB; a post of over {MAX_BYTES // 2**20} MB is not read")
    if not raw.strip():
        raise MalformedPost("is empty")
    encodings, problem = ["utf-8-sig", "gb18030"], "is neither UTF-8 nor GB18030 text"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings, problem = ["utf-16"], "is not the UTF-16 text that it begins as"
    elif b"\0" in raw:
        raise MalformedPost("is binary, not text", raw[: raw.index(b"\0")].count(b"\n") + 1)
    line = 0
    for encoding in encodings:
        try:
            return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = line or raw[: error.start].count(b"\n") + 1
    raise MalformedPost(problem, line)


def _split_sides(text: str) -> list[str]:
    ours: list[str] = []
    theirs: list[str] = []
    side, conflicts = "both", 0
    for line in text.split("\n"):
        marker = line[:7] if line[7:8] in ("", " ") else ""
        if marker == "<<<<<<<" and side == "both":
            side = "ours"
        elif marker == "|||||||" and side == "ours":
            side = "base"
        elif marker == "=======" and side != "both":
            side = "theirs"
        elif marker == ">>>>>>>" and side != "both":
            side = "both"
            conflicts += 1
        else:
            if side in ("both", "ours"):
                ours.append(line)
            if side in ("both", "theirs"):
                theirs.append(line)
    return ["\n".join(ours), "\n".join(theirs)] if conflicts else [text]


def check_length(save: Save) -> None:
    """Raise MalformedPost if the texts of a save fold to too many characters; up to MAX_UNCHECKED_BYTES none do."""
    characters = sum(len(fold(text)) for text in save.texts)
    if characters > _MAX_CHARACTERS:
        raise MalformedPost(f"unfolds to {characters:,} characters; a post has at most {_MAX_CHARACTERS:,}")


def merge_sides(ours: Save, theirs: Save) -> Save:
    """Return the side saved later, with the texts that only the other side has as its `other_side`."""
    never = datetime.min.replace(tzinfo=UTC)
    later, earlier = sorted((ours, theirs), key=lambda save: save.saved or never, reverse=True)
    merged = replace(later, summary=earlier.summary) if later.has_placeholder_summary else later
    lost = dict.fromkeys(text for text in (*later.texts, *earlier.texts) if text and text not in merged.texts)
    return replace(merged, other_side=tuple(lost))
