"""The segmenter of an index: jieba's words, and the user's words that the index was made with."""

from pathlib import Path

from index.store.directory import dictionary_file, words_file
from index.text.segmenter import DictionarySegmenter, Segmenter, compiled_segmenter
from index.text.user_words import read_words


def user_frequencies(data: Path) -> tuple[tuple[str, int], ...]:
    """Return the user's words of the index in the folder `data`, sorted, with the frequency of each."""
    dictionary = DictionarySegmenter(dictionary_file(data))
    return tuple((word, dictionary.frequency(word)) for word in sorted(read_words(words_file(data)).dictionary))


def text_segmenter(data: Path) -> Segmenter:
    """Return the segmenter that cuts the texts of the index in the folder `data`."""
    return compiled_segmenter(user_frequencies(data))
