"""Which bars there are for which dates, and where they lead."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from searcher.request import SearchRequest
from searcher.results import Bucket
from web.i18n.texts import Texts
from web.pages.histogram import HEIGHT, Histogram, make_histogram

BARS = "//*[@class='bars']//a"


def histogram(days: dict[str, int], **dates: str) -> Histogram | None:
    app = Flask(__name__)
    app.add_url_rule("/", "search")
    buckets = tuple(Bucket(day, day, count) for day, count in days.items())
    with app.test_request_context():
        return make_histogram(Texts("en"), SearchRequest(**dates), buckets)


# days with posts, the chosen dates, the first and the last bar, how many there are
SPANS = [
    ({"2025-03-05": 1, "2025-04-20": 1}, {}, "2025-03-05", "2025-04-20", 47),
    ({"2025-01-05": 1, "2025-04-20": 1}, {}, "2025-01", "2025-04", 4),
    ({"2011-01-05": 1, "2025-04-20": 1}, {}, "2011", "2025", 15),
    ({"0001-01-01": 1, "9999-12-31": 1}, {}, "0001", "9999", 2),
    ({"2025-03-05": 1}, {}, "2025-03-01", "2025-03-31", 31),
    ({"2025-03-05": 1, "2024-01-01": 2}, {"since": "2025", "until": "2025"}, "2025-01", "2025-12", 12),
    ({"2025-03-05": 1}, {"since": "2025-02", "until": "2025-02"}, "2025-02-01", "2025-02-28", 28),
    ({"2025-03-05": 1}, {"since": "2025-03-05", "until": "2025-03-05"}, "2025-03-01", "2025-03-31", 31),
    ({"2025-03-05": 1, "2025-03-28": 1}, {"since": "2025-03-10"}, "2025-03-10", "2025-03-28", 19),
    ({"9999-12-31": 1}, {}, "9999-12-01", "9999-12-31", 31),
]


@pytest.mark.parametrize(("days", "dates", "first", "last", "count"), SPANS)
def test_bars_reach_from_the_first_to_the_last(
    days: dict[str, int], dates: dict[str, str], first: str, last: str, count: int
) -> None:
    shown = histogram(days, **dates)
    assert shown
    assert (shown.bars[0].date, shown.bars[-1].date, len(shown.bars)) == (first, last, count)


def test_no_day_no_bars() -> None:
    assert histogram({}) is None
    assert histogram({"2025-03-05": 1}, since="2025-04") is None


def test_the_largest_bar_fills_the_row_and_the_smallest_shows() -> None:
    shown = histogram({"2025-03-01": 500, "2025-03-02": 1, "2025-03-20": 250})
    assert shown
    heights = [bar.height for bar in shown.bars if bar.height]
    assert heights == [HEIGHT, 2, HEIGHT // 2]
    assert all(bar.top + bar.height == HEIGHT for bar in shown.bars)


def test_a_bar_counts_what_a_click_on_it_gives(visit) -> None:
    page = visit("/?since=2025&until=2025")
    bars = {link.get("data-date"): link for link in page.root.xpath(BARS)}
    assert list(bars) == ["2025-03", "2025-04", "2025-05", "2025-06"]
    for link in bars.values():
        total = visit(link.get("href")).text("//p[@class='total']/strong")
        assert link.get("aria-label") == f"{link.get('data-date')}：{total}"


def test_crumbs_lead_from_a_day_to_its_month_and_year(visit) -> None:
    page = visit("/?q=机器人&since=2025-05-03&until=2025-05-03")
    crumbs = page.root.xpath("//div[@class='dates']/nav/a")
    assert [link.text for link in crumbs] == ["全部日期", "2025", "2025-05"]
    queries = [parse_qs(urlsplit(link.get("href")).query) for link in crumbs]
    assert queries[0] == {"q": ["机器人"]}
    assert queries[2] == {"q": ["机器人"], "since": ["2025-05"], "until": ["2025-05"]}


def test_the_form_of_dates_keeps_query_and_filters(visit) -> None:
    page = visit("/?q=机器人&source=weibo&since=2025-05&page=2")
    fields = page.root.xpath("//details[@id='choose-dates']//input")
    assert [(field.get("name"), field.get("value")) for field in fields] == [
        ("q", "机器人"),
        ("source", "weibo"),
        ("since", "2025-05"),
        ("until", ""),
    ]
