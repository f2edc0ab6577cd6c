"""What finds a post where the query doesn't stand there as it was typed: rare characters, and pairs of short words."""

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


def test_one_rare_character_of_a_long_run_finds(shelf: Shelf) -> None:
    assert shelf.found("金属铌矿开采") == {"niobium"}


def test_a_common_character_of_a_long_run_finds_nothing(shelf: Shelf) -> None:
    assert shelf.found("动物园的熊猫") == set()


def test_a_short_word_that_no_post_holds_is_found_by_its_pairs(shelf: Shelf) -> None:
    assert shelf.ranked("秋千考") == ["swing"]


def test_a_short_word_that_a_post_holds_is_whole(shelf: Shelf) -> None:
    assert shelf.found("荡秋千") == {"swing"}
    assert shelf.found("世界市场") == {"market"}


def test_a_common_pair_of_a_short_word_that_no_post_holds_finds_nothing(shelf: Shelf) -> None:
    assert shelf.found("市场鲸") == set()


@pytest.mark.parametrize(("query", "marked"), [("秋千考", ["秋千"]), ("铌矿开采加工", ["铌"])])
def test_what_found_it_is_marked(shelf: Shelf, query: str, marked: list[str]) -> None:
    hit = shelf.search(query).hits[0]
    assert [fragment.text for fragment in hit.snippet if fragment.matched] == marked
    assert hit.matched_in == ("body",)
