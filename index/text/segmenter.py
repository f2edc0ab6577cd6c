"""Segmenters: cutting runs of Han into words, as jieba does without its statistical guesses.

Loading jieba's dictionary, as jieba and its compiled form do, takes longer than a search. A DictionarySegmenter reads a
few words at each look-up in a mapped file of it:

    words       the words that are all Han, sorted, one after the other, in UTF-16
    ends        where in it each word begins and, one place on, ends
    logarithms  the log probability of each word
    starts      the first word of each first character from U+4E00 on, and the number of all words
    seconds     the second character of each word, or 0
    unknown     the log probability of a character that is no word

The user's words are among them, with the frequency that jieba gives a word that is added to it.
"""

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.util import find_spec
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockFile, BlockWriter
from index.files.durable import synced_file

# The characters that jieba looks up. Any other character in a run of Han is a word of its own, between two cuts.
_FIRST, _LAST = 0x4E00, 0x9FD5
LOOKED_UP = f"[{chr(_FIRST)}-{chr(_LAST)}]"
_BLOCKS = re.compile(f"{LOOKED_UP}+|.", re.DOTALL)
_ENCODING = "utf-16-le"
# Pairs of characters whose words are cached: some hundreds of bytes each.
_CACHED_PAIRS = 1 << 14

# The lengths of some words, ascending, and the log probability of each word.
_Words = tuple[tuple[int, ...], dict[str, float]]


class Segmenter(Protocol):
    """A cutter of Han into words."""

    def cut(self, text: str) -> list[str]:
        """Return the words of `text`, which together are the text."""

    def cut_for_search(self, text: str) -> list[str]:
        """Return the words of `text`, each behind the words of two and of three characters within it."""


class CompiledSegmenter:
    """Jieba's algorithm in compiled form, for whole texts: it loads the dictionary, which takes longer than a search.

    `frequencies` are the user's words with the frequency of each.
    """

    def __init__(self, frequencies: tuple[tuple[str, int], ...]) -> None:
        import rjieba

        self._jieba = rjieba.Jieba()
        for word, frequency in frequencies:
            self._jieba.add_word(word, frequency, None)

    def cut(self, text: str) -> list[str]:
        return self._jieba.cut(text, False)

    def cut_for_search(self, text: str) -> list[str]:
        return self._jieba.cut_for_search(text, False)


@lru_cache(maxsize=2)
def compiled_segmenter(frequencies: tuple[tuple[str, int], ...] = ()) -> CompiledSegmenter:
    """Return a CompiledSegmenter, the same one for the same `frequencies`."""
    return CompiledSegmenter(frequencies)


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
    # The shorter first: a word must be likelier than its parts, some of which may be words of the user, too.
    for word in sorted(user_words, key=lambda word: (len(word), word)):
        frequency = _suggested_frequency(word, frequencies, total)
        total += frequency - frequencies.get(word, 0)
        frequencies[word] = frequency
    words = sorted(word for word, frequency in frequencies.items() if frequency)
    # Not numpy's logarithm: its last bit may differ, which decides between equally likely cuts.
    logtotal = math.log(total)
    text = "".join(words).encode(_ENCODING)
    # A character behind the text, so that the last word has a second one to read.
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
    """A segmenter over the dictionary file, exactly as jieba cuts without its statistical guesses; for any thread."""

    def __init__(self, path: Path) -> None:
        dictionary = _MappedDictionary(path)
        self._unknown = dictionary.unknown
        # The cache holds the dictionary and not the segmenter, which would keep the file mapped in a cycle of objects.
        self._beginning = lru_cache(_CACHED_PAIRS)(dictionary.words_beginning)

    def cut(self, text: str) -> list[str]:
        return [word for block in _BLOCKS.findall(text) for word in self._cut_block(block)]

    def cut_for_search(self, text: str) -> list[str]:
        words: list[str] = []
        for word in self.cut(text):
            for length in (2, 3):
                if len(word) > length:
                    parts = (word[at : at + length] for at in range(len(word) - length + 1))
                    words += [part for part in parts if part in self._beginning(part[:2])[1]]
            words.append(word)
        return words

    def frequency(self, word: str) -> int:
        """Return the frequency of `word`, which the dictionary has."""
        return round(math.exp(self._beginning(word[:2])[1][word] - self._unknown))

    def _cut_block(self, block: str) -> list[str]:
        return _likeliest_cut(block, self._beginning, self._unknown) if len(block) > 1 else [block]


