"""Explanations: how a query was read, and that what each clause gave is the very score that `search` gives."""

import pytest
from hypothesis import given, settings

from searcher import Searcher
from searcher.explanation import Clause
from tests.searcher.test_oracle import EVERYTHING, queries


def gained(clause: Clause) -> float:
    return sum(gain.score for gain in clause.gains) + sum(map(gained, clause.children))


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
    "*",
]


@pytest.mark.parametrize("query", SCORED)
def test_gains_add_up_to_the_score_of_every_post(examples: Searcher, query: str) -> None:
    check(examples, query)


@settings(deadline=None, max_examples=25)
@given(query=queries)
def test_gains_add_up_whatever_is_asked(examples: Searcher, query: str) -> None:
    check(examples, query)
