"""Folding as it is defined, one character or cluster after the other: what the fast one is held to.

`python -m tests.index.text.plain_folding` rewrites index/text/simplified.txt from the OpenCC that is installed.
"""

import unicodedata
from functools import cache
from importlib import metadata
from pathlib import Path

import opencc

from index.text import folding

SIMPLIFIED = Path(folding.__file__).with_name("simplified.txt")

# Every block that holds Han characters with a simplified form of their own.
_HAN_BLOCKS = ((0x2E80, 0x2FE0), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))


@cache
def simplified() -> dict[int, str]:
    """Return the map from each traditional character to its one simplified character.

    OpenCC is asked about characters one by one, never about phrases: a fold that looked at neighbours
    would make a text and its substring fold differently.
    """
    characters = [chr(point) for first, last in _HAN_BLOCKS for point in range(first, last)]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    once = {ord(a): b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}
    # A few simplify to what simplifies again.
    return {point: once.get(ord(simplified), simplified) for point, simplified in once.items()}


def fold_characters(text: str) -> str:
    """Return `text` folded but for white space, which stays."""
    folded = _nfkc(_nfkc(text).casefold())
    return folded.translate(simplified())


def fold(text: str) -> str:
    """Return `text` folded: NFKC, case, traditional → simplified, each run of white space one space."""
    folded = fold_characters(text)
    squeezed = " ".join(folded.split())
    if not squeezed:
        return " " if folded else ""
    return f"{' ' * folded[0].isspace()}{squeezed}{' ' * folded[-1].isspace()}"


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return `fold(text)` and, for each folded character and the end, the raw offset it began at."""
    folded: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(text):
        end = _cluster_end(text, at)
        for character in fold_characters(text[at:end]):
            if not character.isspace():
                folded.append(character)
                offsets.append(at)
            elif not folded or folded[-1] != " ":
                folded.append(" ")
                offsets.append(at)
        at = end
    offsets.append(len(text))
    return "".join(folded), offsets


def _cluster_end(text: str, start: int) -> int:
    """Return the next place after `start` across which NFKC cannot compose."""
    end = start + 1
    while end < len(text) and not _begins_cluster(text[start:end], text[end]):
        end += 1
    return end


def _begins_cluster(cluster: str, character: str) -> bool:
    if unicodedata.combining(unicodedata.normalize("NFKD", character)[0]):
        return False
    return _nfkc(cluster + character) == _nfkc(cluster) + _nfkc(character)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def pairs() -> list[str]:
    """Return each traditional character with its simplified one, in order."""
    # Without those that NFKC has replaced before: an editor or a tool that normalises might mix them up.
    return [chr(a) + b for a, b in sorted(simplified().items()) if _nfkc(chr(a)) == chr(a)]


def written() -> str:
    """Return what index/text/simplified.txt is to say."""
    source = f"# Traditional → simplified: the characters of OpenCC {metadata.version('opencc')} (t2s), Apache-2.0."
    return "\n".join([source, *pairs(), ""])


if __name__ == "__main__":
    SIMPLIFIED.write_text(written(), encoding="utf-8", newline="\n")
