"""Dates as a query writes them → half-open stretches of time in the archive's zone."""

import re
from datetime import datetime, timedelta

from index.post import ARCHIVE_ZONE

Stretch = tuple[datetime | None, datetime | None]
POINTS = "2025, 2025-05, 2025-05-09, 7d, 2w, 3m, 1y, today or yesterday"
FORMS = "2025, 2025-05, 2025-05-09, 2025-05-01..2025-05-09, 7d, 2w, 3m, 1y, today or yesterday"

_CALENDAR = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_NAMED = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}


def stretch(text: str, now: datetime | None = None) -> Stretch:
    """Return the time that `text` names, from its beginning until before its end.

    A range takes in the whole of the day, month or year it ends with. Raises ValueError if it names none.
    """
    first, dots, last = text.partition("..")
    if not dots:
        start, end = _named(first, now)
        return start, (_today(now) + timedelta(days=1) if _AGO.fullmatch(first) else end)
    if not first and not last:
        raise ValueError(text)
    return start_of(first, now) if first else None, end_of(last, now) if last else None


def start_of(text: str, now: datetime | None = None) -> datetime:
    """Return when the day, month or year that `text` names begins; raise ValueError if it names none."""
    return _named(text, now)[0]


def end_of(text: str, now: datetime | None = None) -> datetime:
    """Return when the day, month or year that `text` names has ended; raise ValueError if it names none."""
    return _named(text, now)[1]


def _named(text: str, now: datetime | None) -> tuple[datetime, datetime]:
    if match := _CALENDAR.fullmatch(text):
        return _calendar(*(int(part) if part else None for part in match.groups()))
    if match := _AGO.fullmatch(text):
        days = int(match[1]) * _DAYS[match[2]]
    elif text.lower() in _NAMED:
        days = _NAMED[text.lower()]
    else:
        raise ValueError(text)
    start = _today(now) - timedelta(days=days)
    return start, start + timedelta(days=1)


def _today(now: datetime | None) -> datetime:
    moment = (now or datetime.now(ARCHIVE_ZONE)).astimezone(ARCHIVE_ZONE)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _calendar(year: int | None, month: int | None, day: int | None) -> tuple[datetime, datetime]:
    assert year is not None
    start = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=ARCHIVE_ZONE)
    if day is not None:
        return start, start + timedelta(days=1)
    following = (year, month + 1) if month and month < 12 else (year + 1, 1)
    return start, datetime(*following, 1, tzinfo=ARCHIVE_ZONE)
