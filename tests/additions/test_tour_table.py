"""The table in docs/tour.md names the files that each addition costs."""

import re

import pytest

from tests.additions import (
    test_error,
    test_facet,
    test_format,
    test_option,
    test_page,
    test_property_operator,
    test_text_operator,
    test_weight,
)
from tests.additions.project import ROOT

# Each kind by its name in the table, and the most files that it may cost.
KINDS = {
    "file format": (test_format, 2),
    "facet": (test_facet, 3),
    "operator on a property": (test_property_operator, 5),
    "operator on words": (test_text_operator, 5),
    "ranking weight": (test_weight, 2),
    "page": (test_page, 4),
    "command-line option": (test_option, 1),
    "error": (test_error, 3),
}
ROW = re.compile(r"\| (?P<kind>[^|]+) \| (?P<count>\d+) \| (?P<files>[^|]+) \| (?P<rest>.+) \|")
CODE = re.compile(r"`([^`]+)`")
ROWS = {row["kind"]: row for row in ROW.finditer((ROOT / "docs" / "tour.md").read_text(encoding="utf-8"))}


def test_the_table_has_every_kind_of_addition() -> None:
    assert list(ROWS) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_names_the_files_that_its_addition_costs(kind: str) -> None:
    (module, most), row = KINDS[kind], ROWS[kind]
    addition = module.ADDITION
    # Of a new file the row names the folder.
    folders = [f"{path.rpartition('/')[0]}/" for path in addition.new]
    edited = {edit.path for edit in addition.edits}
    assert sorted(CODE.findall(row["files"])) == sorted([*folders, *edited])
    assert int(row["count"]) == len(addition.files) <= most
    assert f"`{module.__name__.replace('.', '/')}.py`" in row["rest"]
