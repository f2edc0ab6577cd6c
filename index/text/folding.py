"""Raw text → the form in which texts are compared.

Two texts that differ only in width, case, Unicode composition, traditional or simplified characters, or the
amount of white space fold to the same string. Indexing, queries and highlights all go through here.

Nearly every character folds to one character whatever stands beside it: such plain characters are looked up in
a table. Only a run of others is normalised as it comes, with the plain character before it, which may compose
with it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The map from each traditional character to its simplified one; its first line says where it is from.
SIMPLIFIED = Path(__file__).with_name("simplified.txt")
_ENCODING = "utf-32-le", "surrogatepass"

# White space of every kind that NFKC leaves as it is, to be one blank.
_BLANKED = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029"), ord(" "))
_BLANKS = re.compile("  +")

# What the table has for each character that isn't plain; this noncharacter itself counts as one.
_OTHER = "\uffff"
_OTHERS = re.compile(f"{_OTHER}+")

# Blocks whose characters fold to themselves, but for the traditional ones: pictures and strokes; Han; Hangul
# syllables, surrogates, private use; emoji; Han.
_UNCHANGED = (
    (0x2500, 0x2A00),
    (0x3400, 0xA000),
    (0xAC00, 0xF900),
    (0x1F300, 0x1FB00),
    (0x20000, 0x2F800),
    (0x30000, 0x323B0),
)
# Blocks in which the table asks what each character folds to: Latin to Armenian; phonetics to symbols; radicals,
# kana, squared words; compatible Han; full and half width; letters for mathematics; framed letters. Elsewhere no
# character is plain: they are rare here, and asking takes time.
_ASKED = (
    (0x0001, 0x0590),
    (0x1D00, 0x2500),
    (0x2E80, 0x3400),
    (0xF900, 0xFB00),
    (0xFE00, 0xFFFF),
    (0x1D400, 0x1D800),
    (0x1F000, 0x1F300),
)


def fold(text: str) -> str:
    """Return `text` folded: NFKC, case, traditional → simplified, each run of white space one space.

    White space at either end is kept (as one space), so that folding a substring gives a substring.
    """
    folded = _looked_up(text)
    if _OTHER in folded:
        stretches = _stretches(folded)
        folded = "".join(folded[at:end] if plain else _normalised(text[at:end]) for at, end, plain in stretches)
    return _BLANKS.sub(" ", folded) if "  " in folded else folded


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return `fold(text)` and, for each folded character and the end, the raw offset it began at.

    `offsets` has one entry more than the folded string; `text[offsets[i]:offsets[j]]` is what folded[i:j]
    was made of.
    """
    folded = _looked_up(text)
    if _OTHER in folded:
        folded, offsets = _normalised_with_offsets(text, folded)
    else:
        offsets = list(range(len(text) + 1))
    if "  " in folded:
        offsets = _without_repeated_blanks(folded, offsets)
        folded = _BLANKS.sub(" ", folded)
    return folded, offsets


def _looked_up(text: str) -> str:
    """Return for each character of `text` what it folds to if it is plain, else `_OTHER`."""
    if text.isascii():
        return text.lower().translate(_BLANKED)
    points = np.frombuffer(text.encode(*_ENCODING), "<u4")
    return _table().take(points, mode="clip").tobytes().decode(*_ENCODING)


def _stretches(looked_up: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the start and end of each stretch of a text, and whether it is done with what was looked up."""
    done = 0
    for run in _OTHERS.finditer(looked_up):
        start = max(run.start() - 1, 0)
        yield done, start, True
        yield start, run.end(), False
        done = run.end()
    yield done, len(looked_up), True


def _normalised(text: str) -> str:
    return _caseless(text).translate(_last_changes())


def _caseless(text: str) -> str:
    return _nfkc(_nfkc(text).casefold())


def _normalised_with_offsets(text: str, looked_up: str) -> tuple[str, list[int]]:
    folded: list[str] = []
    offsets: list[int] = []
    for start, end, plain in _stretches(looked_up):
        if plain:
            folded.append(looked_up[start:end])
            offsets.extend(range(start, end))
            continue
        for at, cluster in _clusters(text, start, end):
            folded.append(_normalised(cluster))
            offsets.extend(repeat(at, len(folded[-1])))
    offsets.append(len(text))
    return "".join(folded), offsets


def _clusters(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield where each piece of text[start:end] begins across whose ends NFKC cannot compose, and the piece."""
    for at in range(start + 1, end):
        if _begins_cluster(text, start, at):
            yield start, text[start:at]
            start = at
    yield start, text[start:end]


def _begins_cluster(text: str, start: int, at: int) -> bool:
    """Return whether NFKC cannot compose text[at] with the cluster before it, which begins at `start`."""
    # Asked first, since it takes no copy of the cluster, which may be long.
    if unicodedata.combining(_nfkd(text[at])[0]):
        return False
    return _nfkc(text[start : at + 1]) == _nfkc(text[start:at]) + _nfkc(text[at])


def _without_repeated_blanks(folded: str, offsets: list[int]) -> list[int]:
    """Return `offsets` without those of blanks that follow on a blank."""
    kept: list[int] = []
    done = 0
    for run in _BLANKS.finditer(folded):
        kept += offsets[done : run.start() + 1]
        done = run.end()
    return kept + offsets[done:]


@cache
def _table() -> NDArray[np.uint32]:
    """Return for each code point what it folds to if it is plain, else `_OTHER`, as is any beyond the end."""
    table = np.full(_UNCHANGED[-1][1] + 1, ord(_OTHER), "<u4")
    for first, last in _UNCHANGED:
        table[first:last] = np.arange(first, last)
    for first, last in _ASKED:
        table[first:last] = _caseless_points(first, last)
    changes = _last_changes()
    changed = np.arange(len(table), dtype=table.dtype)
    changed[list(changes)] = list(changes.values())
    return changed.take(table)


def _caseless_points(first: int, last: int) -> list[int]:
    """Return for each code point of a block what it folds to but for the last changes, or `_OTHER`."""
    characters = list(map(chr, range(first, last)))
    # Two calls for a block are far cheaper than two for each character.
    folded = _caseless("\0".join(characters)).split("\0")
    return [ord(b if _is_plain(a, b) else _OTHER) for a, b in zip(characters, folded, strict=True)]


def _is_plain(character: str, folded: str) -> bool:
    """Return whether `character` folds to the one character `folded` whatever stands before it."""
    if len(folded) != 1 or unicodedata.combining(character) or unicodedata.combining(folded):
        return False
    # Within the blocks that are asked, no others than the vowels and finals of Hangul compose with what is before.
    return not "\u1160" <= folded < "\u1200"


@cache
def _last_changes() -> dict[int, int]:
    """Return what becomes of characters when all else is done: traditional → simplified, white space → space.

    Characters are simplified one by one, never in phrases: a fold that looked at neighbours would make a text
    and its substring fold differently.
    """
    _, _, lines = SIMPLIFIED.read_text(encoding="utf-8").partition("\n")
    pairs = lines.replace("\n", "")
    return str.maketrans(pairs[::2], pairs[1::2]) | _BLANKED


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _nfkd(text: str) -> str:
    return unicodedata.normalize("NFKD", text)
