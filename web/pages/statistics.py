"""The statistics page: counts, a calendar, sources, and hashtags over time and together."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from flask import Response, request

from searcher.engine import Searcher
from searcher.query.tree import Hashtag
from searcher.request import SearchRequest
from searcher.results import Bucket
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.histogram import months_between
from web.pages.layout import all_facets, make_layout, render_page, source_name

_TOPICS = 12
# Shades for counts, the darkest for the largest.
_LEVELS = 4
# Pixels: the side of a day's square in the calendar, the distance between two, the margins, and the height of a trend.
_DAY_SIDE, _DAY_STEP = 11, 13
_LEFT, _TOP = 28, 18
_TREND_HEIGHT = 24

_Facets = Mapping[str, tuple[Bucket, ...]]


def show(searcher: Searcher) -> Response:
    """Show the statistics; the calendar is of the parameter `year`, by default the last with posts."""
    layout = make_layout(SearchRequest())
    text, stats, facets = layout.text, searcher.stats(), all_facets(searcher)
    topics = tuple(bucket.value for bucket in facets.get("hashtag", ())[:_TOPICS])
    by_topic = {topic: searcher.search(_topic_request(topic, topics)).facets for topic in topics}
    days = {day: count for day, count in _counts(facets, "date").items() if count}
    months = months_between(min(days), max(days)) if days else []
    return render_page(
        "statistics.html",
        layout,
        stats=stats,
        updated=datetime.fromisoformat(stats.updated),
        sources=list(_sources(text, facets.get("source", ()))),
        calendar=_calendar(text, days, request.args.get("year", "")) if days else None,
        months=months,
        trends=[_trend(text, topic, _counts(of_topic, "date"), months) for topic, of_topic in by_topic.items()],
        pairs=list(_pair_rows(text, {topic: _counts(of_topic, "hashtag") for topic, of_topic in by_topic.items()})),
    )


def _topic_request(topic: str, topics: tuple[str, ...]) -> SearchRequest:
    """Return the request whose facets count posts with `topic` by month, and by which of `topics` they have too."""
    return SearchRequest(str(Hashtag(topic)), hashtag=topics, page_size=1)


def _counts(facets: _Facets, name: str) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in facets.get(name, ())}


def _sources(text: Texts, buckets: tuple[Bucket, ...]) -> Iterator[dict[str, object]]:
    """Yield the sources; `share` is the count in percent of the largest."""
    largest = max((bucket.count for bucket in buckets), default=1)
    for bucket in buckets:
        yield {
            "label": source_name(text, bucket.value, bucket.label),
            "url": urls.search_url(SearchRequest(source=(bucket.value,))),
            "count": f"{bucket.count:,}",
            "share": max(1, round(100 * bucket.count / largest)),
        }


def _calendar(text: Texts, days: dict[str, int], wanted: str) -> dict[str, object]:
    """Return a year, its weeks as columns of days: squares at `x`, `y`, with a link if there are posts."""
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
        shown.append({"label": label, "url": url, "x": x, "y": y, "level": _level(count, largest)})
        if day.day == 1:
            captions.append((text("month_of_year", n=day.month), x, _TOP - 6))
    captions += [(text(f"weekday_{n}"), 0, _TOP + n * _DAY_STEP + _DAY_SIDE - 1) for n in (0, 2, 4)]
    return {
        "label": text("calendar", year=year),
        "width": _LEFT + 54 * _DAY_STEP,
        "height": _TOP + 7 * _DAY_STEP,
        "side": _DAY_SIDE,
        "days": shown,
        "captions": captions,
        "year": year,
        "years": years,
    }


def _trend(text: Texts, topic: str, counts: dict[str, int], months: list[str]) -> dict[str, object]:
    """Return the posts with a hashtag by month: columns of a place, a height and a label."""
    largest = max(counts.values(), default=1) or 1
    busiest = max(counts, key=lambda month: counts[month], default="")
    return {
        "label": topic,
        "description": text("trend", topic=topic, month=busiest, n=text.counted("total", counts.get(busiest, 0))),
        "url": urls.search_url(SearchRequest(hashtag=(topic,))),
        "count": f"{sum(counts.values()):,}",
        "height": _TREND_HEIGHT,
        "columns": [
            (
                x,
                max(2, round(_TREND_HEIGHT * counts[month] / largest)),
                text("chip", facet=month, label=text.counted("total", counts[month])),
            )
            for x, month in enumerate(months)
            if counts.get(month)
        ],
    }


def _pair_rows(text: Texts, counts: dict[str, dict[str, int]]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Yield the rows of the table; `counts` has the posts by hashtag, then by each hashtag on the same posts."""
    together = (count[other] for topic, count in counts.items() for other in counts if other != topic)
    largest = max(together, default=1) or 1
    for topic, count in counts.items():
        yield topic, [_pair(text, topic, other, count[other] if other != topic else 0, largest) for other in counts]


def _pair(text: Texts, topic: str, other: str, count: int, largest: int) -> dict[str, object]:
    return {
        "label": text("pair", one=topic, other=other, n=text.counted("total", count)),
        "url": urls.search_url(SearchRequest(f"{Hashtag(topic)} {Hashtag(other)}")) if count else "",
        "count": f"{count:,}",
        "level": _level(count, largest),
    }


def _level(count: int, largest: int) -> int:
    return min(_LEVELS, 1 + count * _LEVELS // (largest + 1)) if count else 0
