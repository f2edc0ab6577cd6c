"""Text → tokens: words as jieba cuts them, Latin by our own rule, and grams that leave no gap."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from itertools import islice, pairwise
from pathlib import Path

import pytest
import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive.decoding import MalformedPost, NotAPost
from index.archive.formats import read_save
from index.archive.walk import Unreadable, walk
from index.schema.fingerprint import fingerprint
from index.text.folding import fold
from index.text.segmenter import DictionarySegmenter
from index.text.tokenizer import QueryWord, grams, han_grams, latin_words, query_words, required_han_terms, word_tokens
from index.text.user_words import UserWords
from tests.conftest import EXAMPLES, NO_REAL_ARCHIVE, REAL_ARCHIVE
from tests.index.text.conftest import Jieba

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"


@pytest.fixture(scope="session")
def dictionary_words(jieba: Jieba) -> list[str]:
    """Give every hundredth word of the dictionary that is all Han."""
    known = (word for word, count in jieba.FREQ.items() if count and re.fullmatch(f"[{HAN}]+", word))
    return list(islice(known, 0, None, 100))


def texts_of(archive: Path) -> Iterator[str]:
    """Yield every text of an archive, folded."""
    for entry in walk(archive):
        assert not isinstance(entry, Unreadable)
        try:
            save = read_save(Path(entry.path).read_bytes(), "archive", entry.name)
        except (NotAPost, MalformedPost):
            continue
        yield from map(fold, save.texts)


def runs_of(text: str) -> list[str]:
    return re.findall(f"[{HAN}]+", text)


def jieba_words(jieba: Jieba, run: str) -> list[str]:
    return jieba.lcut_for_search(run, HMM=False)


def jieba_cut(jieba: Jieba, run: str) -> list[str]:
    return jieba.lcut(run, HMM=False)


def han_words(text: str) -> Counter[str]:
    """Return how often `text` has each word that is all Han."""
    return Counter(token for token in word_tokens(text) if re.fullmatch(f"[{HAN}]+", token))


compiled_jieba = cache(rjieba.Jieba)


def test_every_han_run_of_the_examples_is_cut_like_jieba(jieba: Jieba, segmenter: DictionarySegmenter) -> None:
    runs = sorted({run for text in texts_of(EXAMPLES) for run in runs_of(text)})
    assert len(runs) > 500
    assert {run: Counter(word_tokens(run)) for run in runs} == {run: Counter(jieba_words(jieba, run)) for run in runs}
    assert {run: [word.text for word in query_words(run, segmenter)] for run in runs} == {
        run: jieba_cut(jieba, run) for run in runs
    }


@pytest.mark.thorough
@pytest.mark.parametrize(("archive", "fewest"), [(EXAMPLES, 100), (REAL_ARCHIVE, 1000)], ids=["examples", "real"])
def test_a_text_has_the_words_of_its_runs(jieba: Jieba, archive: Path, fewest: int) -> None:
    if not archive.is_dir():
        pytest.skip(NO_REAL_ARCHIVE)
    texts = sorted(set(texts_of(archive)))
    texts = texts[:: max(1, len(texts) // 3000)]
    assert len(texts) > fewest
    for text in texts:
        assert han_words(text) == Counter(word for run in runs_of(text) for word in jieba_words(jieba, run))


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_whatever_stands_between_runs_they_are_cut_as_if_alone(
    dictionary_words: list[str], data: st.DataObject
) -> None:
    run = st.lists(st.sampled_from(dictionary_words) | st.text("〇鿕鿖㐀𠀀的一二中国人豈", min_size=1), min_size=1)
    pieces = run.map("".join) | st.text(" \n\ra1-.+#_%，。～・あ배ก́😀𝔸", min_size=1, max_size=3)
    text = "".join(data.draw(st.lists(pieces, max_size=12)))
    alone = Counter(word for run in runs_of(text) for word in compiled_jieba().cut_for_search(run, False))
    assert han_words(text) == alone
    assert "\n" not in word_tokens(text)


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_any_han_text_is_cut_as_jieba_cuts_it(
    jieba: Jieba, segmenter: DictionarySegmenter, dictionary_words: list[str], data: st.DataObject
) -> None:
    characters = st.characters(min_codepoint=0x3400, max_codepoint=0x3FFFF, categories=("Lo", "Nl"))
    han = characters.filter(re.compile(f"[{HAN}]").fullmatch)
    run = "".join(
        data.draw(
            st.lists(st.one_of(st.sampled_from(dictionary_words), han, st.sampled_from("〇鿕鿖的一")), min_size=1)
        )
    )
    theirs = jieba_cut(jieba, run)
    assert [word.text for word in query_words(run, segmenter)] == theirs
    ours = compiled_jieba().cut(run, False)
    assert Counter(word_tokens(run)) == Counter(compiled_jieba().cut_for_search(run, False))
    if ours == theirs:
        assert Counter(word_tokens(run)) == Counter(jieba_words(jieba, run))
    else:
        # "一|一一" and "一一|一" are as likely as each other, and rounding decides between them.
        assert "".join(ours) == run
        assert likelihood(jieba, ours) == pytest.approx(likelihood(jieba, theirs), rel=1e-12)


def likelihood(jieba: Jieba, cut: list[str]) -> float:
    """Return the logarithm of the likelihood that jieba gives to a cut, but for a constant for each piece."""
    return sum(math.log(jieba.FREQ.get(word) or 1) - math.log(jieba.total) for word in cut)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("GPT-4o", {"gpt-4o", "gpt4o", "gpt", "4o"}, id="GPT-4o"),
        pytest.param("gpt4o", {"gpt4o", "gpt", "4o"}, id="gpt4o"),
        pytest.param("ＧＰＴ", {"gpt"}, id="full-width"),
        pytest.param("Qwen2.5-VL", {"qwen2.5-vl", "qwen25vl", "qwen", "2.5", "vl"}, id="Qwen2.5-VL"),
        pytest.param("V-JEPA 2", {"v-jepa", "vjepa", "v", "jepa", "2"}, id="V-JEPA 2"),
        pytest.param("C++", {"c++", "c"}, id="C++"),
        pytest.param("C#", {"c#", "c"}, id="C#"),
        pytest.param("c", {"c"}, id="a lone letter"),
        pytest.param("3.5", {"3.5"}, id="a decimal"),
        pytest.param("1/8", {"1/8", "1", "8"}, id="a fraction"),
        pytest.param("o3/o4mini", {"o3/o4mini", "o", "3", "4mini"}, id="o3/o4mini"),
        pytest.param("70B", {"70b"}, id="a number with its word"),
        pytest.param("models", {"models", "model"}, id="stemmed English beside it"),
        pytest.param(
            "language-models",
            {"language-models", "languagemodels", "language", "models", "languag", "model"},
            id="parts are stemmed",
        ),
        pytest.param("don't", {"don't", "dont", "don", "t"}, id="apostrophe"),
        pytest.param("AT&T", {"at&t", "att", "at", "t"}, id="ampersand"),
        pytest.param("поезд", {"поезд"}, id="Cyrillic"),
        pytest.param("snake_case", {"snake", "case"}, id="underscore joins as a hyphen does"),
        pytest.param("ひらがな", {"ひらがな"}, id="Japanese"),
        pytest.param("배추는", {"배추는"}, id="Korean"),
        pytest.param("，。！ -- # 😀 ...", set(), id="no word"),
        pytest.param("", set(), id="nothing"),
    ],
)
def test_words_of_text_that_is_not_han(text: str, tokens: set[str]) -> None:
    assert tokens <= set(word_tokens(fold(text)))
    if not tokens:
        assert list(word_tokens(fold(text))) == []


def test_numbers_keep_their_decimals_apart() -> None:
    assert "35" not in set(word_tokens("3.5"))


def test_han_and_latin_are_cut_apart() -> None:
    assert {"gpt-4o", "量化", "2", "模型"} <= set(word_tokens(fold("用GPT-4o量化2个模型")))


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("gpt-4o", {("gpt-4o",), ("gpt4o",), ("gpt", "4o")}),
        ("gpt4o", {("gpt4o",), ("gpt", "4o")}),
        ("qwen2.5-vl", {("qwen2.5-vl",), ("qwen25vl",), ("qwen", "2.5", "vl")}),
        ("v-jepa", {("v-jepa",), ("vjepa",), ("v", "jepa")}),
        ("c++", {("c++",)}),
        ("c#", {("c#",)}),
        ("3.5", {("3.5",)}),
        ("1/8", {("1/8",), ("1", "8")}),
        ("o3/o4mini", {("o3/o4mini",), ("o", "3", "o", "4mini")}),
        ("models", {("models",), ("model",)}),
    ],
)
def test_alternatives_of_a_latin_word(
    segmenter: DictionarySegmenter, text: str, alternatives: set[tuple[str, ...]]
) -> None:
    (word,) = query_words(text, segmenter)
    assert list(latin_words(text)) == [word]
    assert set(word.alternatives) == alternatives
    assert {token for one in word.alternatives for token in one} <= set(word.tokens)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("gpt4o", "GPT-4o"),
        ("GPT-4o", "gpt4o"),
        ("GPT 4o", "GPT-4o"),
        ("GPT-4o", "GPT 4o"),
        ("Qwen2.5VL", "Qwen2.5-VL"),
        ("vjepa", "V-JEPA 2"),
        ("o4mini", "o3/o4mini"),
        ("o3", "o3/o4mini"),
        ("model", "models"),
        ("models", "a model."),
        ("ＧＰＴ", "gpt"),
    ],
)
def test_a_latin_word_is_held_by_its_other_spellings(segmenter: DictionarySegmenter, query: str, text: str) -> None:
    assert all(holds(word, text) for word in query_words(fold(query), segmenter))


@pytest.mark.parametrize(("query", "text"), [("c++", "C"), ("c#", "c++"), ("3.5", "35"), ("3.5", "5.3"), ("1/8", "18")])
def test_a_latin_word_is_not_held_by_another(segmenter: DictionarySegmenter, query: str, text: str) -> None:
    assert not any(holds(word, text) for word in query_words(query, segmenter))


def holds(word: QueryWord, text: str) -> bool:
    tokens = set(word_tokens(fold(text)))
    return any(tokens.issuperset(alternative) for alternative in word.alternatives)


MIXED = st.one_of(st.text(), st.text("量化模型大GPT-4o+#./&'_ 1あ배\u0301")).map(fold)


@settings(deadline=None, max_examples=200)
@given(MIXED, st.integers(0, 20), st.integers(1, 20))
def test_every_stretch_of_a_text_has_its_grams_there(text: str, start: int, length: int) -> None:
    assert set(grams(text[start : start + length])) <= set(grams(text))
    assert set(text) <= set(grams(text))
    assert {a + b for a, b in pairwise(text)} <= set(grams(text))


@settings(deadline=None, max_examples=200)
@given(text=MIXED)
def test_a_text_holds_every_word_it_is_asked_for(segmenter: DictionarySegmenter, text: str) -> None:
    tokens, pieces = set(word_tokens(text)), set(grams(text))
    for word in query_words(text, segmenter):
        assert word.text in text
        assert tokens.issuperset(word.alternatives[0]) if word.alternatives else pieces.issuperset(grams(word.text))
    assert list(latin_words(text)) == [word for word in query_words(text, segmenter) if word.alternatives]
    assert set(han_grams(text)) <= pieces
    assert all(term in text for term in required_han_terms(text))


def test_short_runs_are_required_whole_and_long_ones_by_pairs() -> None:
    assert list(required_han_terms("茶 gpt 量化器官 大语言模型")) == ["茶", "量化器官", "大语", "语言", "言模", "模型"]
    assert list(han_grams("茶 gpt 量化")) == ["茶", "量", "化", "量化"]
    assert list(grams("ab")) == ["a", "b", "ab"]


def test_the_fingerprint_names_everything_tokens_depend_on() -> None:
    print_of = fingerprint(UserWords())
    tokens = {"analyzer", "jieba", "rjieba", "snowballstemmer", "dictionary", "simplified"}
    assert set(print_of) == {"format", "schema", "words", *tokens}
    assert print_of["jieba"] == version("jieba")
    assert all(print_of.values())
