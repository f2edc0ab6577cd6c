"""Dates of a query are half-open periods in the archive's zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive.post import ARCHIVE_ZONE
from searcher.query import dates

# Sunday afternoon in UTC, early Monday in Shanghai: relative dates count from Shanghai's day.
NOW = datetime(2025, 6, 15, 17, 30, tzinfo=UTC)

STRETCHES = [
    ("2025", "2025-01-01", "2026-01-01"),
    ("2025-05", "2025-05-01", "2025-06-01"),
    ("2025-5", "2025-05-01", "2025-06-01"),
    ("2025-12", "2025-12-01", "2026-01-01"),
    ("2024-02", "2024-02-01", "2024-03-01"),
    ("2025-05-09", "2025-05-09", "2025-05-10"),
    ("2025-5-9", "2025-05-09", "2025-05-10"),
    ("2024-02-29", "2024-02-29", "2024-03-01"),
    ("2025-12-31", "2025-12-31", "2026-01-01"),
    ("2025-05-01..2025-05-09", "2025-05-01", "2025-05-10"),
    ("2025-05..2025-06", "2025-05-01", "2025-07-01"),
    ("2024..2025-03", "2024-01-01", "2025-04-01"),
    ("2025-05..", "2025-05-01", None),
    ("..2025-05", None, "2025-06-01"),
    ("today", "2025-06-16", "2025-06-17"),
    ("TODAY", "2025-06-16", "2025-06-17"),
    ("今天", "2025-06-16", "2025-06-17"),
    ("yesterday", "2025-06-15", "2025-06-16"),
    ("昨天", "2025-06-15", "2025-06-16"),
    ("0d", "2025-06-16", "2025-06-17"),
    ("7d", "2025-06-09", "2025-06-17"),
    ("2w", "2025-06-02", "2025-06-17"),
    ("1m", "2025-05-17", "2025-06-17"),
    ("1y", "2024-06-16", "2025-06-17"),
    ("2025-06-01..today", "2025-06-01", "2025-06-17"),
    ("7d..yesterday", "2025-06-09", "2025-06-16"),
    ("前天", "2025-06-14", "2025-06-15"),
    ("本周", "2025-06-16", "2025-06-23"),
    ("this week", "2025-06-16", "2025-06-23"),
    ("上周", "2025-06-09", "2025-06-16"),
    ("last-week", "2025-06-09", "2025-06-16"),
    ("上上周", "2025-06-02", "2025-06-09"),
    ("本月", "2025-06-01", "2025-07-01"),
    ("thismonth", "2025-06-01", "2025-07-01"),
    ("上个月", "2025-05-01", "2025-06-01"),
    ("Last_Month", "2025-05-01", "2025-06-01"),
    ("上上个月", "2025-04-01", "2025-05-01"),
    ("今年", "2025-01-01", "2026-01-01"),
    ("last year", "2024-01-01", "2025-01-01"),
    ("前年", "2023-01-01", "2024-01-01"),
    ("上周..昨天", "2025-06-09", "2025-06-16"),
]
# Of the middle of a week and the beginning of a year.
NEW_YEAR = datetime(2026, 1, 1, 4, tzinfo=UTC)
OVER_THE_YEAR = [
    ("本周", "2025-12-29", "2026-01-05"),
    ("上月", "2025-12-01", "2026-01-01"),
    ("上上个月", "2025-11-01", "2025-12-01"),
    ("去年", "2025-01-01", "2026-01-01"),
]
BAD = [
    *("", "..", "soon", "25-05", "2025-13", "2025-00", "2025-02-29", "2025-05-32", "20250509", "2025/05/09"),
    *("0000", "7", "d", "-7d", "99999d", "2025-05-09T10:00", "2025 - 05", "2025..x", "x..2025", "2025...2026"),
]


def midnight(day: str | None) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=ARCHIVE_ZONE) if day else None


@pytest.mark.parametrize(("text", "start", "end"), STRETCHES, ids=[row[0] for row in STRETCHES])
def test_a_date_is_a_half_open_period(text: str, start: str | None, end: str | None) -> None:
    assert dates.parse_period(text, NOW) == (midnight(start), midnight(end))


@pytest.mark.parametrize(("text", "start", "end"), OVER_THE_YEAR, ids=[row[0] for row in OVER_THE_YEAR])
def test_weeks_and_months_cross_the_year(text: str, start: str, end: str) -> None:
    assert dates.parse_period(text, NEW_YEAR) == (midnight(start), midnight(end))


@pytest.mark.parametrize("text", BAD, ids=repr)
def test_other_texts_raise_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        dates.parse_period(text, NOW)


@settings(deadline=None, max_examples=100)
@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 4000))
def test_a_range_of_days_is_as_long_as_its_days(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    start, end = dates.parse_period(f"{first}..{last}", NOW)
    assert start == midnight(str(first))
    assert end == midnight(str(last + timedelta(days=1)))


@settings(deadline=None, max_examples=100)
@given(st.integers(1900, 2200), st.integers(1, 12))
def test_months_follow_each_other_without_gap_or_overlap(year: int, month: int) -> None:
    _, end = dates.parse_period(f"{year}-{month:02}", NOW)
    following = f"{year}-{month + 1:02}" if month < 12 else f"{year + 1}-01"
    assert dates.parse_period(following, NOW)[0] == end


def test_now_is_the_clock_unless_given() -> None:
    before = datetime.now(UTC)
    start, end = dates.parse_period("today")
    assert start is not None
    assert end is not None
    assert start <= before
    assert end > before
    assert end - start == timedelta(days=1)


def test_every_form_in_the_error_message_parses() -> None:
    for form in dates.FORMS.replace(" or ", ", ").split(", "):
        assert dates.parse_period(form, NOW)
