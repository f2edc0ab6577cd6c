"""Explanations: how a query was read, and that what each clause gave is the very score that `search` gives."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings

from index import update
from searcher import Searcher, SearchRequest
from searcher.cli import main
from searcher.explanation import Clause
from tests.conftest import EXAMPLES
from tests.engines import times
from tests.searcher.test_oracle import EVERYTHING, queries


def gained(clause: Clause) -> float:
    return sum(part.score for part in clause.score_parts) + sum(map(gained, clause.children))


def check(searcher: Searcher, query: str) -> None:
    """Check that explanations of `query` agree with its hits, of every post of the example archive."""
    hits = {hit.post.id: hit.score for hit in searcher.search(query, page_size=100).hits}
    for post_id in EVERYTHING:
        told = searcher.explain(query, post_id)
        assert told.post
        assert told.total == len(hits)
        assert told.post.is_hit == told.clause.matched == (post_id in hits)
        assert told.post.score == pytest.approx(hits.get(post_id, 0), rel=1e-6)
        assert gained(told.clause) == pytest.approx(told.post.score, rel=1e-5, abs=1e-6)


SCORED = [
    "大模型",  # short: taken whole
    "今晚看星星",  # long: by its pairs, lifted where whole or near together
    "GPT 4o 手机",
    "大模型 手机 屏幕 -露营",
    "雨中露营的帐篷",
    '露营 "帐篷"',
    "(量化 OR 露营) 帐篷",
    "露营 OR (露营 帐篷)",
    "露* OR l*e OR languge~",
    "title:量化 source:weibo",
    "#露营#",
    "NOT 露营",
    "source:weibo NOT type:会议",
    "*",
]


@pytest.mark.parametrize("query", SCORED)
def test_gains_add_up_to_the_score_of_every_post(examples: Searcher, query: str) -> None:
    check(examples, query)


@settings(deadline=None, max_examples=times(25))
@given(query=queries)
def test_gains_add_up_whatever_is_asked(examples: Searcher, query: str) -> None:
    check(examples, query)


# --- on the command line --------------------------------------------------------------------------------------

PINNED, DAWN, PHONE = "weibo:9900000002/OEA7xtTT4", "weibo:9900000002/PwAShDVnv", "weibo:9900000001/PgztznL7L"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Result]:
    location = tmp_path_factory.mktemp("explain") / "index"
    update(location, [EXAMPLES])
    return lambda *arguments: CliRunner().invoke(main, [*arguments, "--index", str(location)])


TOLD = [
    ("GPT 4o 手机", [], r"Read as  GPT 4o 手机\nFinds    \d+ posts\n\nGPT 4o 手机  \d+ posts\n"),
    ("ＧＰＴ-4o", [], r"folded      gpt-4o\n    also as     gpt-4o \| gpt4o \| gpt 4o\n"),
    ("露营", [], r"needs       0\.32 of 1\.59: 露营 1\.59 \(6\)\n    ranked by   text 露营 \(6\), 露营 \(6\)\n"),
    ("lang*", [], r"stands for  languag, language\n"),
    ("languge~", [], r"stands for  languag, language\n"),
    ("a -source:weibo", [], r'all of  .*\n    a  .*\n(.*\n)*    without  .*\n        source:"weibo"  25 posts\n'),
    ("蒸笼", ["--post", PHONE], r"is a hit; its score is \d.*\n\n✓ 蒸笼  1 post  \+\d"),
    ("蒸笼", ["--post", PHONE], r"stands in   earlier \(saved 2025-03-06, 2025-03-02\)\n"),
    ("#大模型#", ["--post", PHONE], r'✓ hashtag:"大模型".*\n    folded      大模型\n    stands in   .*hashtag \(saved'),
    ("language models", ["--post", "arxiv:2501.99001"], r"scores .*whole text language models \+\d"),
    ("今晚看星空", ["--post", "weibo:9900000004/Pl9A8xmdg"], r"scores .*nearness 今晚看星空 \+\d"),
    ("#露营# 露营", ["--post", DAWN], r'is no hit: see what is marked ✗\n\n✗ all of .*(\n.*)*✗ hashtag:"露营"'),
    ("露营", ["--post", "https://m.weibo.cn/9900000002/OEA7xtTT4"], rf"Post     {PINNED}  "),
]


@pytest.mark.parametrize(("query", "options", "told"), TOLD, ids=[" ".join([row[0], *row[1]]) for row in TOLD])
def test_the_command_tells(run: Callable[..., Result], query: str, options: list[str], told: str) -> None:
    result = run("explain", query, *options)
    assert result.exit_code == 0
    assert re.search(told, result.output), result.output


def test_the_command_gives_json(run: Callable[..., Result]) -> None:
    told = json.loads(run("explain", "露营 -帐篷", "--post", PINNED, "--json").output)
    assert list(told) == ["query", "reading", "total", "clause", "post"]
    assert told["reading"] == "露营 AND NOT 帐篷"
    assert [child["kind"] for child in told["clause"]["children"]] == ["words", "not"]
    found = json.loads(run("search", "露营 -帐篷", "--json").output)
    scores = {hit["id"]: hit["score"] for hit in found["hits"]}
    assert told["total"] == found["total"]
    assert told["post"]["score"] == scores.get(PINNED, 0)


def test_what_cannot_be_explained_is_a_sentence(run: Callable[..., Result]) -> None:
    unknown = run("explain", "露营", "--post", "weibo:1/Pa")
    assert (unknown.exit_code, unknown.stderr) == (1, "The index has no post weibo:1/Pa.\n")
    bad = run("explain", "sorce:x")
    assert bad.exit_code == 2
    assert "did you mean source?" in bad.stderr
    assert "^^^^^" in bad.stderr


def test_filters_that_fail_are_named(examples: Searcher) -> None:
    asked = SearchRequest("露营", source=("arxiv",), since="2026", hashtag=("露营",))
    told = examples.explain(asked, DAWN).post
    assert told
    assert not told.is_hit
    assert set(told.failed) == {"source", "date", "hashtag"}
