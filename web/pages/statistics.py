"""What an index holds → pictures of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from searcher.query.tree import Hashtag
from searcher.request import SearchRequest
from searcher.results import Bucket, Results, Stats
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.layout import Link, Moment, make_moment, source_name

TOPICS = 12
# Shades of a count, of which the darkest stands for the largest.
_LEVELS = 4
# The side of a day in the calendar, and from one to the next.
_DAY_SIDE, _DAY_STEP = 11, 13
_LEFT, _TOP = 28, 18
SPARK_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Figure:
    """Is one number and what it counts."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SourceBar:
    """Is one source; `share` is its percentage of the largest."""

    label: str
    url: str
    count: str
    share: int


@dataclass(frozen=True, slots=True)
class Day:
    """Is a day of the calendar: a square at `x`, `y`, with a link where there are posts."""

    label: str
    url: str
    x: int
    y: int
    level: int


@dataclass(frozen=True, slots=True)
class Caption:
    """Is a word in a picture."""

    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Is a year as weeks of days."""

    label: str
    width: int
    height: int
    side: int
    days: tuple[Day, ...]
    captions: tuple[Caption, ...]
    years: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Is one month of a hashtag's course: a bar from `top` down."""

    label: str
    x: int
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Course:
    """Is how often a hashtag was written, month by month, and in `words`."""

    label: str
    words: str
    url: str
    count: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Is how many posts have two hashtags; empty where it is one with itself, or none."""

    label: str
    url: str
    count: str
    level: int


@dataclass(frozen=True, slots=True)
class PairRow:
    """Is a hashtag beside all others."""

    number: int
    label: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """Is all that the page of statistics shows."""

    figures: tuple[Figure, ...]
    updated: Moment | None
    archives: tuple[str, ...]
    sources: tuple[SourceBar, ...]
    calendar: Calendar | None
    months: tuple[str, str]
    width: int
    courses: tuple[Course, ...]
    pairs: tuple[PairRow, ...]


def topics_of(everything: Results) -> tuple[str, ...]:
    """Return the commonest hashtags, the commonest first."""
    return tuple(bucket.value for bucket in everything.facets.get("hashtag", ())[:TOPICS])


def topic_request(topic: str, topics: tuple[str, ...]) -> SearchRequest:
    """Return the request whose facets say when posts with `topic` were published, and which of `topics` they have."""
    return SearchRequest(str(Hashtag(topic)), hashtag=topics, page_size=1)


def make_statistics(
    text: Texts, stats: Stats, everything: Results, of_topics: Sequence[Results], year: str
) -> StatisticsView:
    """Return the page of `stats`; `everything` is counted by day, `of_topics` answer `topic_request` for each."""
    topics = topics_of(everything)
    days = {bucket.value: bucket.count for bucket in everything.facets.get("date", ()) if bucket.count}
    months = _months_between(min(days)[:7], max(days)[:7]) if days else []
    return StatisticsView(
        figures=tuple(_figures(text, stats)),
        updated=make_moment(datetime.fromisoformat(stats.updated)),
        archives=stats.archives,
        sources=tuple(_sources(text, everything.facets.get("source", ()))),
        calendar=_calendar(text, days, year) if days else None,
        months=(months[0], months[-1]) if months else ("", ""),
        width=len(months),
        courses=tuple(_course(text, topic, found, months) for topic, found in zip(topics, of_topics, strict=True)),
        pairs=tuple(_pair_rows(text, topics, of_topics)),
    )


def _figures(text: Texts, stats: Stats) -> Iterator[Figure]:
    for name in ("posts", "saves", "hashtags"):
        yield Figure(text(f"figure_{name}"), f"{getattr(stats, name):,}")
    for name in ("first_published", "last_published"):
        if moment := make_moment(getattr(stats, name)):
            yield Figure(text(f"figure_{name}"), moment.shown[:10])


def _sources(text: Texts, buckets: tuple[Bucket, ...]) -> Iterator[SourceBar]:
    largest = max((bucket.count for bucket in buckets), default=1)
    for bucket in buckets:
        url = urls.search_url(SearchRequest(source=(bucket.value,)))
        label = source_name(text, bucket.value, bucket.label)
        yield SourceBar(label, url, f"{bucket.count:,}", max(1, round(100 * bucket.count / largest)))


def _calendar(text: Texts, days: dict[str, int], wanted: str) -> Calendar:
    years = sorted({day[:4] for day in days}, reverse=True)
    year = wanted if wanted in years else years[0]
    largest = max(count for day, count in days.items() if day.startswith(year))
    first = date(int(year), 1, 1)
    shown, captions = [], []
    for number in range((date(int(year), 12, 31) - first).days + 1):
        day = first + timedelta(days=number)
        week, weekday = divmod(number + first.weekday(), 7)
        count = days.get(str(day), 0)
        x, y = _LEFT + week * _DAY_STEP, _TOP + weekday * _DAY_STEP
        label = text("chip", facet=str(day), label=text.counted("total", count))
        url = urls.search_url(SearchRequest(since=str(day), until=str(day))) if count else ""
        shown.append(Day(label, url, x, y, _level(count, largest)))
        if day.day == 1:
            captions.append(Caption(text("month_of_year", n=day.month), x, _TOP - 6))
    captions += [Caption(text(f"weekday_{n}"), 0, _TOP + n * _DAY_STEP + _DAY_SIDE - 1) for n in (0, 2, 4)]
    return Calendar(
        label=text("calendar", year=year),
        width=_LEFT + 54 * _DAY_STEP,
        height=_TOP + 7 * _DAY_STEP,
        side=_DAY_SIDE,
        days=tuple(shown),
        captions=tuple(captions),
        years=tuple(Link(one, urls.year_url(one), one == year) for one in years),
    )


def _course(text: Texts, topic: str, found: Results, months: list[str]) -> Course:
    counts = {bucket.value: bucket.count for bucket in found.facets.get("date", ())}
    largest = max(counts.values(), default=1) or 1
    columns = (
        Column(
            text("chip", facet=month, label=text.counted("total", counts[month])),
            place,
            SPARK_HEIGHT - (height := max(2, round(SPARK_HEIGHT * counts[month] / largest))),
            height,
        )
        for place, month in enumerate(months)
        if counts.get(month)
    )
    busiest = max(counts, key=lambda month: counts[month], default="")
    words = text("course", topic=topic, month=busiest, n=text.counted("total", counts.get(busiest, 0)))
    return Course(topic, words, urls.hashtag_url(topic), f"{sum(counts.values()):,}", tuple(columns))


def _pair_rows(text: Texts, topics: tuple[str, ...], of_topics: Sequence[Results]) -> Iterator[PairRow]:
    counts = [{bucket.value: bucket.count for bucket in found.facets.get("hashtag", ())} for found in of_topics]
    together = (count[other] for topic, count in zip(topics, counts, strict=True) for other in topics if other != topic)
    largest = max(together, default=1) or 1
    for number, (topic, count) in enumerate(zip(topics, counts, strict=True), start=1):
        pairs = (_pair(text, topic, other, count[other] if other != topic else 0, largest) for other in topics)
        yield PairRow(number, topic, tuple(pairs))


def _pair(text: Texts, topic: str, other: str, count: int, largest: int) -> Pair:
    if not count:
        return Pair("", "", "", 0)
    label = text("pair", one=topic, other=other, n=text.counted("total", count))
    return Pair(label, urls.query_url(f"{Hashtag(topic)} {Hashtag(other)}"), f"{count:,}", _level(count, largest))


def _level(count: int, largest: int) -> int:
    return min(_LEVELS, 1 + count * _LEVELS // (largest + 1)) if count else 0


def _months_between(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(start, end + 1)]
