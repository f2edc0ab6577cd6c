"""A new ranking weight costs its definition and the place where the plan uses it, for both engines."""

import json
from pathlib import Path

import pytest

from searcher import open_searcher
from tests.additions.project import Addition, Edit, Project

pytestmark = pytest.mark.thorough

ADDITION = Addition(
    (
        Edit(
            "searcher/ranking/parameters.py",
            "SYNONYM_BOOST = 0.7\n",
            "# A share of the score: a prefix may stand for other words than those meant.\nEXPANSION_BOOST = 0.5\n",
        ),
        Edit("searcher/ranking/planner.py", "    CHARACTER_BOOST,\n", "    EXPANSION_BOOST,\n"),
        Edit("searcher/ranking/planner.py", "_EXPANSION, posts, ", "boost=EXPANSION_BOOST, "),
    )
)


def test_a_new_weight_changes_scores_and_explanations(tmp_path: Path, example_index: Path) -> None:
    project = Project(tmp_path / "project", ADDITION)
    with open_searcher(example_index) as searcher:
        before = {hit.post.id: hit.score for hit in searcher.search("gpt*", page_size=100).hits}
    done = project.searcher("search", "gpt*", "--json", "--limit", "100", "--index", example_index)
    after = {hit["id"]: hit["score"] for hit in json.loads(done.stdout)["hits"]}
    assert after == {post_id: pytest.approx(score / 2, abs=1e-3) for post_id, score in before.items()}
    assert min(before.values()) > 0
    done = project.searcher("explain", "gpt*", "--json", "--index", example_index)
    assert '"boost": 0.5' in done.stdout
