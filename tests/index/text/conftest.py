"""Jieba itself, which loads its dictionary once for all tests of this folder, and the segmenter held to it."""

import warnings
from pathlib import Path
from typing import Protocol

import pytest

from index.text.segmenter import DictionarySegmenter, write_dictionary


class Jieba(Protocol):
    """The part of jieba's Tokenizer that tests use."""

    FREQ: dict[str, int]
    total: int

    def lcut(self, sentence: str, *, HMM: bool) -> list[str]: ...

    def lcut_for_search(self, sentence: str, *, HMM: bool) -> list[str]: ...

    def add_word(self, word: str) -> None: ...


@pytest.fixture(scope="session")
def jieba(tmp_path_factory: pytest.TempPathFactory) -> Jieba:
    """Return jieba with its dictionary loaded and its cache in a temporary folder; it warns and prints nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    tokenizer.initialize()
    return tokenizer  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a dictionary without user words, in the folder of an index."""
    path = tmp_path_factory.mktemp("dictionary") / "index" / "dictionary"
    path.parent.mkdir()
    write_dictionary(path)
    return path


@pytest.fixture(scope="session")
def segmenter(written: Path) -> DictionarySegmenter:
    return DictionarySegmenter(written)
