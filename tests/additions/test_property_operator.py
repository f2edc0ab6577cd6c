"""A new operator on a property costs the tree, the table of query fields, a filter of each engine, and its name."""

from pathlib import Path
from typing import Any

import pytest

from tests.additions.project import Addition, Edit, Project

pytestmark = pytest.mark.thorough

EMBEDDED, OPENSEARCH = "searcher/embedded/filters.py", "searcher/opensearch/clauses.py"
# `first:` finds posts by the day of their first save.
ADDITION = Addition(
    (
        Edit(
            "searcher/query/tree.py",
            '    kind = "saved"\n',
            '\n\nclass FirstSavedBetween(_PeriodNode):\n    kind = "first"\n',
        ),
        Edit("searcher/query/tree.py", "PublishedBetween | SavedBetween | ", "FirstSavedBetween | "),
        Edit("searcher/query/fields.py", "from searcher.query.tree import ", "FirstSavedBetween, "),
        Edit("searcher/query/fields.py", "DateNode = ", "FirstSavedBetween | "),
        Edit(
            "searcher/query/fields.py",
            '    QueryField("saved", ValueKind.DATE, SavedBetween),\n',
            '    QueryField("first", ValueKind.DATE, FirstSavedBetween),\n',
        ),
        Edit(EMBEDDED, "    FieldEquals,\n", "    FirstSavedBetween,\n"),
        Edit(EMBEDDED, "from searcher.embedded.postings import in_any", ", is_in"),
        Edit(
            EMBEDDED,
            '            return snapshot.with_value_between("saved", _day(start, ""), _day(end, "~"))\n',
            """\
        case FirstSavedBetween(start=start, end=end):
            saved = snapshot.with_value_between("saved", _day(start, ""), _day(end, "~"))
            before = snapshot.with_value_between("saved", "", _day(start, ""))
            return saved[~is_in(saved, before, snapshot.size)]
""",
        ),
        Edit(OPENSEARCH, "from searcher.query.tree import FieldEquals, ", "FirstSavedBetween, "),
        Edit(
            OPENSEARCH,
            '            return {"range": {"saved": {name: f"{day:%Y-%m-%d}" for name, day in days.items() if day}}}\n',
            """\
        case FirstSavedBetween(start=start, end=end):
            first = {name: f"{day:%Y-%m-%d}" for name, day in {"gte": start, "lt": end}.items() if day}
            before = [{"range": {"saved": {"lt": f"{start:%Y-%m-%d}"}}}] if start else []
            return {"bool": {"filter": [{"range": {"saved": first}}], "must_not": before}}
""",
        ),
        Edit(
            "web/i18n/texts.py",
            '    "kind_field_saved": ("保存于", "saved in"),\n',
            '    "kind_field_first": ("首次保存于", "first saved in"),\n',
        ),
    )
)
# Asks a program with the operator for it at every place where there are operators.
QUESTIONS = """
import json, sys
from searcher import open_searcher
from searcher.query.parser import parse
from web.app import create_app

with open_searcher(sys.argv[1]) as searcher:
    client = create_app(searcher).test_client()
    first = {hit.post.id: min(save.saved for save in hit.post.saves if save.saved).isoformat()
             for hit in searcher.search("*", page_size=100).hits}
    print(json.dumps({
        "first": first,
        "found": [hit.post.id for hit in searcher.search("first:2025-05", page_size=100).hits],
        "later": [hit.post.id for hit in searcher.search("saved:2025-05", page_size=100).hits],
        "reading": str(parse("露营 -first:2025-05")),
        "error": client.get("/api/search?q=first:soon").get_json()["error"]["message"],
        "completions": client.get("/completions?q=fir&cursor=3&lang=en").text,
        "explanation": client.get("/api/explain?q=first:2025-05").get_json(),
    }))
"""


def test_mypy_names_each_engine_without_the_operator(tmp_path: Path) -> None:
    done = Project(tmp_path / "project", ADDITION.without(EMBEDDED, OPENSEARCH)).run("-m", "mypy", "searcher")
    unhandled = {line.split(":")[0] for line in done.stdout.splitlines() if "assert_never" in line}
    assert unhandled == {EMBEDDED, OPENSEARCH}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, example_index: Path) -> dict[str, Any]:
    project = Project(tmp_path_factory.mktemp("operator") / "project", ADDITION)
    answers: dict[str, Any] = project.answers(QUESTIONS, example_index)
    return answers


def test_a_new_operator_filters(answers: dict[str, Any]) -> None:
    found = {id_ for id_, first in answers["first"].items() if first.startswith("2025-05")}
    assert set(answers["found"]) == found
    assert found < set(answers["later"])


def test_a_new_operator_is_printed_completed_and_explained(answers: dict[str, Any]) -> None:
    assert answers["reading"] == "露营 AND NOT first:2025-05"
    assert "'soon' is no date" in answers["error"]
    assert "first:" in answers["completions"]
    assert answers["explanation"]["clause"]["kind"] == "first"
