"""Corrections of queries that find next to nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher import Searcher
from searcher.errors import QuerySyntaxError
from tests.engines import Engine, times
from tests.searcher.shelf import Shelf, linked

POSTS = {
    f"{number}": {"body": body}
    for number, body in enumerate(
        [
            *["具身智能的机器人 language model GPT-4o"] * 12,
            *[f"{linked('人形机器人')}{linked('City Ride')}帐篷里的量化交易"] * 3,
            "langauge 是一个错字 只能",
            "阳台 番茄",
        ]
    )
}
POSTS["once"] = {"body": "露营", "url": "https://blog.example.org/1"}


@pytest.fixture(scope="module")
def shelf(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path_factory.mktemp("meant"), POSTS, engine)
    yield shelf
    shelf.close()


MEANT = [
    # Latin letters: one wrong, missing, added, two in the wrong order
    ("languoge", "language"),
    ("languge", "language"),
    ("Langguage", "language"),
    ("lagnuage", "language"),
    ("gtp-4o", "gpt-4o"),
    # an order of letters that one post has, and many more have another
    ("langauge", "language"),
    # Chinese that sounds the same, or nearly so; one character wrong
    ("具身只能", "具身智能"),
    ("聚身智能", "具身智能"),
    ("自能", "智能"),
    ("机器忍", "机器人"),
    ('"人型机器人"', '"人形机器人"'),
    ("帐蓬", "帐篷"),
    # pinyin
    ("jiqiren", "机器人"),
    ("liang hua jiaoyi", "liang hua 交易"),
    # inside a query, the rest of which stays as it was typed
    ('"具身只能" -露营', '"具身智能" -露营'),
    ("title:languge OR （帐蓬）", "title:language OR （帐篷）"),
    ("languge AND 机器忍", "language AND 机器人"),
    # hashtags
    ("#人型机器人#", "#人形机器人#"),
    ("#cityrid", "#City Ride#"),
    ("#机器人#", "#人形机器人#"),
    ("hashtag:人型机器人", 'hashtag:"人形机器人"'),
    # properties
    ("source:webo", "source:weibo"),
    ("source：webo 帐篷", "source：weibo 帐篷"),
    ("site:blog.exmple.org", "site:blog.example.org"),
    # an exact text that no post holds so
    ('"model language"', "model language"),
    # nothing is like it, or what is finds no more
    ("zzzzzz", None),
    ("的的的的", None),
    ("#无此话题#", None),
    ("languge -language", None),
    ("-languge", None),
    ("id:weibo:1/Pa", None),
    # what is found is right
    ("language", None),
    ("番茄", None),
    ("露营", None),
    ("", None),
    ("*", None),
]


@pytest.mark.parametrize(("query", "meant"), MEANT, ids=[query for query, _ in MEANT])
def test_a_misspelled_query_has_a_correction(shelf: Shelf, query: str, meant: str | None) -> None:
    assert shelf.search(query).did_you_mean == meant


def test_a_correction_passes_the_filters(shelf: Shelf) -> None:
    assert shelf.search("languge", source=("weibo",)).did_you_mean == "language"
    assert shelf.search("languge", source=("blog.example.org",)).did_you_mean is None


def test_deleted_posts_give_no_correction(engine: Engine, tmp_path: Path) -> None:
    english = {"body": "language"}
    shelf = Shelf(tmp_path, {"one": {"body": "风筝"}, "other": english, "third": english}, engine)
    assert [shelf.search(query).did_you_mean for query in ("风争", "languge")] == ["风筝", "language"]
    (tmp_path / "archive" / "one-0.md").unlink()
    shelf.update()
    assert [shelf.search(query).did_you_mean for query in ("风争", "languge")] == [None, "language"]
    shelf.close()


def test_a_correction_is_in_the_json(shelf: Shelf) -> None:
    assert shelf.search("languge").as_json()["did_you_mean"] == "language"
    assert shelf.search("language").as_json()["did_you_mean"] is None


SLIPS = st.sampled_from(
    ["具身只能", "languge", "机器忍", "帐蓬", "露營", "大模形", "GTP-4o", "#露盈#", '"大模形"', "-的"]
)


@settings(deadline=None, max_examples=times(60))
@given(query=st.lists(SLIPS | st.text(max_size=5), min_size=1, max_size=3).map(" ".join))
def test_a_correction_finds_more_than_the_query(examples: Searcher, query: str) -> None:
    try:
        results = examples.search(query)
    except QuerySyntaxError:
        return
    if results.did_you_mean is not None:
        assert results.total <= 2
        assert examples.search(results.did_you_mean).total > results.total
