"""Segmenters: cutting runs of Han into words, as jieba does without its statistical guesses."""

from functools import lru_cache
from typing import Protocol


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
