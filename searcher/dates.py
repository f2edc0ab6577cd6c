"""Dates as a query writes them → half-open stretches of time in the archive's zone."""

import re
from datetime import datetime, timedelta

from index.post import ARCHIVE_ZONE

Stretch = tuple[datetime | None, datetime | None]
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
        return _named(first, now)
    if not first and not last:
        raise ValueError(text)
    start = _named(first, now)[0] if first else None
    end = _named(last, now)[1] if last else None
    return start, end


def _named(text: str, now: datetime | None) -> Stretch:
    today = (
        (now or datetime.now(ARCHIVE_ZONE)).astimezone(ARCHIVE_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    if match := _CALENDAR.fullmatch(text):
        return _calendar(*(int(part) if part else None for part in match.groups()))
    if match := _AGO.fullmatch(text):
        return today - timedelta(days=int(match[1]) * _DAYS[match[2]]), today + timedelta(days=1)
    if text.lower() in _NAMED:
        start = today - timedelta(days=_NAMED[text.lower()])
        return start, start + timedelta(days=1)
    raise ValueError(text)


def _calendar(year: int | None, month: int | None, day: int | None) -> Stretch:
    assert year is not None
    start = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=ARCHIVE_ZONE)
    if day is not None:
        return start, start + timedelta(days=1)
    following = (year, month + 1) if month and month < 12 else (year + 1, 1)
    return start, datetime(*following, 1, tzinfo=ARCHIVE_ZONE)
