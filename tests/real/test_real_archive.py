"""The figures that were counted on the real archive, each through a public way in."""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from index import update
from searcher import Searcher, SearchRequest, open_searcher
from searcher.cli import main
from searcher.query.tree import quote
from tests.real.scan import fold, holders, read_texts

pytestmark = pytest.mark.thorough

# `make substrings` asks for more than every run has time for.
SUBSTRINGS = int(os.environ.get("SEARCHER_TEST_SUBSTRINGS", "500"))
PINNED = "weibo:1870858943/PjqOTBJ4E"


@pytest.fixture(scope="module")
def real(real_location: Path) -> Iterator[Searcher]:
    with open_searcher(real_location) as searcher:
        yield searcher


@pytest.fixture(scope="module")
def texts(real: Searcher) -> dict[str, list[str]]:
    return read_texts(Path(real.stats().archives[0]))


def ids(searcher: Searcher, query: str) -> set[str]:
    pages = -(-searcher.search(query, page_size=100).total // 100)
    found = [searcher.search(query, page=page, page_size=100).hits for page in range(1, pages + 1)]
    return {hit.post.id for hits in found for hit in hits}


def facet(searcher: Searcher, name: str, **filters: object) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in searcher.search(SearchRequest(**filters)).facets[name]}


def test_a_second_update_counts_the_archive_and_changes_nothing(real_location: Path) -> None:
    report = update(real_location)
    assert report.unchanged
    assert (report.saves, report.posts) == (2495, 1105)
    assert not report.unreadable
    assert [Path(path).name for path in report.not_posts.first] == ["README.md"]


def test_facets_over_everything(real: Searcher) -> None:
    assert facet(real, "source") == {"weibo": 731, "arxiv": 374}
    assert facet(real, "hashtag")["中国AIGC产业峰会"] == 69


@pytest.mark.parametrize(
    ("month", "source", "count"), [("2024-12", "weibo", 8), ("2025-04", "weibo", 480), ("2025-04", "arxiv", 213)]
)
def test_months_by_source(real: Searcher, month: str, source: str, count: int) -> None:
    assert facet(real, "date", source=(source,))[month] == count
    assert facet(real, "source", since=month, until=month)[source] == count
    assert real.search(f"source:{source} date:{month}").total == count


def test_the_commonest_hashtag_is_quoted_in_one_post(real: Searcher) -> None:
    posts = [real.post(post_id) for post_id in ids(real, "#中国AIGC产业峰会#")]
    assert len(posts) == 69
    own = [post for post in posts if post and "#中国AIGC产业峰会" in post.latest.content.text]
    assert len(own) == 68


@pytest.mark.parametrize(
    ("text", "count"),
    [("具身智能", 18), ("机器人", 106), ("大模型", 223), ("GPT-4o", 62), ("C++", 3), ("量化", 54), ("扎克伯格", 3)],
)
def test_posts_that_literally_hold(real: Searcher, texts: dict[str, list[str]], text: str, count: int) -> None:
    found = ids(real, quote(text))
    assert len(found) == count
    assert found == holders(texts, fold(text))


def test_the_command_line_says_the_same(real_location: Path) -> None:
    result = CliRunner().invoke(main, ["search", '"量化"', "--json", "--index", str(real_location)])
    assert result.exit_code == 0
    assert json.loads(result.output)["total"] == 54


def test_both_readings_find_the_same_posts(real: Searcher, texts: dict[str, list[str]]) -> None:
    assert ids(real, "") == set(texts)


def test_random_substrings_find_every_holder_and_no_other(real: Searcher, texts: dict[str, list[str]]) -> None:
    chance = random.Random(20250509)
    pool = [text for found in texts.values() for text in found if text]
    done = 0
    while done < SUBSTRINGS:
        text = chance.choice(pool)
        start = chance.randrange(len(text))
        needle = text[start : start + chance.randint(1, 12)]
        if not needle.isspace():
            assert ids(real, quote(needle)) == holders(texts, needle), needle
            done += 1
    print(f"{done:,} random substrings: every holder found, and no other post")


def test_unquoted_text_finds_what_the_quoted_does(real: Searcher, texts: dict[str, list[str]]) -> None:
    chance = random.Random(7)
    pool = [text for found in texts.values() for text in found if len(text) > 12]
    for _ in range(100):
        text = chance.choice(pool)
        start = chance.randrange(len(text) - 12)
        needle = "".join(c if c.isalnum() else " " for c in text[start : start + chance.randint(2, 12)]).strip()
        if needle and not any(word in {"and", "or", "not"} for word in needle.split()):
            assert holders(texts, needle) <= ids(real, needle), needle


def test_the_pinned_post_shows_its_saves(real_location: Path) -> None:
    result = CliRunner().invoke(main, ["show", PINNED, "--json", "--index", str(real_location)])
    saves = json.loads(result.output)["history"]
    assert len(saves) == 51
    assert saves == sorted(saves, key=lambda save: save["saved"], reverse=True)
    shown = CliRunner().invoke(main, ["show", PINNED, "--index", str(real_location)]).output
    assert Counter(save["file"] in shown for save in saves) == {True: 51}


def test_every_hit_of_a_text_query_shows_where_it_matched(real: Searcher) -> None:
    for query in ("大模型", "GPT-4o", "具身智能", "reinforcement learning"):
        for hit in real.search(query, page_size=50).hits:
            assert hit.matched_in
            if hit.matched_in != ("title",):
                assert any(fragment.matched for fragment in hit.snippet)
