"""Two versions of a text → what was taken out, what was put in, and what stayed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

Kind = Literal["same", "out", "in"]

# A Latin word, a number, or a run of blanks changes as a whole; elsewhere every character may.
_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^\S\n]+|.", re.DOTALL)
# Longer texts, in tokens, would take too long and too much memory to compare.
_MOST_TOKENS = 10_000
# What stays between two changes is not worth a stop if it is shorter than this, in characters.
_LEAST_SAME = 4
# Texts that have less than this in common were written anew.
_LEAST_ALIKE = 0.5
# How much of a long stretch that stayed is shown on either side.
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """Is a stretch of two versions: taken out, put in, or in both."""

    kind: Kind
    text: str


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of both versions in order; none where they have too little in common, or are too long."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _MOST_TOKENS or Indel.normalized_similarity(old, new) < _LEAST_ALIKE:
        return ()
    return tuple(_joined(_changes(old, new)))


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return `pieces` with the middle of what stayed left out where it is long."""
    last = len(pieces) - 1
    return tuple(
        Piece("same", _cut(piece.text, n > 0, n < last)) if piece.kind == "same" else piece
        for n, piece in enumerate(pieces)
    )


def _cut(text: str, after_change: bool, before_change: bool) -> str:
    head = text[:_AROUND] if after_change else ""
    tail = text[-_AROUND:] if before_change else ""
    return f"{head}…{tail}" if len(head) + len(tail) + 1 < len(text) else text


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is taken out, what is put in, and what stays after it, in turn."""
    out = put_in = ""
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            yield out, put_in, "".join(old[step.src_start : step.src_end])
            out = put_in = ""
        out += "".join(old[step.src_start : step.src_end]) if step.tag == "delete" else ""
        put_in += "".join(new[step.dest_start : step.dest_end]) if step.tag == "insert" else ""
    yield out, put_in, ""


def _joined(changes: Iterator[tuple[str, str, str]]) -> Iterator[Piece]:
    """Yield the pieces; changes with next to nothing between them are one."""
    out = put_in = ""
    for taken, put, same in changes:
        out, put_in = out + taken, put_in + put
        if same and len(same.strip()) < _LEAST_SAME and (out or put_in):
            out, put_in = out + same, put_in + same
            continue
        yield from _pieces(out, put_in, same)
        out = put_in = ""
    yield from _pieces(out, put_in, "")


def _pieces(out: str, put_in: str, same: str) -> Iterator[Piece]:
    pieces: tuple[tuple[Kind, str], ...] = (("out", out), ("in", put_in), ("same", same))
    for kind, text in pieces:
        if text:
            yield Piece(kind, text)
