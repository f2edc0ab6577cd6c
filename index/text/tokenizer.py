"""Text → tokens: the only definition, for indexing and for queries alike.

Words are jieba's, cut in search mode without its statistical guesses, plus Latin tokens by a rule of our own.
Grams are all characters and all pairs of neighbours: what makes finding whole where words leave gaps.
Every function takes folded text.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from index.text.folding import SIMPLIFIED
from index.text.packages import jieba_dictionary, package_version

VERSION = 2
# Chinese words have up to four characters: a run of no more is meant as it stands.
LONGEST_WHOLE = 4

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Scripts written without spaces between words, for which there is no dictionary here: found by their grams.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7af"
_LETTER = rf"[^\W_{_HAN}{_UNSPACED}]"
# A Latin token runs on over - . _ ' + # & / between letters ("gpt-4o", "qwen2.5-vl", "c++", "a/b").
_LATIN = rf"{_LETTER}(?:[-._'’&/+]?{_LETTER})*(?:\+\+?|#)?"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<unspaced>[{_UNSPACED}]+)|(?P<latin>{_LATIN})")
_BETWEEN = "\n"
_JOINTS = re.compile(r"[-._'’&/+#]+")
# "gpt4o" is "gpt" and "4o"; a number keeps the unit behind it, and its decimals.
_PARTS = re.compile(r"\d+(?:\.\d+)*[^\W\d_]*|[^\W\d_]+")


# A stemmer keeps the word it is at: each thread has its own.
_own = threading.local()


@dataclass(frozen=True, slots=True)
class Unit:
    """Is one word of a query, folded.

    A Latin unit is held by a text that has all tokens of any of its `alternatives`. A unit without
    alternatives is held by a text that has all its grams.
    """

    text: str
    words: tuple[str, ...]
    alternatives: tuple[tuple[str, ...], ...] = ()


class Segmenter(Protocol):
    """Cuts runs of Han into words, as jieba does without its guesses: for reading, and in search mode."""

    def cut(self, run: str) -> list[str]: ...

    def cut_for_search(self, run: str) -> list[str]: ...


class TextSegmenter(Protocol):
    """Cuts whole texts, for reading or in search mode, with jieba's guesses if `hmm` says so."""

    def cut(self, text: str, hmm: bool = True, /) -> list[str]: ...

    def cut_for_search(self, text: str, hmm: bool = True, /) -> list[str]: ...


def words(text: str, segmenter: TextSegmenter | None = None) -> list[str]:
    """Return the word tokens of `text`, overlapping ones included, in no particular order.

    Han is cut by jieba's words alone if no `segmenter` knows others.
    """
    runs = _RUNS.findall(text)
    segmenter = segmenter or compiled_segmenter()
    # Cut at once: what stands between two runs here is a word of its own, and no word reaches over it.
    found = segmenter.cut_for_search(_BETWEEN.join([han for han, _, _ in runs if han]), False)
    found = [token for token in found if token != _BETWEEN]
    for _, unspaced, latin in runs:
        if latin:
            found += _latin_unit(latin).words
        elif unspaced:
            found.append(unspaced)
    return found


def units(text: str, segmenter: "Segmenter") -> Iterator[Unit]:
    """Yield the words that a reader of the query `text` would count, without overlap."""
    for match in _RUNS.finditer(text):
        if match.lastgroup == "latin":
            yield _latin_unit(match[0])
        elif match.lastgroup == "unspaced":
            yield Unit(match[0], (match[0],))
        else:
            for word in segmenter.cut(match[0]):
                yield Unit(word, tuple(segmenter.cut_for_search(word)))


def are_words(text: str) -> bool:
    """Tell whether `text` is words and nothing else, with spaces or nothing between them."""
    return bool(text.strip()) and not _RUNS.sub("", text).strip(" ")


def latin_units(text: str) -> Iterator[Unit]:
    """Yield those of the `units` of `text` that have alternatives."""
    return (_latin_unit(match[0]) for match in _RUNS.finditer(text) if match.lastgroup == "latin")


