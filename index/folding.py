"""Raw text → the form in which texts are compared.

Two texts that differ only in width, case, Unicode composition, traditional or simplified characters, or the
amount of white space fold to the same string. Indexing, queries and highlights all go through here.
"""

import re
import unicodedata
from functools import cache

# Every block that holds Han characters with a simplified form of their own.
_HAN_BLOCKS = ((0x2E80, 0x2FE0), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))

# Characters that fold to one character each: ASCII, Han, and punctuation of full width.
_PLAIN = "!-~一-鿿、-〕！-～“”‘’—"
# Runs of them and of single spaces; the last is left out if what follows might compose with it.
_ONE_TO_ONE = re.compile(rf"[{_PLAIN}](?:[{_PLAIN}]|[ \n](?=[{_PLAIN}]))*(?=[{_PLAIN} \n]|\Z)")


@cache
def _simplified() -> dict[int, str]:
    """Return the map from each traditional character to its one simplified character.

    OpenCC is asked about characters one by one, never about phrases: a fold that looked at neighbours
    would make a text and its substring fold differently.
    """
    import opencc

    characters = [chr(point) for first, last in _HAN_BLOCKS for point in range(first, last)]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    once = {ord(a): b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}
    # A few simplify to what simplifies again.
    return {point: once.get(ord(simplified), simplified) for point, simplified in once.items()}


def _fold_characters(text: str) -> str:
    if text.isascii():
        return text.lower()
    folded = _nfkc(_nfkc(text).casefold())
    return folded.translate(_simplified())


def fold(text: str) -> str:
    """Return `text` folded: NFKC, case, traditional → simplified, each run of white space one space.

    White space at either end is kept (as one space), so that folding a substring gives a substring.
    """
    folded = _fold_characters(text)
    squeezed = " ".join(folded.split())
    if not squeezed:
        return " " if folded else ""
    return f"{' ' * folded[0].isspace()}{squeezed}{' ' * folded[-1].isspace()}"


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return `fold(text)` and, for each folded character and the end, the raw offset it began at.

    `offsets` has one entry more than the folded string; `text[offsets[i]:offsets[j]]` is what folded[i:j]
    was made of.
    """
    folded: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(text):
        if run := _ONE_TO_ONE.match(text, at):
            folded.extend(_fold_characters(run[0]).replace("\n", " "))
            offsets.extend(range(at, run.end()))
            at = run.end()
            continue
        end = _cluster_end(text, at)
        for character in _fold_characters(text[at:end]):
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
    if character.isascii() or "\u4e00" <= character <= "\u9fff":
        return True
    if unicodedata.combining(unicodedata.normalize("NFKD", character)[0]):
        return False
    return _nfkc(cluster + character) == _nfkc(cluster) + _nfkc(character)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
