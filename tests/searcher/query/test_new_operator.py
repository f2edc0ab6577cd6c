"""A new operator costs five files: the tree, the table of fields, a filter of each engine, and its name on the page."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EXAMPLES

ROOT = Path(__file__).parents[3]
# `first:` finds posts by the day of their first save. File, a line of it, and the lines that go before that line.
EDITS = [
    (
        "searcher/query/tree.py",
        "@dataclass(frozen=True, slots=True)\nclass SaveCount(PropertyNode):\n",
        'class FirstSavedBetween(_PeriodNode):\n    """Posts first saved in a period."""\n\n    kind = "first"\n\n\n',
    ),
    ("searcher/query/tree.py", "SaveCount\nLeaf = ", "FirstSavedBetween | "),
    ("searcher/query/fields.py", "PublishedBetween, SavedBetween, Scope\n", "FirstSavedBetween, "),
    ("searcher/query/fields.py", "PublishedBetween | SavedBetween\n\n", "FirstSavedBetween | "),
    (
        "searcher/query/fields.py",
        '    QueryField("saves"',
        '    QueryField("first", ValueKind.DATE, FirstSavedBetween),\n',
    ),
]
FILTERS = [
    ("searcher/embedded/filters.py", "    FieldEquals,\n", "    FirstSavedBetween,\n"),
    (
        "searcher/embedded/filters.py",
        "        case SaveCount(",
        """\
        case FirstSavedBetween(start=start, end=end):
            saved = snapshot.with_value_between("saved", _day(start, ""), _day(end, "~"))
            before = snapshot.with_value_between("saved", "", _day(start, ""))
            return saved[~is_in(saved, before, snapshot.size)]
""",
    ),
    ("searcher/embedded/filters.py", "in_any\n", "is_in, "),
    ("searcher/opensearch/clauses.py", "FieldEquals, Hashtag", "FirstSavedBetween, "),
    (
        "searcher/opensearch/clauses.py",
        "        case SaveCount(",
        """\
        case FirstSavedBetween(start=start, end=end):
            first = {name: f"{day:%Y-%m-%d}" for name, day in {"gte": start, "lt": end}.items() if day}
            before = [{"range": {"saved": {"lt": f"{start:%Y-%m-%d}"}}}] if start else []
            return {"bool": {"filter": [{"range": {"saved": first}}], "must_not": before}}
""",
    ),
    ("web/i18n/texts.py", '    "kind_field_saves"', '    "kind_field_first": ("首次保存于", "first saved in"),\n'),
]
# Asks a program with the operator for it at every place where there are operators.
QUESTIONS = """
import json, sys
from index import update
from searcher import open_searcher
from searcher.query.parser import parse
from web.app import create_app

archive, location = sys.argv[1:]
update(location, [archive])
with open_searcher(location) as searcher:
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


def insert(path: Path, before: str, lines: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    path.write_text(text.replace(before, lines + before), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for package in ("index", "searcher", "web"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path, before, lines in EDITS:
        insert(folder / path, before, lines)
    return folder


def test_an_operator_costs_five_files() -> None:
    assert len({path for path, _, _ in EDITS + FILTERS}) == 5


@pytest.mark.thorough
def test_mypy_names_each_engine_without_the_operator(project: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "mypy", "searcher"], cwd=project, capture_output=True, text=True)
    unhandled = {line.split(":")[0] for line in done.stdout.splitlines() if "assert_never" in line}
    assert unhandled == {"searcher/embedded/filters.py", "searcher/opensearch/clauses.py"}


@pytest.fixture(scope="module")
def answers(project: Path) -> dict[str, Any]:
    for path, before, lines in FILTERS:
        insert(project / path, before, lines)
    command = [sys.executable, "-c", QUESTIONS, str(EXAMPLES), str(project / "data")]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(command, env=environment, cwd=project, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(done.stdout)
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