class _MappedDictionary:
    """The words of a dictionary file, read as they are looked up."""

    def __init__(self, path: Path) -> None:
        blocks = BlockFile(path)
        self._words = blocks.bytes("words")
        self._ends = blocks.array("ends")
        self._logarithms = blocks.array("logarithms")
        self._starts = blocks.array("starts")
        self._seconds = blocks.array("seconds")
        self.unknown = float(blocks.array("unknown")[0])

    def words_beginning(self, pair: str) -> _Words:
        """Return the words that begin with `pair`, and its first character if it is a word."""
        first, second = ord(pair[0]) - _FIRST, ord(pair[1:] or "\0")
        start, stop = self._starts[first : first + 2].tolist()
        bounds = np.array([1, second, second + 1], np.uint16)
        alone, low, high = (self._seconds[start:stop].searchsorted(bounds) + start).tolist()
        words = self._read(start, alone)
        if second:
            words |= self._read(low, high)
        return tuple(sorted(set(map(len, words)))), words

    def _read(self, start: int, stop: int) -> dict[str, float]:
        """Return the words with ordinals from `start` up to `stop`, and their log probabilities."""
        ends = self._ends[start : stop + 1].tolist()
        text = str(self._words[2 * ends[0] : 2 * ends[-1]], _ENCODING)
        words = (text[a - ends[0] : b - ends[0]] for a, b in pairwise(ends))
        return dict(zip(words, self._logarithms[start:stop].tolist(), strict=True))


def _likeliest_cut(text: str, words_beginning: Callable[[str], _Words], unknown: float) -> list[str]:
    """Return the likeliest cut of `text` into words; `unknown` is the log probability of any other character."""
    # For each place the likeliest cut from there to the end: its log probability, and the end of its first word.
    best = [(0.0, 0)] * (len(text) + 1)
    for at in range(len(text) - 1, -1, -1):
        lengths, words = words_beginning(text[at : at + 2])
        # At the end of the text a slice may be shorter than `length`: a word that a shorter length gave already.
        # Jieba compares the same pairs, and so decides alike between equally likely cuts.
        best[at] = max(
            (
                (words[word] + best[at + len(word)][0], at + len(word))
                for length in lengths
                if (word := text[at : at + length]) in words
            ),
            default=(unknown + best[at + 1][0], at + 1),
        )
    cut, at = [], 0
    while at < len(text):
        end = best[at][1]
        cut.append(text[at:end])
        at = end
    return cut


def _suggested_frequency(word: str, frequencies: dict[str, int], total: int) -> int:
    """Return the frequency at which jieba leaves `word` whole, by its own rule and rounding."""
    logtotal = math.log(total)
    parts = {word[start:end] for start, end in combinations(range(len(word) + 1), 2)}
    known = {part: math.log(frequencies[part]) - logtotal for part in parts if frequencies.get(part)}
    lengths = tuple(range(1, len(word) + 1))
    probability = 1.0
    for part in _likeliest_cut(word, lambda _: (lengths, known), -logtotal):
        probability *= (frequencies.get(part) or 1) / total
    return max(int(probability * total) + 1, frequencies.get(word, 1))


def _read_frequencies() -> tuple[dict[str, int], int]:
    """Return the frequency of each of jieba's Han words, and the sum of all frequencies in its dictionary."""
    text = jieba_dictionary().read_text(encoding="utf-8")
    # Of a word that is there twice the last frequency counts, but the sum has both.
    frequencies = {word: int(count) for word, count in re.findall(rf"^({LOOKED_UP}+) (\d+)", text, re.MULTILINE)}
    return frequencies, sum(map(int, re.findall(r" (\d+)", text)))


def jieba_dictionary() -> Path:
    """Return the file of jieba's own dictionary."""
    return package_folder("jieba") / "dict.txt"


def package_folder(package: str) -> Path:
    """Return the folder of an installed package, which is not imported: that takes longer than a search."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"The package {package} is not installed.", name=package)
    return Path(spec.submodule_search_locations[0])
