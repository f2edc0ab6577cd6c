"""The difference between two versions of a text: deleted, inserted and equal pieces."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

Kind = Literal["equal", "delete", "insert"]

# A token is a Latin word, a number, a run of spaces, or any other single character.
_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^\S\n]+|.", re.DOTALL)
# Longer texts take too much time and memory to compare.
_MAX_TOKENS = 10_000
# Changes with fewer equal characters between them are joined.
_MIN_EQUAL = 4
# Less similar texts count as rewritten.
_MIN_SIMILARITY = 0.5
# Characters shown of a long equal piece beside a change.
_CONTEXT = 40


class Piece(NamedTuple):
    """A piece of text that is in the old version, in the new one, or in both."""

    kind: Kind
    text: str


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of both versions in order; none if they are too different or too long."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _MAX_TOKENS or Indel.normalized_similarity(old, new) < _MIN_SIMILARITY:
        return ()
    return tuple(_joined(_changes(old, new)))


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return `pieces` with the middle of long equal ones left out."""
    last = len(pieces) - 1
    return tuple(
        Piece("equal", _cut(piece.text, n > 0, n < last)) if piece.kind == "equal" else piece
        for n, piece in enumerate(pieces)
    )


def _cut(text: str, after_change: bool, before_change: bool) -> str:
    head = text[:_CONTEXT] if after_change else ""
    tail = text[-_CONTEXT:] if before_change else ""
    return f"{head}…{tail}" if len(head) + len(tail) + 1 < len(text) else text


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the deleted text, the inserted text, and the equal text after them, in turn."""
    deleted = inserted = ""
    for step in Indel.opcodes(old, new):
        before = "".join(old[step.src_start : step.src_end])
        if step.tag == "equal":
            yield deleted, inserted, before
            deleted = inserted = ""
        elif step.tag == "delete":
            deleted += before
        else:
            inserted += "".join(new[step.dest_start : step.dest_end])
    yield deleted, inserted, ""


def _joined(changes: Iterator[tuple[str, str, str]]) -> Iterator[Piece]:
    """Yield the pieces, with close changes joined."""
    deleted = inserted = ""
    for more_deleted, more_inserted, equal in changes:
        deleted, inserted = deleted + more_deleted, inserted + more_inserted
        if equal and len(equal.strip()) < _MIN_EQUAL and (deleted or inserted):
            deleted, inserted = deleted + equal, inserted + equal
            continue
        yield from _pieces(deleted, inserted, equal)
        deleted = inserted = ""
    yield from _pieces(deleted, inserted, "")


def _pieces(deleted: str, inserted: str, equal: str) -> Iterator[Piece]:
    pieces: tuple[tuple[Kind, str], ...] = (("delete", deleted), ("insert", inserted), ("equal", equal))
    yield from (Piece(kind, text) for kind, text in pieces if text)
