"""The Chinese tokenizer gives the tokens of the index, and is a Whoosh tokenizer like any other."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.analysis import LowercaseFilter, StopFilter, Token
from whoosh.fields import TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser

from index.text.folding import fold
from index.text.tokenizer import word_tokens
from index.whoosh.analyzer import ChineseTokenizer

MIXED = "ＧＰＴ-4o與清華大學的😀 C++ ﬁnd㈱ 3.5 モデル running a/b 3/3 　"
texts = st.text(st.sampled_from(MIXED + "中国人机器学习大模型é́"), max_size=30)


def tokens(text: str, mode: str = "index", tokenizer: ChineseTokenizer | None = None) -> list[Token]:
    found = (tokenizer or ChineseTokenizer())(text, positions=True, chars=True, keeporiginal=True, mode=mode)
    return [token.copy() for token in found]


@settings(deadline=None)
@given(texts)
def test_the_tokens_of_a_text_are_those_of_the_index(text: str) -> None:
    assert {token.text for token in tokens(text)} == set(word_tokens(fold(text)))


@settings(deadline=None)
@given(texts)
def test_query_words_are_tokens_of_the_same_text(text: str) -> None:
    words = tokens(text, mode="query")
    assert {token.text for token in words} <= {token.text for token in tokens(text)}
    assert [token.pos for token in words] == list(range(len(words)))


@settings(deadline=None)
@given(texts)
def test_offsets_are_those_of_the_raw_text(text: str) -> None:
    places = [(token.startchar, token.endchar) for token in tokens(text)]
    assert places == sorted(places, key=lambda place: place[0])
    for token in tokens(text):
        raw = text[token.startchar : token.endchar]
        assert token.original == raw
        assert token.text in {fold(raw), *word_tokens(fold(raw))}


def test_words_within_a_word_have_its_position() -> None:
    positions = {token.text: token.pos for token in tokens("在清华大学的GPT-4o模型")}
    assert positions["清华大学"] == positions["清华"] == positions["大学"] == 1
    assert [positions[text] for text in ("的", "gpt-4o", "gpt4o", "gpt", "4o", "模型")] == [2, 3, 3, 3, 4, 5]


def test_a_text_that_is_not_to_be_cut_is_folded() -> None:
    (token,) = ChineseTokenizer()("清華Ｘ", tokenize=False, mode="query")
    assert token.text == "清华x"
    assert list(ChineseTokenizer()("", tokenize=False)) == []


def test_user_words_are_left_whole() -> None:
    tokenizer = ChineseTokenizer((("具身智能", 1000),))
    assert [token.text for token in tokens("具身智能", "query", tokenizer)] == ["具身智能"]
    assert tokenizer == pickle.loads(pickle.dumps(tokenizer)) != ChineseTokenizer()


@pytest.mark.parametrize(
    ("query", "count"),
    [("機器學習", 1), ('"清华大学的机器"', 1), ('"学习 机器"', 0), ("清华 the", 1)],
)
def test_any_whoosh_index_can_use_it_with_filters(query: str, count: int) -> None:
    analyzer = ChineseTokenizer() | LowercaseFilter() | StopFilter(renumber=False, minsize=1)
    index = RamStorage().create_index(Schema(text=TEXT(analyzer, stored=True)))
    writer = index.writer()
    writer.add_document(text="清華大學的機器學習")
    writer.commit()
    with index.searcher() as searcher:
        assert len(searcher.search(QueryParser("text", index.schema).parse(query))) == count
