"""Folding: raw text → the form in which texts are indexed, searched and highlighted.

Two texts that differ only in width, case, Unicode composition, traditional or simplified characters, or the amount of
white space fold to the same string.

Nearly every character is plain: it folds to one character in any context, which a table has. A run of other characters
is normalised together with the plain character before it, which may compose with it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, partial
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The map from each traditional character to its simplified one; its first line names its source.
SIMPLIFIED = Path(__file__).with_name("simplified.txt")
_ENCODING = "utf-32-le", "surrogatepass"

# White space that NFKC leaves as it is and that folds to a space.
_BLANKED = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029"), ord(" "))
_BLANKS = re.compile("  +")

_nfkc = partial(unicodedata.normalize, "NFKC")
_nfkd = partial(unicodedata.normalize, "NFKD")

# Stands in the table for each character that isn't plain, of which this noncharacter is one.
_OTHER = "\uffff"
_OTHERS = re.compile(f"{_OTHER}+")

# Blocks of plain characters, which fold to themselves unless they are traditional: pictures and strokes; Han; Hangul
# syllables, surrogates, private use; emoji; Han.
_UNCHANGED = (
    (0x2500, 0x2A00),
    (0x3400, 0xA000),
    (0xAC00, 0xF900),
    (0x1F300, 0x1FB00),
    (0x20000, 0x2F800),
    (0x30000, 0x323B0),
)
# Blocks whose characters are normalised to make the table: Latin to Armenian; phonetics to symbols; radicals, kana,
# squared words; compatible Han; full and half width; letters for mathematics; framed letters. No character of any other
# block is plain: they are rare, and normalising them takes time.
_NORMALISED = (
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
        pieces = _pieces(folded)
        folded = "".join(folded[at:end] if plain else _normalised(text[at:end]) for at, end, plain in pieces)
    return _BLANKS.sub(" ", folded) if "  " in folded else folded


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return `fold(text)` and, for each folded character and the end, its offset in `text`.

    `text[offsets[i]:offsets[j]]` folds to `folded[i:j]`; `offsets` has one entry more than the folded string.
    """
    folded = _looked_up(text)
    if _OTHER in folded:
        folded, offsets = _normalised_with_offsets(text, folded)
    else:
        offsets = list(range(len(text) + 1))
    if "  " not in folded:
        return folded, offsets
    kept: list[int] = []
    done = 0
    for run in _BLANKS.finditer(folded):
        kept += offsets[done : run.start() + 1]
        done = run.end()
    return _BLANKS.sub(" ", folded), kept + offsets[done:]


def raw_span(offsets: list[int], start: int, end: int) -> tuple[int, int]:
    """Return where folded[start:end], which is not empty, stands in the raw text.

    A part of what one character folds to stands for the whole character.
    """
    last = offsets[end - 1]
    while offsets[end] <= last:
        end += 1
    return offsets[start], offsets[end]


def _looked_up(text: str) -> str:
    """Return `text` with each plain character folded, and `_OTHER` in place of any other."""
    if text.isascii():
        return text.lower().translate(_BLANKED)
    points = np.frombuffer(text.encode(*_ENCODING), "<u4")
    return _table().take(points, mode="clip").tobytes().decode(*_ENCODING)


def _pieces(looked_up: str) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of each piece of a text, and whether it is plain: then it is folded already."""
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
    for start, end, plain in _pieces(looked_up):
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
    """Yield the start and text of each part of text[start:end] that NFKC cannot compose with its neighbours."""
    for at in range(start + 1, end):
        # First the test that takes no copy of the cluster, which may be long.
        is_combining = unicodedata.combining(_nfkd(text[at])[0])
        if not is_combining and _nfkc(text[start : at + 1]) == _nfkc(text[start:at]) + _nfkc(text[at]):
            yield start, text[start:at]
            start = at
    yield start, text[start:end]


@cache
def _table() -> NDArray[np.uint32]:
    """Return for each code point the plain character it folds to, or `_OTHER`; the last entry is for all beyond it."""
    table = np.full(_UNCHANGED[-1][1] + 1, ord(_OTHER), "<u4")
    for first, last in _UNCHANGED:
        table[first:last] = np.arange(first, last)
    for first, last in _NORMALISED:
        table[first:last] = _caseless_points(first, last)
    changes = _last_changes()
    changed = np.arange(len(table), dtype=table.dtype)
    changed[list(changes)] = list(changes.values())
    return changed.take(table)


def _caseless_points(first: int, last: int) -> list[int]:
    """Return for each code point of a block its caseless form if that is plain, or `_OTHER`."""
    characters = list(map(chr, range(first, last)))
    # Two calls for a block are far cheaper than two for each character.
    folded = _caseless("\0".join(characters)).split("\0")
    return [ord(b if _is_plain(a, b) else _OTHER) for a, b in zip(characters, folded, strict=True)]


def _is_plain(character: str, folded: str) -> bool:
    """Return whether `character` folds to the one character `folded` after any other."""
    if len(folded) != 1 or unicodedata.combining(character) or unicodedata.combining(folded):
        return False
    # In the normalised blocks, only the vowels and finals of Hangul compose with the character before them.
    return not "\u1160" <= folded < "\u1200"


@cache
def _last_changes() -> dict[int, int]:
    """Return the last step of folding, a map of characters: traditional → simplified, white space → space.

    Characters are simplified one by one and never in phrases, since a substring must fold as it does within its text.
    """
    _, _, lines = SIMPLIFIED.read_text(encoding="utf-8").partition("\n")
    pairs = lines.replace("\n", "")
    return str.maketrans(pairs[::2], pairs[1::2]) | _BLANKED
