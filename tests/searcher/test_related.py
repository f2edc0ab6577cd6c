"""Related posts share key terms."""

import json

import pytest
from click.testing import CliRunner

from searcher import Searcher
from searcher.cli import main
from searcher.request import RequestError, UnknownPostError
from tests.searcher.shelf import Shelf, linked

POSTS = {
    "robot": [
        {"body": f"{linked('人形机器人')}宇树的人形机器人今天跑完了半程马拉松", "summary": "半程马拉松的冠军是机器人"},
        {"body": f"{linked('人形机器人')}宇树的人形机器人今天跑完了半程马拉松", "summary": "机器人跑马拉松"},
    ],
    "again": {"body": "昨天的半程马拉松里，宇树的机器人摔了一跤"},
    "topic": {"body": f"{linked('人形机器人')}价格又降了"},
    "marathon": {"body": "今天的马拉松下雨了"},
    "bread": {"body": "全麦面包的配方"},
    "soup": {"body": "今天喝汤"},
    "alone": {"body": "zzz"},
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    others = {f"other{number}": {"body": f"今天第{number}篇"} for number in range(20)}
    return Shelf(tmp_path_factory.mktemp("related"), POSTS | others)


def test_related_posts_share_hashtags_and_rare_words(shelf: Shelf) -> None:
    assert shelf.related("robot") == ["topic", "again", "marathon"]


def test_a_post_that_shares_nothing_has_no_related_posts(shelf: Shelf) -> None:
    assert shelf.related("bread") == []
    assert shelf.related("alone") == []


def test_a_related_hit_highlights_the_shared_terms(shelf: Shelf) -> None:
    hit = shelf.searcher.related(shelf.id("robot"))[1]
    assert {fragment.text for fragment in hit.snippet if fragment.matched} >= {"半程马拉松"}
    assert hit.score > 0


def test_a_limit_keeps_the_most_related_posts(shelf: Shelf) -> None:
    assert len(shelf.searcher.related(shelf.id("robot"), limit=1)) == 1
    for limit in (0, 101):
        with pytest.raises(RequestError, match="limit is"):
            shelf.searcher.related(shelf.id("robot"), limit)


def test_an_unknown_post_is_an_error(shelf: Shelf) -> None:
    with pytest.raises(UnknownPostError, match=r"^The index has no post weibo:1/Pa\.$"):
        shelf.searcher.related("weibo:1/Pa")


def test_no_post_of_the_examples_is_related_to_itself(examples: Searcher) -> None:
    ids = [hit.post.id for hit in examples.search("", page_size=100).hits]
    for post_id in ids:
        found = [hit.post.id for hit in examples.related(post_id)]
        assert post_id not in found
        assert len(set(found)) == len(found)
    assert any(examples.related(post_id) for post_id in ids)


def test_the_show_command_lists_related_posts(shelf: Shelf) -> None:
    command = ["show", shelf.id("robot"), "--related", "--index", str(shelf.location)]
    assert "Related posts\n  1. 札记" in CliRunner().invoke(main, command).output
    told = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)
    assert [hit["id"] for hit in told["related"]] == [shelf.id(name) for name in ("topic", "again", "marathon")]
    assert "Related" not in CliRunner().invoke(main, ["show", *command[1:2], *command[3:]]).output
    lonely = CliRunner().invoke(main, ["show", shelf.id("bread"), *command[2:]])
    assert "Related posts\nThere are none." in lonely.output
