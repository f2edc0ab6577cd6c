"""Exports are safe to open: no text of a post becomes a formula or markup."""

import csv
import io
from collections.abc import Callable

import pytest

from searcher import Searcher
from searcher.export import markdown, spreadsheet
from tests.conftest import WritePost


@pytest.mark.parametrize("title", ['=HYPERLINK("https://evil.example")', "+1+cmd", "-1-cmd", "@SUM(A1)"])
def test_a_spreadsheet_runs_no_formula_of_a_post(
    write_post: WritePost, searching: Callable[[], Searcher], title: str
) -> None:
    write_post(title=title)
    (row,) = csv.DictReader(io.StringIO(spreadsheet(searching().search("").hits)))
    assert row["title"] == f"'{title}"


def test_markdown_links_only_to_the_web_and_escapes_markup(
    write_post: WritePost, searching: Callable[[], Searcher]
) -> None:
    write_post(title="[a](javascript:b) <script>", url="javascript:alert(1)")
    told = markdown("", searching().search("").hits)
    assert r"\[a\](javascript:b) \<script\>" in told
    assert "](" not in told.replace(r"\](", "")
