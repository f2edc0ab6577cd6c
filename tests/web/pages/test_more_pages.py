"""Completions, statistics, help, imports, and what a reader prefers, over HTTP."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

import web
from searcher import Searcher
from searcher.query.fields import QUERY_FIELDS
from tests.web.conftest import Page
from web.app import create_app

STATIC = Path(web.__file__).parent / "static"


@pytest.fixture
def example(examples: Searcher) -> FlaskClient:
    return create_app(examples).test_client()


# query, cursor, the first completions
COMPLETIONS = [
    ("damo", 4, ["#大模型#"]),
    ("大", 1, ["#大模型#"]),
    ("露营 sou", 6, ["source:"]),
    ("source:", 7, ["source:weibo", "source:arxiv"]),
    ("source：WEI", 10, ["source:weibo"]),
    ("hashtag:一周", 10, ["#一周一书#"]),
    ("in:", 3, ["in:title", "in:original", "in:summary"]),
    ("date:", 5, ["date:今天", "date:昨天"]),
    ("saved:", 6, ["saved:今天", "saved:昨天"]),
    ('"大', 2, []),
    ("“大", 2, []),
    ("“大” 大", 5, ["#大模型#"]),
    ("大 露营", 0, []),
    ("", 0, []),
    ("http://", 7, []),
    ("type:", 5, []),
    ("saves:", 6, []),
    *((name, len(name), [f"{name}:"]) for name in QUERY_FIELDS),
]


@pytest.mark.parametrize(("query", "cursor", "first"), COMPLETIONS)
def test_completions_of_the_word_before_the_cursor(
    example: FlaskClient, query: str, cursor: int, first: list[str]
) -> None:
    answer = example.get("/completions", query_string={"q": query, "cursor": cursor})
    assert answer.status_code == 200
    labels = html.fromstring(f"<ul>{answer.text}</ul>").xpath("//span[@class='label']/text()")
    assert labels[: len(first)] == first
    assert bool(labels) == bool(first)


def test_a_completion_goes_between_what_stands_on_either_side(example: FlaskClient) -> None:
    answer = example.get("/completions", query_string={"q": "露营 (-damo 帐篷)", "cursor": 9})
    option = html.fromstring(f"<ul>{answer.text}</ul>").xpath("//li")[0]
    assert option.get("data-query") == "露营 (-#大模型# 帐篷)"
    assert option.get("data-cursor") == "11"


@pytest.mark.parametrize("cursor", ["-1", "x"])
def test_a_cursor_that_is_none_is_a_mistake(example: FlaskClient, cursor: str) -> None:
    assert example.get("/completions", query_string={"q": "a", "cursor": cursor}).status_code == 400


def test_statistics_count_what_the_links_find(example: FlaskClient) -> None:
    page = Page(example, "/statistics")
    figures = page.texts("//dl[@class='figures']//dd")
    assert figures == ["31", "36", "16", "2024-11-03", "2025-06-15"]
    for path in ("//ul[@class='rows']/li", "//table[@class='pairs']//td"):
        for row in page.root.xpath(path):
            for link in row.xpath("./a"):
                count = row.xpath("./span[@class='count']/text()") or [link.text]
                found = Page(example, link.get("href"))
                assert found.text("//p[@class='total']/strong") == f"{count[0]} 篇", link.get("href")


def test_the_calendar_links_the_days_with_posts(example: FlaskClient) -> None:
    page = Page(example, "/statistics?year=2024")
    assert len(page.root.xpath("//*[@class='calendar']//rect")) == 366
    labels = page.root.xpath("//*[@class='calendar']//a/@aria-label")
    assert sum(int(re.findall(r"：(\d+) 篇", label)[0]) for label in labels) == 6
    assert page.texts("//nav[@class='years']/a[@aria-current]") == ["2024"]
    assert Page(example, "/statistics?year=1999").texts("//nav[@class='years']/a[@aria-current]") == ["2025"]


def test_imports_tell_what_became_of_posts(example: FlaskClient) -> None:
    page = Page(example, "/imports")
    assert page.text("//main/section/p").endswith("此后共 31 篇文章，36 次保存")
    assert page.texts("//main/section/details/summary") == ["新增 31 篇"]
    links = page.root.xpath("//main/section/details//a/@href")
    assert len(links) == 20
    assert Page(example, links[0]).status == 200
    assert page.text("//main/section/details/p") == "还有 11 项"


def test_help_is_of_what_the_archive_holds(example: FlaskClient) -> None:
    page = Page(example, "/help")
    assert "#CityRide#" in page.texts("//dl[@class='syntax']//a")
    assert "date:2025-06" in page.texts("//dl[@class='syntax']//a")
    assert Page(example, "/help", **{"Accept-Language": "en"}).text("//h1") == "How to write a query"


@pytest.mark.parametrize(("name", "value"), [("lang", "en"), ("theme", "dark"), ("pictures", "off")])
def test_a_preference_is_kept_in_a_cookie(client: FlaskClient, name: str, value: str) -> None:
    cookie = client.get(f"/?{name}={value}").headers["Set-Cookie"]
    assert cookie.startswith(f"{name}={value};")
    assert "HttpOnly" in cookie
    assert "Set-Cookie" not in client.get("/").headers
    assert "Set-Cookie" not in client.get(f"/?{name}=%0d%0aX-A:b").headers


def test_without_pictures_there_are_none(visit, client: FlaskClient) -> None:
    assert visit("/?q=脑机接口").root.xpath("//img[@class='thumb'][@referrerpolicy='no-referrer'][@loading='lazy']")
    client.get("/?pictures=off")
    for url in ("/?q=脑机接口", "/post/arxiv:2505.01234"):
        assert not visit(url).root.xpath("//img")
    assert visit("/?q=脑机接口").follow('//li[@class="hit"]/h2/a', "").texts('//ul[@class="images"]//a') == [
        "图 1",
        "图 2",
    ]


def test_saves_are_compared_with_the_one_before(visit) -> None:
    page = visit("/?q=脑机接口").follow('//li[@class="hit"]/h2/a', "脑机接口")
    assert page.texts("//div[@class='prose difference']/ins")[:1] == ["5"]
    assert page.texts("//div[@class='prose difference']/del")[:1] == ["4"]
    assert "早先写着量子纠缠" in "".join(page.texts("//li[@class='save']//del"))
    assert page.texts("(//li[@class='save'])[1]/h4") == ["AI 摘要 有改动", "正文 没有变"]


def test_a_post_names_related_ones(example: FlaskClient) -> None:
    page = Page(example, "/post/weibo:9900000001/PgztznL7L")
    related = page.root.xpath("//section[@class='related']//a/@href")
    assert 0 < len(related) <= 6
    assert "/post/weibo:9900000001/PgztznL7L" not in related


def test_a_mistake_while_typing_is_an_answer(example: FlaskClient) -> None:
    assert example.get("/?q=(").status_code == 400
    typing = example.get("/?q=(&in_place=1")
    assert typing.status_code == 200
    assert "这个括号没有闭合" in typing.text
    assert "in_place" not in typing.text
    assert example.get("/post/none?in_place=1").status_code == 404


def test_what_was_found_can_be_taken_away_and_followed(example: FlaskClient) -> None:
    page = Page(example, "/?q=露营&account=9900000002&sort=newest&page_size=2&page=2")
    exports = "//p[@class='take-away quiet']/a[@download]"
    assert page.texts(exports) == ["JSON", "CSV", "Markdown"]
    found = example.get(page.root.xpath(exports)[0].get("href")).get_json()
    assert (found["total"], len(found["hits"])) == (4, 4)
    for path in ("//link[@rel='alternate']/@href", "//p[@class='take-away quiet']/a[not(@download)]/@href"):
        assert example.get(page.root.xpath(path)[0]).text.count("<entry>") == 4
    description = example.get(page.root.xpath("//link[@rel='search']/@href")[0])
    assert description.mimetype == "application/opensearchdescription+xml"


def test_a_save_leads_to_its_file(example: FlaskClient) -> None:
    page = Page(example, "/post/weibo:9900000001/PgztznL7L")
    files = [example.get(url).text for url in page.root.xpath("//p[@class='file']/a/@href")]
    assert ["石墨散热片" in file for file in files] == [True, False, False]


def test_a_choice_made_again_is_kept_again(client: FlaskClient) -> None:
    for language in ("en", "zh", "en", "zh"):
        answer = client.get(f"/?lang={language}")
        assert "ETag" not in answer.headers
        assert answer.headers["Set-Cookie"].startswith(f"lang={language};")


@pytest.mark.parametrize("url", ["/", "/?q=大模型", "/?q=的&hashtag_like=a"])
def test_the_first_page_is_light(example: FlaskClient, url: str) -> None:
    page = Page(example, url)
    blocking = page.root.xpath("//link[@rel='stylesheet']/@href | //script[not(@type='module')]/@src")
    assert len(blocking) == 1
    sent = [page.response.data, *(file.read_bytes() for file in STATIC.iterdir())]
    assert sum(len(gzip.compress(one)) for one in sent) < 30_000
