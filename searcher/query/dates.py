"""Dates of a query as half-open periods in the archive's zone."""

import re
from datetime import datetime, timedelta

from index.archive.post import ARCHIVE_ZONE

# From the first moment to before the second; None leaves a side open.
Period = tuple[datetime | None, datetime | None]
_DAY_FORMS = "2025, 2025-05, 2025-05-09"
_RELATIVE_FORMS = "7d, 2w, 3m, 1y, today, yesterday, last-week, this-month, 今天, 昨天, 上周 or 本月"
POINTS = f"{_DAY_FORMS}, {_RELATIVE_FORMS}"
FORMS = f"{_DAY_FORMS}, 2025-05-01..2025-05-09, {_RELATIVE_FORMS}"

_CALENDAR = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
# The names of the current day, week, month or year, of the previous one, and of the one before that.
_NAMES = {
    "day": (("today", "今天", "今日"), ("yesterday", "昨天", "昨日"), ("前天",)),
    "week": (
        ("thisweek", "本周", "这周", "这一周", "本星期", "这星期"),
        ("lastweek", "上周", "上一周", "上星期"),
        ("上上周",),
    ),
    "month": (("thismonth", "本月", "这个月"), ("lastmonth", "上月", "上个月"), ("上上个月",)),
    "year": (("thisyear", "今年"), ("lastyear", "去年"), ("前年",)),
}
NAMED = {name: (unit, back) for unit, rows in _NAMES.items() for back, names in enumerate(rows) for name in names}
_BETWEEN_WORDS = re.compile(r"[\s_-]+")


def parse_period(text: str, now: datetime | None = None) -> Period:
    """Return the period of a date or a range; a range includes all of its last day, week, month or year.

    A number of days, weeks, months or years ago lasts until today. Raises ValueError if `text` is neither.
    """
    first, dots, last = text.partition("..")
    if not dots:
        start, end = _parse_unit(first, now)
        return start, (_today(now) + timedelta(days=1) if _AGO.fullmatch(first) else end)
    if not first and not last:
        raise ValueError(text)
    return start_of(first, now) if first else None, end_of(last, now) if last else None


def parse_since(text: str, now: datetime | None = None) -> Period:
    """Return the period that begins with a date; raise ValueError if `text` is none."""
    return start_of(text, now), None


def parse_until(text: str, now: datetime | None = None) -> Period:
    """Return the period that ends with a date; raise ValueError if `text` is none."""
    return None, end_of(text, now)


def start_of(text: str, now: datetime | None = None) -> datetime:
    """Return the first moment of a date; raise ValueError if `text` is none."""
    return _parse_unit(text, now)[0]


def end_of(text: str, now: datetime | None = None) -> datetime:
    """Return the first moment after a date; raise ValueError if `text` is none."""
    return _parse_unit(text, now)[1]


def _parse_unit(text: str, now: datetime | None) -> tuple[datetime, datetime]:
    if match := _CALENDAR.fullmatch(text):
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        return _calendar(year, month, day)
    if match := _AGO.fullmatch(text):
        start = _today(now) - timedelta(days=int(match[1]) * _DAYS[match[2]])
        return start, start + timedelta(days=1)
    unit, back = NAMED.get(_BETWEEN_WORDS.sub("", text.lower()), ("", 0))
    if not unit:
        raise ValueError(text)
    return _named(unit, back, _today(now))


def _named(unit: str, back: int, today: datetime) -> tuple[datetime, datetime]:
    """Return the day, week, month or year that is `back` before the current one."""
    if unit in ("day", "week"):
        length = timedelta(days=1 if unit == "day" else 7)
        start = today - timedelta(days=0 if unit == "day" else today.weekday()) - back * length
        return start, start + length
    if unit == "year":
        return _calendar(today.year - back, None, None)
    months = today.year * 12 + today.month - 1 - back
    return _calendar(months // 12, months % 12 + 1, None)


def _today(now: datetime | None) -> datetime:
    moment = (now or datetime.now(ARCHIVE_ZONE)).astimezone(ARCHIVE_ZONE)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _calendar(year: int, month: int | None, day: int | None) -> tuple[datetime, datetime]:
    start = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=ARCHIVE_ZONE)
    if day is not None:
        return start, start + timedelta(days=1)
    following = (year, month + 1) if month and month < 12 else (year + 1, 1)
    return start, datetime(*following, 1, tzinfo=ARCHIVE_ZONE)
