"""Mistakes are told to readers of Chinese in Chinese, and to programs as ever."""

from string import Formatter

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from index.errors import LockedIndexError, SearcherError
from searcher import Searcher
from searcher.errors import ErrorMessage, UserError
from searcher.query.parser import parse
from tests.searcher.query.test_parser import ERRORS, LIMITS, NOW
from tests.web.conftest import Page
from web.app import create_app
from web.http.access import Site
from web.http.errors import STATUS
from web.i18n.messages import CHINESE, CHINESE_BY_ERROR, error_messages

QUERIES = [*(row[0] for row in ERRORS), *(row[2] for row in LIMITS)]
REQUESTS = [
    ("/?page=0", "page 是 0，应当在 1 到 1000000 之间。"),
    ("/?page=x", "page 是“x”，应当是整数。"),
    ("/?sort=best", "sort 是“best”，应当是 relevance, newest, oldest 之一。"),
    ("/?since=soon", "since 是“soon”，这不是日期；请写成 2025、2025-05、2025-05-09、7d、今天、上周 这样。"),
    ("/?since=2025-05&until=2025-04", "since 是“2025-05”，晚于 until 的“2025-04”。"),
    ("/?" + "&".join(f"account={number}" for number in range(51)), "account 给了 51 个值，最多同时取 50 个。"),
    ("/?hashtag=%23", "hashtag 是“#”，这不是话题的名字。"),
    ("/post/weibo:1/none", "索引里没有文章 weibo:1/none。"),
    ("/nowhere", "/nowhere 那里什么也没有。"),
]


@pytest.mark.parametrize("template", ErrorMessage, ids=lambda template: template.name)
def test_every_mistake_has_a_chinese_sentence_of_the_same_values(template: ErrorMessage):
    assert CHINESE[template].endswith(("。", "？"))
    assert _values(CHINESE[template]) <= _values(template)
    # Forms of dates are a list in words, which each language has its own of.
    assert _values(template) - _values(CHINESE[template]) <= {"forms"}


def _values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def mistake_in(query: str) -> UserError:
    with pytest.raises(UserError) as caught:
        parse(query, NOW)
    return caught.value


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: repr(query[:20]))
def test_a_query_mistake_is_told_in_the_readers_language(client: FlaskClient, query: str):
    error = mistake_in(query)
    for language, sentence in error_messages(error).items():
        answer = client.get("/", query_string={"q": query}, headers={"Accept-Language": language})
        assert answer.status_code == 400
        assert f'<p class="why" lang="{answer.headers["Content-Language"]}">' in answer.text
        assert str(escape(sentence)) in answer.text
    told = client.get("/api/search", query_string={"q": query}, headers={"Accept-Language": "zh"}).get_json()
    assert told["error"]["message"] == str(error)


@pytest.mark.parametrize(("url", "sentence"), REQUESTS)
def test_a_mistake_in_a_request_is_told_in_chinese(visit, url: str, sentence: str):
    page = visit(url)
    assert page.texts("//main/p[@lang='zh-CN']") == [sentence]
    assert visit(url, **{"Accept-Language": "en"}).text("//main/p[@lang='en']") != sentence


class _Failing:
    """A stand-in for an engine with a damaged index."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def commit(self) -> None:
        raise self._error


@pytest.mark.parametrize("kind", [kind for kind in STATUS if not issubclass(kind, (UserError, LockedIndexError))])
def test_index_errors_are_told_in_chinese_with_english_details(kind: type[SearcherError]):
    client = create_app(_Failing(kind("The index at /srv/index wants <rebuilding>."))).test_client()
    page = Page(client, "/")
    assert page.status == 503
    assert page.text("//h1") != "出错了"
    assert page.texts("//main/p[@lang]") == [CHINESE_BY_ERROR[kind], "The index at /srv/index wants <rebuilding>."]
    english = Page(client, "/", **{"Accept-Language": "en"})
    assert english.texts("//main/p[@lang]") == ["The index at /srv/index wants <rebuilding>."]


def test_host_and_password_errors_are_told_in_chinese(searcher: Searcher):
    client = create_app(searcher, Site(password="secret")).test_client()
    assert Page(client, "/").texts("//h1 | //main/p[@lang]") == ["需要密码", "要看这里的内容需要密码；用户名随意。"]
    page = Page(client, "/", Host="evil.example")
    assert page.texts("//main/p[@lang]") == ["这台服务器不叫 evil.example；要用这个名字，请在启动时用 --url 写明。"]
    assert Page(client, "/", Host="{x}").status == 400


def test_every_mistake_in_a_query_is_among_those_tried():
    tried = {mistake_in(query).template for query in QUERIES}
    assert tried == set(ErrorMessage) - _OF_REQUESTS


_OF_REQUESTS = set(list(ErrorMessage)[list(ErrorMessage).index(ErrorMessage.NO_POST) :])
