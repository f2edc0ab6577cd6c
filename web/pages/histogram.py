"""Counts by day → a row of bars by years, months or days, each a link that narrows to it."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from index.archive.post import ARCHIVE_ZONE
from searcher.query import dates
from searcher.request import DateUnit, SearchRequest
from searcher.results import Bucket
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.layout import Link

HEIGHT = 48
# Up to so many days or months are shown one by one; more are summed by the next unit.
_MOST_BARS = 62
# A chosen stretch of fewer days is shown within its month.
_FEW_DAYS = 7
_LEAST_HEIGHT = 2
# Percent of the row that a character below it takes on a narrow phone.
_TICK_CHARACTER = 1.9


@dataclass(frozen=True, slots=True)
class Bar:
    """Is one year, month or day; places and widths are in percent of the row, heights in pixels."""

    label: str
    date: str
    url: str
    selected: bool
    left: str
    width: str
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Is what stands below the row at `left` percent."""

    label: str
    left: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Is the row of bars; `crumbs` lead back out, and `base_url` is that of the hits whatever their dates."""

    label: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    crumbs: tuple[Link, ...]
    chosen: str
    base_url: str
    since: str
    until: str
    kept: tuple[tuple[str, str], ...]


def make_histogram(text: Texts, request: SearchRequest, days: tuple[Bucket, ...]) -> Histogram | None:
    """Return the bars of `days`, which are counted whatever dates are chosen; None where no day is known."""
    counted = {bucket.value: bucket.count for bucket in days if bucket.count}
    chosen = _chosen_days(request, counted)
    if not counted or chosen is None:
        return None
    first, last = _around(*chosen)
    unit = _unit(first, last)
    counts: Counter[str] = Counter()
    for day, count in counted.items():
        if first <= day <= last:
            counts[unit.truncate(day)] += count
    names = _names(first, last, unit, counts)
    is_chosen = bool(request.since or request.until)
    on = (
        {name for name in names if unit.truncate(chosen[0]) <= name <= unit.truncate(chosen[1])} if is_chosen else set()
    )
    return Histogram(
        label=text(f"histogram_{unit}"),
        bars=tuple(_bars(text, request, names, counts, on if len(on) < len(names) else set())),
        ticks=tuple(_ticks(names, unit)),
        crumbs=tuple(_crumbs(text, request)),
        chosen=_range_words(text, request),
        base_url=urls.dates_url(request, None, None),
        since=request.since or "",
        until=request.until or "",
        kept=urls.kept_params(request, "since", "until"),
    )


def _chosen_days(request: SearchRequest, counted: dict[str, int]) -> tuple[str, str] | None:
    """Return the first and the last day that the chosen dates take in, an open side as far as there are posts."""
    known = sorted(counted) or [""]
    first = _day(dates.start_of(request.since)) if request.since else known[0]
    last = _day(dates.end_of(request.until) - timedelta(seconds=1)) if request.until else known[-1]
    return (first, last) if first and first <= last else None


def _around(first: str, last: str) -> tuple[str, str]:
    """Return the stretch itself, or of a short one the months it is in."""
    if (date.fromisoformat(last) - date.fromisoformat(first)).days >= _FEW_DAYS:
        return first, last
    _, days = monthrange(int(last[:4]), int(last[5:7]))
    return f"{first[:7]}-01", f"{last[:7]}-{days}"


def _unit(first: str, last: str) -> DateUnit:
    if (date.fromisoformat(last) - date.fromisoformat(first)).days < _MOST_BARS:
        return DateUnit.DAY
    return DateUnit.MONTH if _month_number(last) - _month_number(first) < _MOST_BARS else DateUnit.YEAR


def _names(first: str, last: str, unit: DateUnit, counts: Counter[str]) -> list[str]:
    """Return every unit from `first` to `last`; of too many years those that have posts."""
    if unit is DateUnit.DAY:
        start = date.fromisoformat(first)
        return [str(start + timedelta(days=n)) for n in range((date.fromisoformat(last) - start).days + 1)]
    if unit is DateUnit.MONTH:
        months = range(_month_number(first), _month_number(last) + 1)
        return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in months]
    years = range(int(first[:4]), int(last[:4]) + 1)
    return [f"{year:04d}" for year in years] if len(years) <= _MOST_BARS else sorted(counts)[-_MOST_BARS:]


def _bars(text: Texts, request: SearchRequest, names: list[str], counts: Counter[str], on: set[str]) -> Iterator[Bar]:
    largest = max((counts[name] for name in names), default=0) or 1
    step = 100 / len(names)
    for number, name in enumerate(names):
        count = counts[name]
        height = max(_LEAST_HEIGHT, round(HEIGHT * count / largest)) if count else 0
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


def _ticks(names: list[str], unit: DateUnit) -> Iterator[Tick]:
    """Yield the first and the last name, and between them where a month or a year begins, if there is room."""
    step = 100 / len(names)
    yield Tick(names[0], "0", "start")
    for number, (before, name) in enumerate(pairwise(names), start=1):
        begins = name[:7] != before[:7] if unit is DateUnit.DAY else name[:4] != before[:4]
        shown = name[:7] if unit is DateUnit.DAY else name[:4]
        is_free = _room(names[0]) < number * step < 100 - _room(shown) - _room(names[-1])
        if begins and unit is not DateUnit.YEAR and is_free:
            yield Tick(shown, f"{number * step:.3f}", "start")
    if len(names) > 1:
        yield Tick(names[-1], "100", "end")


def _room(tick: str) -> float:
    return _TICK_CHARACTER * (len(tick) + 1)


def _crumbs(text: Texts, request: SearchRequest) -> Iterator[Link]:
    """Yield the ways back out: from a day to its month, its year, and all dates."""
    if not (request.since or request.until):
        return
    yield Link(text("all_dates"), urls.dates_url(request, None, None))
    if request.since != request.until or not request.since:
        return
    for length in (4, 7):
        if len(request.since) > length and request.since[:4].isdecimal():
            name = request.since[:length]
            yield Link(name, urls.dates_url(request, name, name))


def _range_words(text: Texts, request: SearchRequest) -> str:
    if request.since == request.until:
        return request.since or ""
    if request.since and request.until:
        return text("between", since=request.since, until=request.until)
    return text("since", date=request.since) if request.since else text("until", date=request.until)


def _day(moment: datetime) -> str:
    return str(moment.astimezone(ARCHIVE_ZONE).date())


def _month_number(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1
