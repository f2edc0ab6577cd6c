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


def start_of(text: str, now: datetime | None = None) -> datetime:
    """Return the first moment of a date; raise ValueError if `text` is none."""
    return _parse_unit(text, now)[0]


def end_of(text: str, now: datetime | None = None) -> datetime:
    """Return the first moment after a date; raise ValueError if `text` is none."""
    return _parse_unit(text, now)[1]


def _parse_unit(text: str, now: datetime | None) -> tuple[datetime, datetime]:
    if match := _CALENDAR.fullmatch(text):
        return _calendar(*(int(part) for part in match.groups() if part))
    if match := _AGO.fullmatch(text):
        start = _today(now) - timedelta(days=int(match[1]) * _DAYS[match[2]])
        return start, start + timedelta(days=1)
    today = _today(now)
    match NAMED.get(_BETWEEN_WORDS.sub("", text.lower())):
        case "day", back:
            start = today - timedelta(days=back)
            return start, start + timedelta(days=1)
        case "week", back:
            start = today - timedelta(days=today.weekday() + 7 * back)
            return start, start + timedelta(days=7)
        case "month", back:
            months = today.year * 12 + today.month - 1 - back
            return _calendar(months // 12, months % 12 + 1)
        case "year", back:
            return _calendar(today.year - back)
    raise ValueError(text)


def _today(now: datetime | None) -> datetime:
    moment = (now or datetime.now(ARCHIVE_ZONE)).astimezone(ARCHIVE_ZONE)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _calendar(year: int, month: int | None = None, day: int | None = None) -> tuple[datetime, datetime]:
    start = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=ARCHIVE_ZONE)
    if day is not None:
        return start, start + timedelta(days=1)
    following = (year, month + 1) if month and month < 12 else (year + 1, 1)
    return start, datetime(*following, 1, tzinfo=ARCHIVE_ZONE)
