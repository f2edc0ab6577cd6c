"""The statistics page: counts, a calendar, sources, and hashtags over time and together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Response, request

from searcher.engine import Searcher
from searcher.query.tree import Hashtag
from searcher.request import SearchRequest
from searcher.results import Bucket, Stats
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.histogram import months_between
from web.pages.layout import Link, Moment, all_facets, make_layout, make_moment, render_page, source_name

_TOPICS = 12
# Shades for counts, the darkest for the largest.
_LEVELS = 4
# Pixels: the side of a day's square in the calendar, the distance between two, the margins, and the height of a trend.
_DAY_SIDE, _DAY_STEP = 11, 13
_LEFT, _TOP = 28, 18
_TREND_HEIGHT = 24

_Facets = Mapping[str, tuple[Bucket, ...]]


@dataclass(frozen=True, slots=True)
class SourceBar:
    """A source; `share` is its count in percent of the largest."""

    label: str
    url: str
    count: str
    share: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: a square at `x`, `y`, with a link if there are posts."""

    label: str
    url: str
    x: int
    y: int
    level: int


@dataclass(frozen=True, slots=True)
class Caption:
    """A label in a picture."""

    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """A year, with its weeks as columns of days."""

    label: str
    width: int
    height: int
    side: int
    days: tuple[Day, ...]
    captions: tuple[Caption, ...]
    years: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A month of a trend: a bar from `top` down."""

    label: str
    x: int
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Trend:
    """The posts with a hashtag by month; `description` says it in words."""

    label: str
    description: str
    url: str
    count: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """The count of posts with two hashtags; empty for 0, and for a hashtag with itself."""

    label: str
    url: str
    count: str
    level: int


@dataclass(frozen=True, slots=True)
class PairRow:
    """A hashtag with each of the others."""

    number: int
    label: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """The statistics page."""

    figures: tuple[tuple[str, str], ...]
    updated: Moment | None
    archives: tuple[str, ...]
    sources: tuple[SourceBar, ...]
    calendar: Calendar | None
    months: tuple[str, str]
    width: int
    trends: tuple[Trend, ...]
    pairs: tuple[PairRow, ...]


def show(searcher: Searcher) -> Response:
    """Show the statistics; the calendar is of the parameter `year`, by default the last with posts."""
    layout = make_layout(SearchRequest())
    facets = all_facets(searcher)
    topics = tuple(bucket.value for bucket in facets.get("hashtag", ())[:_TOPICS])
    topic_facets = [searcher.search(_topic_request(topic, topics)).facets for topic in topics]
    view = _view(layout.text, searcher.stats(), facets, topics, topic_facets, request.args.get("year", ""))
    return render_page("statistics.html", layout, view=view)


def _topic_request(topic: str, topics: tuple[str, ...]) -> SearchRequest:
    """Return the request whose facets count posts with `topic` by month, and by which of `topics` they have too."""
    return SearchRequest(str(Hashtag(topic)), hashtag=topics, page_size=1)


def _view(
    text: Texts, stats: Stats, facets: _Facets, topics: tuple[str, ...], topic_facets: Sequence[_Facets], year: str
) -> StatisticsView:
    days = {day: count for day, count in _counts(facets, "date").items() if count}
    months = months_between(min(days), max(days)) if days else []
    by_topic = list(zip(topics, topic_facets, strict=True))
    return StatisticsView(
        figures=tuple(_figures(text, stats)),
        updated=make_moment(datetime.fromisoformat(stats.updated)),
        archives=stats.archives,
        sources=tuple(_sources(text, facets.get("source", ()))),
        calendar=_calendar(text, days, year) if days else None,
        months=(months[0], months[-1]) if months else ("", ""),
        width=len(months),
        trends=tuple(_trend(text, topic, _counts(of_topic, "date"), months) for topic, of_topic in by_topic),
        pairs=tuple(_pair_rows(text, {topic: _counts(of_topic, "hashtag") for topic, of_topic in by_topic})),
    )


def _counts(facets: _Facets, name: str) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in facets.get(name, ())}


def _figures(text: Texts, stats: Stats) -> Iterator[tuple[str, str]]:
    for name in ("posts", "saves", "hashtags"):
        yield text(f"figure_{name}"), f"{getattr(stats, name):,}"
    for name in ("first_published", "last_published"):
        if moment := make_moment(getattr(stats, name)):
            yield text(f"figure_{name}"), moment.shown[:10]


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
        years=tuple(Link(number, urls.year_url(number), number == year) for number in years),
    )


def _trend(text: Texts, topic: str, counts: dict[str, int], months: list[str]) -> Trend:
    largest = max(counts.values(), default=1) or 1
    columns = (
        Column(
            text("chip", facet=month, label=text.counted("total", counts[month])),
            x,
            _TREND_HEIGHT - (height := max(2, round(_TREND_HEIGHT * counts[month] / largest))),
            height,
        )
        for x, month in enumerate(months)
        if counts.get(month)
    )
    busiest = max(counts, key=lambda month: counts[month], default="")
    description = text("trend", topic=topic, month=busiest, n=text.counted("total", counts.get(busiest, 0)))
    return Trend(topic, description, urls.hashtag_url(topic), f"{sum(counts.values()):,}", tuple(columns))


def _pair_rows(text: Texts, counts: dict[str, dict[str, int]]) -> Iterator[PairRow]:
    """Yield the rows of the table; `counts` has the posts by hashtag, then by each hashtag on the same posts."""
    together = (count[other] for topic, count in counts.items() for other in counts if other != topic)
    largest = max(together, default=1) or 1
    for number, (topic, count) in enumerate(counts.items(), start=1):
        pairs = (_pair(text, topic, other, count[other] if other != topic else 0, largest) for other in counts)
        yield PairRow(number, topic, tuple(pairs))


def _pair(text: Texts, topic: str, other: str, count: int, largest: int) -> Pair:
    if not count:
        return Pair("", "", "", 0)
    label = text("pair", one=topic, other=other, n=text.counted("total", count))
    return Pair(label, urls.query_url(f"{Hashtag(topic)} {Hashtag(other)}"), f"{count:,}", _level(count, largest))


def _level(count: int, largest: int) -> int:
    return min(_LEVELS, 1 + count * _LEVELS // (largest + 1)) if count else 0
