"""Jieba's dictionary as a mapped file, and jieba's cut over it: a look-up reads the few words that it needs.

Loading the dictionary, as jieba and its compiled form do, would take longer than a search.

    words       the words that are all Han, sorted, one after the other, in UTF-16
    ends        where in it each word begins and, one place on, ends
    logarithms  the log probability of each word
    starts      the first word of each first character from U+4E00 on, and the number of all words
    seconds     the second character of each word, or 0
    unknown     the log probability of a character that is no word

The user's own words stand among them, as likely as jieba makes a word that is added to it.
"""

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockFile, BlockWriter
from index.files.durable import synced_file
from index.files.memo import Memo
from index.text.packages import jieba_dictionary

# What jieba looks up. Any other character of a run of Han is a word of its own to it, and parts those beside it.
_FIRST, _LAST = 0x4E00, 0x9FD5
LOOKED_UP = f"[{chr(_FIRST)}-{chr(_LAST)}]"
_BLOCKS = re.compile(f"{LOOKED_UP}+|.", re.DOTALL)
_ENCODING = "utf-16-le"
# Pairs of characters whose words are kept: some hundreds of bytes each.
_KEPT = 1 << 14

# The lengths of some words, rising, and the log probability of each word.
_Words = tuple[tuple[int, ...], dict[str, float]]


def write_dictionary(path: Path, user_words: Iterable[str] = ()) -> None:
    """Write jieba's Han words and `user_words` to a new file at `path`."""
    with synced_file(path) as stream:
        writer = BlockWriter(stream)
        for name, content in _dictionary_blocks(frozenset(user_words)).items():
            writer.add(name, content)
        writer.close()


# A process that makes several indexes reads jieba's dictionary once: that takes most of the time of a small index.
@lru_cache(maxsize=1)
def _dictionary_blocks(user_words: frozenset[str]) -> dict[str, NDArray[Any] | bytes]:
    """Return the blocks of the dictionary with `user_words`, some 8 MB."""
    frequencies, total = _read_frequencies()
    # The shorter first: a word is to be likelier than its parts are with the user's words among them.
    for word in sorted(user_words, key=lambda word: (len(word), word)):
        frequency = _suggested_frequency(word, frequencies, total)
        total += frequency - frequencies.get(word, 0)
        frequencies[word] = frequency
    words = sorted(word for word, frequency in frequencies.items() if frequency)
    # Not numpy's logarithm: its last bit may differ, and that decides between cuts that are as likely as each other.
    logtotal = math.log(total)
    text = "".join(words).encode(_ENCODING)
    # The end behind the text gives the last word a second character to look at.
    characters = np.frombuffer(text + bytes(2), np.uint16)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    ends = np.concatenate([[0], np.cumsum(lengths)])
    counts = np.bincount(characters[ends[:-1]] - _FIRST, minlength=_LAST - _FIRST + 1)
    return {
        "words": text,
        "ends": ends.astype(np.uint32),
        "logarithms": np.array([math.log(frequencies[word]) - logtotal for word in words]),
        "starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32),
        "seconds": np.where(lengths > 1, characters[ends[:-1] + 1], 0).astype(np.uint16),
        "unknown": np.array([math.log(1) - logtotal]),
    }


