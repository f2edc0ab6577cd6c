"""A lexicon looks up as a sorted list does."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.files.block_file import BlockFile, BlockWriter
from index.segments import lexicon as module
from index.segments.lexicon import GramLexicon, Lexicon, gram_key, gram_text, open_terms, write_lexicon

# The last character of one byte, the first and last of four, and neighbours that share leading bytes.
letters = "ab\x7f\x80中丮\uffff𠀀𠀁\U0010ffff"
texts = st.text(letters, max_size=4).map(str.encode)
vocabularies = st.sets(texts, max_size=25).map(sorted)
grams = st.text(letters, min_size=1, max_size=2)
# In the order of their UTF-8, which is that of their characters.
gram_vocabularies = st.sets(grams, max_size=40).map(sorted)


def make(strings: list[bytes]) -> Lexicon:
    with TemporaryDirectory() as folder:
        path = Path(folder, "blocks")
        with path.open("wb") as stream:
            writer = BlockWriter(stream)
            write_lexicon(writer, "terms", iter(strings))
            writer.close()
        lexicon = open_terms(BlockFile(path), "terms")
    assert isinstance(lexicon, Lexicon)
    return lexicon


def make_grams(strings: list[str]) -> GramLexicon:
    with TemporaryDirectory() as folder:
        path = Path(folder, "blocks")
        with path.open("wb") as stream:
            writer = BlockWriter(stream)
            writer.add("terms/keys", np.array([gram_key(gram) for gram in strings], np.uint64))
            writer.close()
        lexicon = open_terms(BlockFile(path), "terms")
    assert isinstance(lexicon, GramLexicon)
    return lexicon


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


@settings(deadline=None, max_examples=300)
@example([b"aa", b"aaa"], b"aa", b"a")
@example([b"", b"a", "é".encode(), "中é".encode()], b"", "é".encode())
@given(st.sets(st.text(letters, max_size=6).map(str.encode), max_size=25).map(sorted), texts, texts)
def test_two_ends_find_all_that_have_them_apart(strings: list[bytes], prefix: bytes, suffix: bytes) -> None:
    lexicon = make(strings)
    assert [lexicon[number] for number in lexicon.with_ends(prefix, suffix).tolist()] == [
        text
        for text in strings
        if text.startswith(prefix) and text.endswith(suffix) and len(text) >= len(prefix) + len(suffix)
    ]


def test_nothing_is_found_in_an_empty_lexicon() -> None:
    lexicon = make([])
    assert list(lexicon) == []
    assert lexicon.find(b"") == -1
    assert list(lexicon.with_prefix(b"")) == []
    assert lexicon.with_ends(b"", b"").tolist() == []
    assert lexicon.with_ends(b"a", b"b").tolist() == []


def test_behind_the_last_string_is_none() -> None:
    with pytest.raises(IndexError):
        make([b"a", b"b"])[2]


# --- grams ----------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=200)
@given(gram_vocabularies)
def test_grams_come_back_in_the_order_of_their_texts(strings: list[str]) -> None:
    lexicon = make_grams(strings)
    assert list(lexicon) == [gram.encode() for gram in strings] == sorted(lexicon)
    assert len(lexicon) == len(strings)
    assert [lexicon[number] for number in range(len(lexicon))] == [gram.encode() for gram in strings]
    assert all(a < b for a, b in pairwise(lexicon.keys.tolist()))


@settings(deadline=None, max_examples=300)
@example(["a", "ab"], "")
@example(["a", "ab"], "aba")
@given(gram_vocabularies, st.text(letters, max_size=3))
def test_a_gram_is_found_where_it_stands(strings: list[str], other: str) -> None:
    lexicon = make_grams(strings)
    assert [lexicon.find(gram.encode()) for gram in strings] == list(range(len(strings)))
    assert lexicon.find(other.encode()) == (strings.index(other) if other in strings else -1)


@settings(deadline=None, max_examples=300)
@given(gram_vocabularies, st.sampled_from(letters))
def test_grams_that_begin_with_a_character_are_found(strings: list[str], character: str) -> None:
    lexicon = make_grams(strings)
    assert [lexicon[number].decode() for number in lexicon.beginning_with(character)] == [
        gram for gram in strings if gram[0] == character
    ]


def test_no_gram_is_found_in_an_empty_lexicon() -> None:
    lexicon = make_grams([])
    assert list(lexicon) == []
    assert lexicon.find(b"a") == lexicon.find(b"") == -1
    assert list(lexicon.beginning_with("a")) == []
    with pytest.raises(IndexError):
        lexicon[0]


@pytest.mark.parametrize("gram", ["a", "ab", "中国", "\U0010ffff", "\U0010ffff\U0010ffff", "a\n", "\ud800", "a\udfff"])
def test_a_gram_and_its_number_tell_of_each_other(gram: str) -> None:
    assert gram_text(gram_key(gram)) == gram.encode("utf-8", "surrogatepass")
    lexicon = make_grams([gram])
    assert lexicon.find(gram.encode("utf-8", "surrogatepass")) == 0


@pytest.mark.parametrize("text", ["", "abc", "a" * 100])
def test_a_text_of_no_or_many_characters_is_no_gram(text: str) -> None:
    assert gram_key(text) == -1
