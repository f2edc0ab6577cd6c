"""Every row of the pages on the query language holds on the example archive; both pages say the same."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from index.archive.post import ARCHIVE_ZONE
from searcher import Searcher
from searcher.errors import QuerySyntaxError
from searcher.query.dates import NAMED
from searcher.query.fields import QUERY_FIELDS
from searcher.query.parser import (
    MAX_CLAUSES,
    MAX_DEPTH,
    MAX_EXPANSIONS,
    MAX_LENGTH,
    parse,
)
from searcher.query.tree import KEYWORDS, PublishedBetween

DOCS = Path(__file__).parents[1] / "docs"
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("query.md", "query.zh.md")}
# The day that both pages say relative dates count from.
NOW = datetime(2025, 6, 15, 12, tzinfo=ARCHIVE_ZONE)
LIMITS = [MAX_LENGTH, MAX_CLAUSES, MAX_DEPTH, MAX_EXPANSIONS]
OPERATORS = (*KEYWORDS, *'"#-*~()\\:“”：（）＃－＊～')

_QUERY_ROW = re.compile(r"\| `(?P<query>[^`]+)` \|.*\| (?P<outcome>[^|]+) \|")
_LIMIT_ROW = re.compile(r"\| [^`|]+ \| (?P<most>[\d,]+) \|")
_DAYS = re.compile(r"(?P<first>\d{4}-\d\d-\d\d)? ?… ?(?P<last>\d{4}-\d\d-\d\d)?")


@dataclass(frozen=True)
class Row:
    """Is one row of a page: a query, and what is said to come of it."""

    query: str
    outcome: str

    @property
    def kind(self) -> str:
        """Return what the row tells: how many posts, which days, or which error."""
        if self.outcome.isdecimal():
            return "posts"
        return "days" if "…" in self.outcome else "error"


def sections(text: str) -> list[list[Row]]:
    """Return the rows of each section; each line of a table that begins with a query is one."""
    found = [list(map(_QUERY_ROW.fullmatch, _query_lines(section))) for section in text.split("\n## ")]
    return [[Row(row["query"], row["outcome"]) for row in rows if row] for rows in found]


def _query_lines(section: str) -> list[str]:
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    assert all(map(_QUERY_ROW.fullmatch, lines)), "a row is | `query` | words | outcome |"
    return lines


ROWS = [(page, row) for page, text in TEXTS.items() for rows in sections(text) for row in rows]


def of_kind(kind: str) -> pytest.MarkDecorator:
    rows = [pytest.param(row, id=f"{page} {row.query}") for page, row in ROWS if row.kind == kind]
    return pytest.mark.parametrize("row", rows)


@of_kind("posts")
def test_a_query_finds_so_many_posts(examples: Searcher, row: Row) -> None:
    assert examples.search(row.query).total == int(row.outcome)


@of_kind("days")
def test_a_relative_date_means_these_days(row: Row) -> None:
    days = _DAYS.fullmatch(row.outcome)
    assert days, "days are: first … last"
    node = parse(row.query, NOW)
    assert isinstance(node, PublishedBetween)
    last = node.end - timedelta(days=1) if node.end else None
    assert [f"{day:%Y-%m-%d}" if day else None for day in (node.start, last)] == [days["first"], days["last"]]


@of_kind("error")
def test_a_query_without_meaning_is_this_error(row: Row) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(row.query, NOW)
    assert row.outcome.strip("`") in str(caught.value)


def test_both_pages_have_the_same_rows_in_the_same_sections() -> None:
    one, other = ([[row.kind for row in rows] for rows in sections(text)] for text in TEXTS.values())
    assert one == other


@pytest.mark.parametrize("page", TEXTS)
def test_a_page_names_every_field_operator_and_date(page: str) -> None:
    text = TEXTS[page]
    missing = [name for name in QUERY_FIELDS if f"`{name}:" not in text]
    missing += [operator for operator in OPERATORS if operator not in text]
    missing += [name for name in NAMED if name not in text.replace("-", "")]
    assert not missing


@pytest.mark.parametrize("page", TEXTS)
def test_a_page_states_the_limits(page: str) -> None:
    stated = [int(row["most"].replace(",", "")) for row in map(_LIMIT_ROW.fullmatch, TEXTS[page].splitlines()) if row]
    assert stated == LIMITS
