"""Required terms of Han: rare characters, and pairs of short words, match where the whole text does not."""

from collections.abc import Iterator

import pytest

from tests.engines import Engine
from tests.searcher.shelf import Shelf

REST = {f"rest{number}": {"body": f"今年市场的发展动态，第{number}期"} for number in range(100)}
POSTS = {
    "niobium": {"body": "阐述了铌及其制品的应用情况"},
    "swing": {"body": "古人荡秋千的由来"},
    "market": {"body": "世界市场的发展"},
    **REST,
}


@pytest.fixture(scope="module")
def shelf(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    made = Shelf(tmp_path_factory.mktemp("clues"), POSTS, engine)
    yield made
    made.close()


def test_one_rare_character_of_a_long_run_matches(shelf: Shelf) -> None:
    assert shelf.found("金属铌矿开采") == {"niobium"}


def test_a_common_character_of_a_long_run_matches_nothing(shelf: Shelf) -> None:
    assert shelf.found("动物园的熊猫") == set()


def test_an_unknown_short_word_matches_by_its_pairs(shelf: Shelf) -> None:
    assert shelf.ranked("秋千考") == ["swing"]


def test_a_known_short_word_matches_only_whole(shelf: Shelf) -> None:
    assert shelf.found("荡秋千") == {"swing"}
    assert shelf.found("世界市场") == {"market"}


def test_a_common_pair_of_an_unknown_word_matches_nothing(shelf: Shelf) -> None:
    assert shelf.found("市场鲸") == set()


@pytest.mark.parametrize(("query", "marked"), [("秋千考", ["秋千"]), ("铌矿开采加工", ["铌"])])
def test_the_matching_term_is_highlighted(shelf: Shelf, query: str, marked: list[str]) -> None:
    hit = shelf.search(query).hits[0]
    assert [fragment.text for fragment in hit.snippet if fragment.matched] == marked
    assert hit.matched_in == ("body",)
