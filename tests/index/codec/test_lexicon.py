"""A lexicon looks up as a sorted list does."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.codec import lexicon as module
from index.codec.blocks import BlockFile, BlockWriter
from index.codec.lexicon import Lexicon, write_lexicon

# The last character of one byte, the first and last of four, and neighbours that share leading bytes.
letters = "ab\x7f\x80中丮\uffff𠀀𠀁\U0010ffff"
texts = st.text(letters, max_size=4).map(str.encode)
vocabularies = st.sets(texts, max_size=25).map(sorted)


def make(strings: list[bytes]) -> Lexicon:
    with TemporaryDirectory() as folder:
        path = Path(folder, "blocks")
        with path.open("wb") as stream:
            writer = BlockWriter(stream)
            write_lexicon(writer, "terms", iter(strings))
            writer.close()
        return Lexicon.of(BlockFile(path), "terms")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.binary(max_size=6), max_size=20))
def test_strings_come_back_in_the_order_given(strings: list[bytes]) -> None:
    lexicon = make(strings)
    assert list(lexicon) == strings
    assert len(lexicon) == len(strings)
    assert [lexicon[number] for number in range(len(lexicon))] == strings


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_strings_of_several_batches_come_back(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(module, "_BATCH", batch)
    strings = [b"x" * (number % 3) for number in range(14)]
    assert list(make(strings)) == strings


@settings(deadline=None, max_examples=200)
@given(vocabularies, texts)
def test_a_string_is_found_where_it_stands(strings: list[bytes], other: bytes) -> None:
    lexicon = make(strings)
    assert [lexicon.find(text) for text in strings] == list(range(len(strings)))
    assert lexicon.find(other) == (strings.index(other) if other in strings else -1)


@settings(deadline=None, max_examples=300)
@example([b"a", "\U0010ffff".encode(), "\U0010ffff\U0010ffff".encode()], "\U0010ffff".encode())
@given(vocabularies, texts)
def test_a_prefix_finds_all_that_begin_with_it(strings: list[bytes], prefix: bytes) -> None:
    lexicon = make(strings)
    assert [lexicon[number] for number in lexicon.with_prefix(prefix)] == [
        text for text in strings if text.startswith(prefix)
    ]


def test_nothing_is_found_in_an_empty_lexicon() -> None:
    lexicon = make([])
    assert list(lexicon) == []
    assert lexicon.find(b"") == -1
    assert list(lexicon.with_prefix(b"")) == []


def test_behind_the_last_string_is_none() -> None:
    with pytest.raises(IndexError):
        make([b"a", b"b"])[2]
