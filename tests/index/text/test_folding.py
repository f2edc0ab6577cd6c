"""Folding: which texts compare as equal, and what of the raw text each folded character was made of."""

import subprocess
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from index.text.folding import fold, fold_with_offsets
from tests.index.text import plain_folding

# Where one raw character becomes several folded ones, several become one, or marks change their order.
TROUBLE = (
    "aZß ſﬁİıΣςµÅ①㍿％…™½﷽ﾊﾟﾎﾞパ̈̂̆́ͅ¨ΐᾳ각ᄀᄁㄱﾡ각後發髮臺裡著乾　 \t\n\r\v\x1c\x85\u2028\u200b\ufeff"
    "😀👨‍👩‍👧🇨🇳❤️，。“”『』ＧＰＴ４ａ量化〇々\U0001e900\U0002f800\uf900\u2f00\ufffd"
)
raw_texts = st.one_of(
    st.text(), st.text(TROUBLE), st.lists(st.sampled_from(["量化", "  ", "GPT", "é", "각", "é"])).map("".join)
)

# What looks at its neighbours or becomes several: marks, Hangul vowels and finals, kana's voiced marks, signs of
# Indic scripts that compose, variation selectors, surrogates that would pair, and the mark of the table itself.
COMPOSING = (
    "\u0301\u0338\u0345\u3099\uff9e\uffc2\u1161\u11a8\u314f\u09be\u0dcf\u102e\u0cd5\U0001133e\U000110ba"
    "\ufe0f\u200d\ud83d\ude00\uffff…ßİﷺ"
)
BASES = "eかｶ가ㅎ\u1112量後αＡ\u09c7\u0dd9\u1025\u0cc6\U00011347\U00011099👍 "
WHITE_SPACE = "".join(one for one in map(chr, range(0x110000)) if one.isspace())
any_character = st.one_of(
    st.characters(), *map(st.sampled_from, (TROUBLE, COMPOSING, BASES, WHITE_SPACE, "量化後發髮，。aB"))
)
any_text = st.text(any_character)


@settings(deadline=None, max_examples=1000)
@given(any_text)
@example("")
@example("\uffff")
@example("量\uffff\u0301…")
def test_folding_is_as_defined(text: str) -> None:
    assert fold(text) == plain_folding.fold(text)
    assert fold_with_offsets(text) == plain_folding.fold_with_offsets(text)


