"""Cutting with user words: queries and texts alike, as jieba cuts when they are added to it."""

import math
import re
from collections.abc import Iterable
from copy import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import update
from index.text.segmenter import LOOKED_UP, DictionarySegmenter, Segmenter, compiled_segmenter, write_dictionary
from index.text.tokenizer import word_tokens
from searcher.embedded.snapshot import Snapshot
from tests.conftest import EXAMPLES, WritePost
from tests.index.text.conftest import Jieba

# New words; known ones that jieba parts and that it leaves whole; parts of one another; characters it doesn't know.
OWN = (
    "具身智能",
    "具身",
    "智能体",
    "具身智能体",
    "世界模型",
    "大语言模型",
    "模型",
    "中国",
    "的确良好",
    "撙一",
    "撙节鿕",
    "一一",
)
TEXT = "具身智能体和世界模型的大语言模型确实的确良好，具身的智能体在中国撙节鿕，一一二一一，撙一撙节"


def jieba_with(jieba: Jieba, own: Iterable[str]) -> Jieba:
    """Return jieba to which words were added by its own rule, the shorter first."""
    taught = copy(jieba)
    taught.FREQ = dict(jieba.FREQ)
    for word in sorted(own, key=lambda word: (len(word), word)):
        before = taught.FREQ.get(word, 0)
        taught.add_word(word)
        taught.total -= before  # jieba counts a word twice that it knew
    return taught


def segmenters(path: Path, own: Iterable[str]) -> tuple[DictionarySegmenter, Segmenter]:
    """Return what cuts queries and what cuts texts with the words `own`."""
    write_dictionary(path, own)
    mapped = DictionarySegmenter(path)
    return mapped, compiled_segmenter(tuple((word, mapped.frequency(word)) for word in sorted(own)))


def cuts(segmenter: Segmenter, run: str) -> tuple[list[str], list[str]]:
    return segmenter.cut(run), segmenter.cut_for_search(run)


def jieba_cuts(taught: Jieba, run: str) -> tuple[list[str], list[str]]:
    return taught.lcut(run, HMM=False), taught.lcut_for_search(run, HMM=False)


def likelihood(taught: Jieba, cut: list[str]) -> float:
    return sum(math.log(taught.FREQ.get(word) or 1) - math.log(taught.total) for word in cut)


def test_user_words_are_cut_as_jieba_cuts_added_words(jieba: Jieba, tmp_path: Path) -> None:
    mapped, compiled = segmenters(tmp_path / "dictionary", OWN)
    taught = jieba_with(jieba, OWN)
    files = (file.read_text(encoding="utf-8", errors="replace") for file in EXAMPLES.rglob("*.md"))
    runs = sorted({run for text in (TEXT, *OWN, *files) for run in re.findall(f"{LOOKED_UP}+", text)})
    assert len(runs) > 500
    expected = {run: jieba_cuts(taught, run) for run in runs}
    assert {run: cuts(mapped, run) for run in runs} == expected
    assert {run: cuts(compiled, run) for run in runs} == expected
    assert expected != {run: jieba_cuts(jieba, run) for run in runs}
    assert {word: mapped.frequency(word) for word in OWN} == {word: taught.FREQ[word] for word in OWN}


@pytest.mark.thorough
@settings(deadline=None, max_examples=10)
@given(
    own=st.sets(st.text("具身智能大语言模型的一撙鿕", min_size=2, max_size=6), max_size=6),
    runs=st.lists(
        st.lists(st.integers(0, 5) | st.text("具身智能大语言模型的一撙鿕", max_size=3), max_size=8), max_size=20
    ),
)
def test_any_user_words_stay_whole_in_runs_cut_like_jieba(
    jieba: Jieba, tmp_path_factory: pytest.TempPathFactory, own: set[str], runs: list[list[int | str]]
) -> None:
    mapped, compiled = segmenters(tmp_path_factory.mktemp("own") / "dictionary", own)
    taught = jieba_with(jieba, own)
    for word in own:
        assert mapped.cut(word) == compiled.cut(word) == [word]
    listed = sorted(own) or [""]
    for pieces in runs:
        run = "".join(listed[piece % len(listed)] if isinstance(piece, int) else piece for piece in pieces)
        expected = jieba_cuts(taught, run)
        assert cuts(mapped, run) == expected
        if cuts(compiled, run) != expected:
            # Of cuts that are as likely as each other, rounding may choose another.
            likelihoods = [likelihood(taught, cut) for cut in (compiled.cut(run), expected[0])]
            assert likelihoods[0] == pytest.approx(likelihoods[1], rel=1e-12)


@pytest.mark.parametrize("parallel_from", [0, 1_000], ids=["by workers", "in this process"])
def test_an_index_cuts_texts_and_queries_by_its_words(
    location: Path,
    archive: Path,
    write_post: WritePost,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parallel_from: int,
) -> None:
    monkeypatch.setattr("index.updates.process_pool.PARALLEL_FROM", parallel_from)
    monkeypatch.setenv("SEARCHER_WORDS", str(tmp_path / "words.txt"))
    (tmp_path / "words.txt").write_text("\n".join(OWN), encoding="utf-8")
    write_post(body=TEXT)
    update(location, [archive])
    snapshot = Snapshot.open(location)
    asked_for = {word for run in re.findall(f"{LOOKED_UP}+", TEXT) for word in snapshot.segmenter.cut_for_search(run)}
    assert {"具身智能体", "世界模型", "大语言模型"} <= asked_for <= set(snapshot.words.with_prefix(""))
    assert "具身智能体" not in word_tokens(TEXT)
