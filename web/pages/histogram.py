"""The histogram of dates: bars by year, month or day, each a link to its date range."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple, assert_never

from searcher.query import dates
from searcher.request import DateUnit, SearchRequest
from searcher.results import Bucket
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.layout import Link

HEIGHT = 48
# More days or months than this are counted by the next larger unit.
_MAX_BARS = 62
# A shorter range is shown within its whole months.
_MIN_DAYS = 7
_MIN_HEIGHT = 2
# Width of a label's character on a narrow phone, in percent of the histogram.
_CHARACTER_WIDTH = 1.9


class Bar(NamedTuple):
    """A year, month or day; `left` and `width` are in percent of the histogram, heights in pixels."""

    label: str
    date: str
    url: str
    selected: bool
    left: str
    width: str
    top: int
    height: int


class Histogram(NamedTuple):
    """The bars, labels below them as text, place in percent and anchor, and links to larger ranges as `crumbs`."""

    label: str
    bars: list[Bar]
    ticks: list[tuple[str, str, str]]
    crumbs: list[Link]
    chosen: str


def make_histogram(text: Texts, request: SearchRequest, days: tuple[Bucket, ...]) -> Histogram | None:
    """Return the histogram of `days`, which are counted for all dates; None if there are none to show."""
    counted = {bucket.value: bucket.count for bucket in days if bucket.count}
    selected = _selected_days(request, counted)
    if not counted or selected is None:
        return None
    first, last = _whole_months(*selected)
    unit = _unit(first, last)
    counts: Counter[str] = Counter()
    for day, count in counted.items():
        if first <= day <= last:
            counts[unit.truncate(day)] += count
    names = _names(first, last, unit, counts)
    start, end = map(unit.truncate, selected)
    on = {name for name in names if start <= name <= end} if request.since or request.until else set()
    return Histogram(
        label=text(f"histogram_{unit}"),
        bars=list(_bars(text, request, names, counts, on if len(on) < len(names) else set())),
        ticks=list(_ticks(names, unit)),
        crumbs=list(_crumbs(text, request)),
        chosen=_range_label(text, request),
    )


def _selected_days(request: SearchRequest, counted: dict[str, int]) -> tuple[str, str] | None:
    """Return the first and the last day of the date filter; an open end is the first or last day with posts."""
    known = sorted(counted) or [""]
    first = str(dates.start_of(request.since).date()) if request.since else known[0]
    last = str((dates.end_of(request.until) - timedelta(seconds=1)).date()) if request.until else known[-1]
    return (first, last) if first and first <= last else None


def _whole_months(first: str, last: str) -> tuple[str, str]:
    """Return the range itself, or the months around a short one."""
    if (date.fromisoformat(last) - date.fromisoformat(first)).days >= _MIN_DAYS:
        return first, last
    _, days = monthrange(int(last[:4]), int(last[5:7]))
    return f"{first[:7]}-01", f"{last[:7]}-{days}"


def _unit(first: str, last: str) -> DateUnit:
    if (date.fromisoformat(last) - date.fromisoformat(first)).days < _MAX_BARS:
        return DateUnit.DAY
    return DateUnit.MONTH if _month_number(last) - _month_number(first) < _MAX_BARS else DateUnit.YEAR


def _names(first: str, last: str, unit: DateUnit, counts: Counter[str]) -> list[str]:
    """Return every unit from `first` to `last`; of too many years the last ones with posts."""
    match unit:
        case DateUnit.DAY:
            start = date.fromisoformat(first)
            return [str(start + timedelta(days=n)) for n in range((date.fromisoformat(last) - start).days + 1)]
        case DateUnit.MONTH:
            return months_between(first, last)
        case DateUnit.YEAR:
            years = range(int(first[:4]), int(last[:4]) + 1)
            return [f"{year:04d}" for year in years] if len(years) <= _MAX_BARS else sorted(counts)[-_MAX_BARS:]
        case _:
            assert_never(unit)


def months_between(first: str, last: str) -> list[str]:
    """Return every month from that of `first` to that of `last`."""
    months = range(_month_number(first), _month_number(last) + 1)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in months]


def _bars(text: Texts, request: SearchRequest, names: list[str], counts: Counter[str], on: set[str]) -> Iterator[Bar]:
    largest = max((counts[name] for name in names), default=0) or 1
    step = 100 / len(names)
    for number, name in enumerate(names):
        count = counts[name]
        height = max(_MIN_HEIGHT, round(HEIGHT * count / largest)) if count else 0
        yield Bar(
            label=text("chip", facet=name, label=text.counted("total", count)),
            date=name,
            url=urls.dates_url(request, name, name),
            selected=name in on,
            left=f"{number * step:.3f}",
            width=f"{step:.3f}",
            top=HEIGHT - height,
            height=height,
        )


def _ticks(names: list[str], unit: DateUnit) -> Iterator[tuple[str, str, str]]:
    """Yield the first and the last name, and the starts of months or years that fit between them."""
    step = 100 / len(names)
    length = len("2025-05") if unit is DateUnit.DAY else len("2025")
    yield names[0], "0", "start"
    for number, (before, name) in enumerate(pairwise(names), start=1):
        label, left = name[:length], number * step
        is_free = _label_width(names[0]) < left < 100 - _label_width(label) - _label_width(names[-1])
        if label != before[:length] and unit is not DateUnit.YEAR and is_free:
            yield label, f"{left:.3f}", "start"
    if len(names) > 1:
        yield names[-1], "100", "end"


def _label_width(label: str) -> float:
    return _CHARACTER_WIDTH * (len(label) + 1)


def _crumbs(text: Texts, request: SearchRequest) -> Iterator[Link]:
    """Yield links to larger ranges: all dates, then the year and the month of a day."""
    if not (request.since or request.until):
        return
    yield Link(text("all_dates"), urls.dates_url(request, None, None))
    if request.since != request.until or not request.since:
        return
    for length in (4, 7):
        if len(request.since) > length and request.since[:4].isdecimal():
            name = request.since[:length]
            yield Link(name, urls.dates_url(request, name, name))


def _range_label(text: Texts, request: SearchRequest) -> str:
    if request.since == request.until:
        return request.since or ""
    if request.since and request.until:
        return text("between", since=request.since, until=request.until)
    return text("since", date=request.since) if request.since else text("until", date=request.until)


def _month_number(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1