@settings(deadline=None, max_examples=300)
@given(any_text, st.data())
def test_substrings_fold_to_substrings_where_the_definition_says_so(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
    if plain_folding.fold(text[start:end]) in plain_folding.fold(text):
        assert fold(text[start:end]) in fold(text)


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("量化後發，。　 \nGPTéЖｶが👍…")), st.data())
def test_a_substring_that_parts_no_composition_folds_to_a_substring(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
    assert fold(text[start:end]) in fold(text)


def unlike_defined(texts: Iterable[str]) -> list[str]:
    """Return those of `texts` that do not fold as defined; together they are asked about in few calls."""
    texts = list(texts)
    wrong: list[str] = []
    for at in range(0, len(texts), 1024):
        some = texts[at : at + 1024]
        if fold("\n".join(some)) != plain_folding.fold("\n".join(some)):
            wrong += [ascii(text) for text in some if fold(text) != plain_folding.fold(text)] or [ascii(some)]
    return wrong


@pytest.mark.thorough
def test_every_single_character_folds_as_defined() -> None:
    assert unlike_defined(map(chr, range(0x110000))) == []


def is_uniform(character: str) -> bool:
    """Return whether `character` is one of the many in blocks that Unicode treats as one."""
    return "\u3400" <= character < "\ua000" or "\uac00" <= character < "\uf900" or character >= "\U00020000"


@pytest.mark.thorough
def test_every_character_beside_those_that_compose_folds_as_defined() -> None:
    characters = [one for one in map(chr, range(0x110000)) if unicodedata.category(one) not in {"Cn", "Co"}]
    for beside, some in (
        (COMPOSING + BASES, (one for one in characters if not is_uniform(one))),
        ("\u0301\u3099\u1161\u11a8", (one for one in characters if is_uniform(one))),
    ):
        assert unlike_defined(f"{one}{one.join(beside)}{one}" for one in some) == []


def test_the_simplified_characters_are_those_of_opencc() -> None:
    said, *pairs = plain_folding.SIMPLIFIED.read_text(encoding="utf-8").splitlines()
    assert said.startswith("# ")
    assert pairs == plain_folding.pairs(), "rewrite the file: python -m tests.index.text.plain_folding"


def test_folding_does_without_opencc() -> None:
    asked = "import sys; from index.text.folding import fold; print(fold('露營'), 'opencc' in sys.modules)"
    command = [sys.executable, "-X", "utf8", "-c", asked]
    run = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.split() == ["露营", "False"]


@settings(deadline=None, max_examples=300)
@given(raw_texts)
@example("")
@example(" \n ")
@example("x ¨")
def test_offsets_run_beside_the_folded_text(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    assert offsets[0] == 0


@settings(deadline=None, max_examples=300)
@given(raw_texts, st.data())
def test_a_raw_slice_folds_to_its_folded_slice(text: str, data: st.DataObject) -> None:
    folded, offsets = fold_with_offsets(text)
    edges = [at for at in range(len(offsets)) if at == 0 or offsets[at] > offsets[at - 1]]
    start, end = sorted((data.draw(st.sampled_from(edges)), data.draw(st.sampled_from(edges))))
    assert fold(text[offsets[start] : offsets[end]]).strip() == folded[start:end].strip()


@settings(deadline=None, max_examples=300)
@given(raw_texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.thorough
def test_folding_each_single_character_twice_is_folding_it_once() -> None:
    characters = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    once = fold("\n".join(characters))
    # One by one only if need be, which takes its time.
    wrong = characters if fold(once) != once else []
    assert [f"U+{ord(one):04X}" for one in wrong if fold(fold(one)) != fold(one)] == []
    assert fold(once) == once


TO_SIMPLIFIED = OpenCC("t2s")


def is_traditional(character: str) -> bool:
    return TO_SIMPLIFIED.convert(normalize("NFKC", character)) != normalize("NFKC", character)


@settings(deadline=None, max_examples=200)
@given(
    st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(TROUBLE)).filter(lambda c: not is_traditional(c)))
)
def test_without_traditional_characters_folding_is_compatible_and_caseless(text: str) -> None:
    assert fold(text).split() == normalize("NFKC", normalize("NFKC", text).casefold()).split()


@settings(deadline=None)
@given(st.text(), st.sampled_from([" ", "\n", "\r\n", "\t \t", "　", "\xa0"]), st.text())
def test_every_run_of_white_space_is_one_space(before: str, blank: str, after: str) -> None:
    assert fold(before + blank + after) == fold(f"{before} {after}")
    assert "  " not in fold(before + blank + after)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        pytest.param("ＧＰＴ－４ｏ", "gpt-4o", id="full-width letters"),
        pytest.param("（你好！）", "(你好!)", id="full-width punctuation"),
        pytest.param("“你好”", "“你好”", id="curly quotes stay"),
        pytest.param("ﾊﾟｿｺﾝ", "パソコン", id="half-width katakana compose"),
        pytest.param("GPT-4O", "gpt-4o", id="capitals"),
        pytest.param("STRASSE Straße", "strasse strasse", id="sharp s"),
        pytest.param("ΣΊΣΥΦΟΣ", "σίσυφοσ", id="final sigma"),
        pytest.param("ПОЕЗД", "поезд", id="Cyrillic"),
        pytest.param("ﬁne", "fine", id="ligature"),
        pytest.param("x²", "x2", id="superscript"),
        pytest.param("①②", "12", id="circled numbers"),
        pytest.param("cafe\u0301", "caf\u00e9", id="combining accent"),
        pytest.param("\u1112\u1161\u11ab", "한", id="Hangul letters"),
        pytest.param("露營", "露营", id="traditional camping"),
        pytest.param("頭髮發現", "头发发现", id="two traditional characters, one simplified"),
        pytest.param("機器學習", "机器学习", id="traditional machine learning"),
        pytest.param("量化", "量化", id="simplified stays"),
        pytest.param("👨‍👩‍👧❤️", "👨‍👩‍👧❤️", id="emoji stay"),
        pytest.param(" a \n\n b　", " a b ", id="white space at the ends is kept as one space"),
        pytest.param("\u3000", " ", id="nothing but white space"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_folds(raw: str, folded: str) -> None:
    assert fold(raw) == folded
    assert fold_with_offsets(raw)[0] == folded


def test_a_character_folds_the_same_in_any_company() -> None:
    # OpenCC's phrase rules would turn 乾 into 干 or leave it, by its neighbours.
    assert fold("乾坤") == fold("乾") + fold("坤")
    assert fold("乾燥") == fold("乾") + fold("燥")


@pytest.mark.parametrize(
    ("raw", "query", "expected"),
    [
        pytest.param("全角的ＧＰＴ是什么", "gpt", "ＧＰＴ", id="full-width"),
        pytest.param("😀😀 Llama 😀", "llama", "Llama", id="behind emoji outside the basic plane"),
        pytest.param("👨‍👩‍👧去露營了", "露营", "露營", id="traditional behind joined emoji"),
        pytest.param("Straße nach Bonn", "strasse", "Straße", id="one raw character folds to two"),
        pytest.param("Ⅷ ﷽ x", "x", "x", id="one raw character folds to eighteen"),
        pytest.param("cafe\u0301 au lait", "caf\u00e9", "cafe\u0301", id="two raw characters fold to one"),
        pytest.param("ﾊﾟｿｺﾝ教室", "パソコン", "ﾊﾟｿｺﾝ", id="half-width katakana"),
        pytest.param("一  行\n\n\n两行", "行 两", "行\n\n\n两", id="over a run of white space"),
        pytest.param("İstanbul güzel", "güzel", "güzel", id="dotted capital i before"),
        pytest.param("①量化", "量化", "量化", id="behind a circled number"),
    ],
)
def test_a_match_is_shown_in_the_raw_text(raw: str, query: str, expected: str) -> None:
    folded, offsets = fold_with_offsets(raw)
    start = folded.index(query)
    assert raw[offsets[start] : offsets[start + len(query)]] == expected


def test_long_text_folds_in_linear_time() -> None:
    # Not timed: were it quadratic, the run would never end.
    text = "量化 Quantization  ＧＰＴ\u0301 " * 40_000 + "\u0301" * 100_000
    assert fold_with_offsets(text)[0] == fold(text)
