"""Synonyms: the posts they find, their rank, and their highlights."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.request import Sort
from tests.engines import Engine, times
from tests.searcher.shelf import Shelf

WORDS = """
具身智能
大模型 = LLM = 大语言模型 = large language model
量化 = quantization
强化学习 = RL
"""
BODIES = {
    "model": "大模型写周报",
    "llm": "an LLM writes reports",
    "long": "大语言模型与周报",
    "phrase": "Large Language Models write",
    "apart": "a model of a large language",
    "inside": "willms is a name",
    "part": "语言的模型",
    "quant": "大模型的量化",
    "quantization": "quantization of an llm",
    "deploy": "部署方案",
    "rl": "强化学习笔记",
    "summary": "别的",
}
GROUP = ("大模型", "LLM", "大语言模型", "large language model")
Asks = Callable[[str], Shelf]


@pytest.fixture(scope="module")
def shelves(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shelf, Shelf]]:
    """Give the same posts with the user's words and without."""
    folder = tmp_path_factory.mktemp("synonyms")
    posts = {name: {"body": body} for name, body in BODIES.items()}
    posts["summary"]["summary"] = "讲的是大模型"
    without = Shelf(folder / "without", posts, engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_WORDS", str(folder / "words.txt"))
        (folder / "words.txt").write_text(WORDS, encoding="utf-8")
        taught = Shelf(folder / "with", posts, engine)
    yield taught, without
    taught.close()
    without.close()


@pytest.fixture(scope="module")
def shelf(shelves: tuple[Shelf, Shelf]) -> Shelf:
    return shelves[0]


MODELS = "model llm long phrase quant quantization summary"
TABLE = [
    ("大模型", MODELS),
    ("大模型。", MODELS),
    ("LLM", f"{MODELS} inside"),  # what is typed is found inside words too, a synonym is not
    ("title:LLM", ""),
    ("summary:llm", "summary"),
    ("in:summary large language model", "summary"),
    ("量化", "quant quantization"),
    ("QUANTIZATION", "quant quantization"),
    ("大模型 AND 量化", "quant quantization"),
    ("LLM量化", MODELS),
    ("GPT大模型", MODELS),  # no post has "gptllm"
    ("RL", "rl"),
    ("-LLM", "apart part deploy rl"),
    ('"LLM"', "llm quantization inside"),
    ('"大模型"', "model quant summary"),
    ("大模型*", "model quant summary"),
    ("部署方案", "deploy"),
]


@pytest.mark.parametrize(("query", "names"), TABLE, ids=[query for query, _ in TABLE])
def test_a_word_finds_posts_with_its_synonym(shelf: Shelf, query: str, names: str) -> None:
    assert shelf.found(query) == set(names.split())


@pytest.mark.parametrize("word", GROUP)
def test_the_typed_word_ranks_above_its_synonym(shelf: Shelf, word: str) -> None:
    ranked = [name for name in shelf.ranked(word) if name in MODELS.split() and name != "summary"]
    holders = shelf.found(f'"{word}"') & set(ranked)
    assert set(ranked[: len(holders)]) == holders
    assert len(ranked) == len(MODELS.split()) - 1


def test_a_synonym_adds_to_the_score_of_other_words(shelf: Shelf) -> None:
    assert shelf.ranked("大模型 quantization")[:2] in (["quant", "quantization"], ["quantization", "quant"])


def test_synonyms_match_when_sorted_by_time(shelf: Shelf) -> None:
    assert shelf.found("LLM", sort=Sort.NEWEST) == shelf.found("LLM")


@pytest.mark.parametrize(
    ("query", "name", "marked"),
    [
        ("大模型", "llm", ["LLM"]),
        ("LLM", "model", ["大模型"]),
        ("量化", "quantization", ["quantization"]),
        ("llm 量化", "quantization", ["quantization", "llm"]),
        ("large language model", "long", ["大语言模型"]),
        ("LLM", "phrase", ["Large Language Model"]),
        ("LLM AND 写周报", "model", ["大模型写周报"]),
    ],
)
def test_a_matching_synonym_is_highlighted(shelf: Shelf, query: str, name: str, marked: list[str]) -> None:
    (hit,) = [hit for hit in shelf.search(query).hits if shelf._names[hit.post.id] == name]
    assert [fragment.text for fragment in hit.snippet if fragment.matched] == marked
    assert hit.matched_in == ("body",)


PIECES = st.sampled_from([*GROUP, "量化", "quantization", "RL", "强化学习", "部署", "周报", "name", "方案", "具身智能"])


@pytest.mark.thorough
@settings(deadline=None, max_examples=times(100))
@given(
    query=st.lists(PIECES, min_size=1, max_size=5).flatmap(
        lambda words: st.sampled_from([" ", ""]).map(lambda gap: gap.join(words))
    )
)
def test_synonyms_only_ever_add_hits(shelves: tuple[Shelf, Shelf], query: str) -> None:
    taught, without = shelves
    assert taught.found(query) >= without.found(query)
    assert taught.found(f'"{query}"') == without.found(f'"{query}"')


LAW_WORDS = ("绿茶", "tea", "乌龙", "oolong", "c++", "普洱茶")
"""Is a pool of words none of which stands in another, as posts and as queries."""


@pytest.mark.thorough
@settings(deadline=None, max_examples=times(6))
@given(data=st.data())
def test_all_synonyms_of_a_line_find_the_same_posts(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Holds for words that are taken whole; of others what holds them in parts is found besides."""
    order = data.draw(st.permutations(LAW_WORDS))
    cut = data.draw(st.integers(2, len(order)))
    group, others = order[:cut], order[cut:]
    bodies = data.draw(st.lists(st.lists(st.sampled_from(LAW_WORDS), max_size=3), min_size=1, max_size=6))
    folder = tmp_path_factory.mktemp("law")
    (folder / "words.txt").write_text(" = ".join(group), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_WORDS", str(folder / "words.txt"))
        shelf = Shelf(folder, {str(n): {"body": "，".join(words)} for n, words in enumerate(bodies)})
    with shelf.searcher:
        for word in group:
            assert shelf.found(word) == {str(n) for n, words in enumerate(bodies) if set(words) & set(group)}
        for word in others:
            assert shelf.found(word) == {str(n) for n, words in enumerate(bodies) if word in words}