def grams(text: str) -> Iterator[str]:
    """Yield every character of `text` and every pair of neighbours."""
    yield from text
    yield from (text[i : i + 2] for i in range(len(text) - 1))


def runs(text: str) -> Iterator[re.Match[str]]:
    """Yield where the words of `text` stand: runs of "han" or "unspaced" characters, or "latin" tokens, by group."""
    return _RUNS.finditer(text)


def han_runs(text: str) -> Iterator[str]:
    """Yield the runs of Han and of other scripts without spaces."""
    return (match[0] for match in _RUNS.finditer(text) if match.lastgroup != "latin")


def han_grams(text: str) -> Iterator[str]:
    """Yield the grams of `text` that lie within its runs of Han and of other scripts without spaces."""
    for run in han_runs(text):
        yield from grams(run)


def han_clues(
    text: str, stands: Callable[[str], bool] = lambda _: True, is_rare: Callable[[str], bool] = lambda _: False
) -> Iterator[str]:
    """Yield what of each run of Han a post may hold to be a hit: a short one whole, of others each pair.

    A short run that doesn't stand in any post, as `stands` tells, is looked for by its pairs, too; of a long one, a
    character that `is_rare` will do. Pairs, not words: where jieba cuts a text depends on what stands around it.
    """
    for run in han_runs(text):
        is_short = len(run) <= LONGEST_WHOLE
        if is_short and stands(run):
            yield run
        else:
            yield from (gram for gram in grams(run) if len(gram) > 1 or (not is_short and is_rare(gram)))


def stem(word: str) -> str:
    """Return the stem of an English word in lower case, any other word as it is."""
    if not (word.isascii() and word.isalpha()):
        return word
    if not hasattr(_own, "stemmer"):
        import snowballstemmer

        _own.stemmer = snowballstemmer.stemmer("english")
    return str(_own.stemmer.stemWord(word))


@lru_cache(maxsize=1 << 16)
def _latin_unit(token: str) -> Unit:
    parts = tuple(_PARTS.findall(token))
    stems = tuple(stem(part) for part in parts)
    if token[-1] in "+#":  # "c++" is another thing than "c"
        alternatives = [(token,)]
    else:
        # "gpt-4o" is "gpt4o", but "3.5" is not "35".
        joined = token if token.replace(".", "").isdecimal() or "/" in token else _JOINTS.sub("", token)
        alternatives = [(token,), (joined,), parts, stems if len(stems) == 1 else parts]
    forms = dict.fromkeys(form for alternative in (*alternatives, parts, stems) for form in alternative)
    return Unit(token, tuple(forms), tuple(dict.fromkeys(alternatives)))


def fingerprint() -> dict[str, str]:
    """Return what the tokens depend on: our rules, jieba, its dictionary, and the compiled forms used here."""
    return {
        "analyzer": str(VERSION),
        **{package: package_version(package) for package in ("jieba", "rjieba", "snowballstemmer")},
        "simplified": _hash(SIMPLIFIED),
        "dictionary": _hash(jieba_dictionary()),
    }


@lru_cache(maxsize=2)
def compiled_segmenter(own: tuple[tuple[str, int], ...] = ()) -> TextSegmenter:
    """Return jieba's algorithm in compiled form, over its dictionary and the user's `own` words with their frequencies.

    Tests hold it to jieba token by token.
    """
    import rjieba

    segmenter = rjieba.Jieba()
    for word, frequency in own:
        segmenter.add_word(word, frequency, None)
    return segmenter


class CompiledSegmenter:
    """Cuts the words of queries by what cuts texts."""

    def __init__(self, segmenter: TextSegmenter) -> None:
        self._segmenter = segmenter

    def cut(self, run: str) -> list[str]:
        """Return the words of `run`, which together are the run."""
        return self._segmenter.cut(run, False)

    def cut_for_search(self, run: str) -> list[str]:
        """Return the words of `run`, each behind the words of two and of three characters within it."""
        return self._segmenter.cut_for_search(run, False)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