class DictionarySegmenter:
    """Cuts runs of Han exactly as jieba does without its statistical guesses; threads may share it."""

    def __init__(self, path: Path) -> None:
        blocks = BlockFile(path)
        self._words = blocks.bytes("words")
        self._ends = blocks.array("ends")
        self._logarithms = blocks.array("logarithms")
        self._starts = blocks.array("starts")
        self._seconds = blocks.array("seconds")
        self._unknown = float(blocks.array("unknown")[0])
        self._kept: Memo[str, _Words] = Memo(_KEPT)

    def cut(self, run: str) -> list[str]:
        """Return the words of `run`, which together are the run."""
        return [word for block in _BLOCKS.findall(run) for word in self._cut_block(block)]

    def cut_for_search(self, run: str) -> list[str]:
        """Return the words of `run`, each behind the words of two and of three characters within it."""
        found: list[str] = []
        for word in self.cut(run):
            for length in (2, 3):
                if len(word) > length:
                    found += self._within(word, length)
            found.append(word)
        return found

    def frequency(self, word: str) -> int:
        """Return how often `word`, which the dictionary has, counts as seen."""
        return round(math.exp(self._beginning(word[:2])[1][word] - self._unknown))

    def _within(self, word: str, length: int) -> list[str]:
        parts = [word[at : at + length] for at in range(len(word) - length + 1)]
        return [part for part in parts if part in self._beginning(part[:2])[1]]

    def _cut_block(self, block: str) -> list[str]:
        if len(block) == 1:
            return [block]
        # For each place the likeliest way from there to the end: its log probability, and where its first word ends.
        ways = [(0.0, 0)] * (len(block) + 1)
        for at in range(len(block) - 1, -1, -1):
            lengths, words = self._beginning(block[at : at + 2])
            # At the end of the block a slice can be shorter than `length`, and is then a word that was found already.
            # Jieba compares the same pairs, and so decides as this does between ways that are as likely as each other.
            ways[at] = max(
                (
                    (words[word] + ways[at + len(word)][0], at + len(word))
                    for length in lengths
                    if (word := block[at : at + length]) in words
                ),
                default=(self._unknown + ways[at + 1][0], at + 1),
            )
        return _along(block, ways)

    def _beginning(self, pair: str) -> _Words:
        """Return the words that begin with `pair`, and its first character if it is a word."""
        return self._kept.of(pair, self._read_beginning)

    def _read_beginning(self, pair: str) -> _Words:
        first, second = ord(pair[0]) - _FIRST, ord(pair[1:] or "\0")
        start, stop = self._starts[first : first + 2].tolist()
        bounds = np.array([1, second, second + 1], np.uint16)
        alone, low, high = (self._seconds[start:stop].searchsorted(bounds) + start).tolist()
        words = self._read(start, alone)
        if second:
            words |= self._read(low, high)
        return tuple(sorted(set(map(len, words)))), words

    def _read(self, start: int, stop: int) -> dict[str, float]:
        """Return the words with numbers from `start` up to `stop`."""
        ends = self._ends[start : stop + 1].tolist()
        text = str(self._words[2 * ends[0] : 2 * ends[-1]], _ENCODING)
        words = (text[a - ends[0] : b - ends[0]] for a, b in pairwise(ends))
        return dict(zip(words, self._logarithms[start:stop].tolist(), strict=True))


def _along(block: str, ways: list[tuple[float, int]]) -> list[str]:
    words, at = [], 0
    while at < len(block):
        end = ways[at][1]
        words.append(block[at:end])
        at = end
    return words


def _suggested_frequency(word: str, frequencies: dict[str, int], total: int) -> int:
    """Return how often jieba would have to have seen `word` to leave it whole, by its own rule and rounding."""
    probability = 1.0
    for part in _likeliest_cut(word, frequencies, total):
        probability *= (frequencies.get(part) or 1) / total
    return max(int(probability * total) + 1, frequencies.get(word, 1))


def _likeliest_cut(word: str, frequencies: dict[str, int], total: int) -> list[str]:
    logtotal = math.log(total)
    ways = [(0.0, 0)] * (len(word) + 1)
    for at in range(len(word) - 1, -1, -1):
        ways[at] = max(
            (
                (math.log(frequency) - logtotal + ways[end][0], end)
                for end in range(at + 1, len(word) + 1)
                if (frequency := frequencies.get(word[at:end], 0))
            ),
            default=(-logtotal + ways[at + 1][0], at + 1),
        )
    return _along(word, ways)


def _read_frequencies() -> tuple[dict[str, int], int]:
    """Return the frequency of each of jieba's Han words, and the sum of all frequencies in its dictionary."""
    text = jieba_dictionary().read_text(encoding="utf-8")
    # Of a word that is there twice the last frequency counts, but the sum has both.
    frequencies = {word: int(count) for word, count in re.findall(rf"^({LOOKED_UP}+) (\d+)", text, re.MULTILINE)}
    return frequencies, sum(map(int, re.findall(r" (\d+)", text)))
