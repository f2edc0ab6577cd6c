"""Tokens of texts and of queries: word tokens and grams, by one definition.

Word tokens are jieba's words, overlapping ones included, and Latin words by a rule of this module. Grams are all
characters and all pairs of neighbours: they find a text where words leave gaps. Every function takes folded text.
"""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from index.text.segmenter import Segmenter, compiled_segmenter

VERSION = 2
# Chinese words have up to four characters: a query's run of no more is first looked for whole.
MAX_WHOLE_RUN = 4

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Scripts written without spaces between words, for which there is no dictionary here: found by their grams.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7af"
_LETTER = rf"[^\W_{_HAN}{_UNSPACED}]"
# A Latin word runs on over - . _ ' + # & / between letters ("gpt-4o", "qwen2.5-vl", "c++", "a/b").
_LATIN = rf"{_LETTER}(?:[-._'’&/+]?{_LETTER})*(?:\+\+?|#)?"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<unspaced>[{_UNSPACED}]+)|(?P<latin>{_LATIN})")
_RUN_SEPARATOR = "\n"
_JOINTS = re.compile(r"[-._'’&/+#]+")
# "gpt4o" is "gpt" and "4o"; a number keeps the unit behind it, and its decimals.
_PARTS = re.compile(r"\d+(?:\.\d+)*[^\W\d_]*|[^\W\d_]+")

# A stemmer keeps state while it stems: each thread has its own.
_thread = threading.local()


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of a query, folded, with the word tokens that score it.

    A text matches a Latin word if it has all tokens of any one of its `alternatives`. It matches a word without
    alternatives if it has all grams of the word.
    """

    text: str
    tokens: tuple[str, ...]
    alternatives: tuple[tuple[str, ...], ...] = ()


def word_tokens(text: str, segmenter: Segmenter | None = None) -> list[str]:
    """Return the word tokens of `text`, overlapping ones included, in no particular order.

    Han is cut by `segmenter`, or else by jieba's dictionary without user words.
    """
    runs = _RUNS.findall(text)
    segmenter = segmenter or compiled_segmenter()
    # One call for all runs: the separator between two of them is a word of its own, and no word reaches over it.
    tokens = segmenter.cut_for_search(_RUN_SEPARATOR.join([han for han, _, _ in runs if han]))
    tokens = [token for token in tokens if token != _RUN_SEPARATOR]
    for _, unspaced, latin in runs:
        if latin:
            tokens += _latin_word(latin).tokens
        elif unspaced:
            tokens.append(unspaced)
    return tokens


def query_words(text: str, segmenter: Segmenter) -> Iterator[QueryWord]:
    """Yield the words of the query `text` in order, without overlap."""
    for run in _RUNS.finditer(text):
        if run.lastgroup == "latin":
            yield _latin_word(run[0])
        elif run.lastgroup == "unspaced":
            yield QueryWord(run[0], (run[0],))
        else:
            for word in segmenter.cut(run[0]):
                yield QueryWord(word, tuple(segmenter.cut_for_search(word)))


def latin_words(text: str) -> Iterator[QueryWord]:
    """Yield the Latin words of the query `text`: those with alternatives."""
    return (_latin_word(run[0]) for run in _RUNS.finditer(text) if run.lastgroup == "latin")


def latin_part_count(word: str) -> int:
    """Return the number of parts of a Latin word: 2 for "gpt-4o", 1 for "c++"."""
    return 1 if word[-1] in "+#" else len(_PARTS.findall(word))


def has_only_words(text: str) -> bool:
    """Return whether `text` is words, with spaces or nothing between them."""
    return bool(text.strip()) and not _RUNS.sub("", text).strip(" ")


def grams(text: str) -> Iterator[str]:
    """Yield every character of `text` and every pair of neighbours."""
    yield from text
    yield from (text[i : i + 2] for i in range(len(text) - 1))


def script_runs(text: str) -> Iterator[re.Match[str]]:
    """Yield the runs of one script in `text`; the group of each match is "han", "unspaced", or "latin" for one word."""
    return _RUNS.finditer(text)


def han_runs(text: str) -> Iterator[str]:
    """Yield the runs of Han and of other scripts without spaces."""
    return (run[0] for run in _RUNS.finditer(text) if run.lastgroup != "latin")


def han_grams(text: str) -> Iterator[str]:
    """Yield the grams of `text` that lie within its runs of Han and of other scripts without spaces."""
    for run in han_runs(text):
        yield from grams(run)


def required_han_terms(
    text: str, occurs: Callable[[str], bool] = lambda _: True, is_rare: Callable[[str], bool] = lambda _: False
) -> Iterator[str]:
    """Yield the terms of each run of Han, of which a hit must hold some.

    A run of up to MAX_WHOLE_RUN characters that `occurs` in some post is one term. Any other run gives its pairs, and a
    long one its characters that are rare, too. Pairs and not words: jieba's cut depends on the text around a word.
    """
    for run in han_runs(text):
        is_short = len(run) <= MAX_WHOLE_RUN
        if is_short and occurs(run):
            yield run
        else:
            yield from (gram for gram in grams(run) if len(gram) > 1 or (not is_short and is_rare(gram)))


def stem(word: str) -> str:
    """Return the stem of an English word in lower case, any other word as it is."""
    if not (word.isascii() and word.isalpha()):
        return word
    if not hasattr(_thread, "stemmer"):
        import snowballstemmer

        _thread.stemmer = snowballstemmer.stemmer("english")
    return str(_thread.stemmer.stemWord(word))


@lru_cache(maxsize=1 << 16)
def _latin_word(word: str) -> QueryWord:
    parts = tuple(_PARTS.findall(word))
    stems = tuple(stem(part) for part in parts)
    if word[-1] in "+#":  # "c++" is another thing than "c"
        alternatives = [(word,)]
    else:
        # "gpt-4o" is "gpt4o", but "3.5" is not "35".
        joined = word if word.replace(".", "").isdecimal() or "/" in word else _JOINTS.sub("", word)
        alternatives = [(word,), (joined,), parts, stems if len(stems) == 1 else parts]
    tokens = dict.fromkeys(token for tokens in (*alternatives, parts, stems) for token in tokens)
    return QueryWord(word, tuple(tokens), tuple(dict.fromkeys(alternatives)))
