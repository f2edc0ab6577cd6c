"""Every test that the threat model names is there, and both languages name the same."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PAGES = ("docs/security.md", "docs/security.zh.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_defence_names_a_test_that_is_there(page: str) -> None:
    rows = [line for line in (ROOT / page).read_text("utf-8").splitlines() if line.startswith("|")][2:]
    assert len(rows) > 10
    for row in rows:
        named = NAMED.findall(row)
        assert named, row
        for file, name in named:
            tree = ast.parse((ROOT / file).read_text("utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (file, name)


def test_both_languages_name_the_same() -> None:
    first, second = (NAMED.findall((ROOT / page).read_text("utf-8")) for page in PAGES)
    assert first == second
