"""The page and the API over every engine: what they ask for and show does not depend on where the index lies."""

import pytest
from flask.testing import FlaskClient

from searcher import Searcher, SearchRequest
from tests.web.conftest import Page
from web.app import create_app


@pytest.fixture
def served(examples: Searcher) -> FlaskClient:
    return create_app(examples).test_client()


@pytest.mark.parametrize("query", ["", "露营", '"大模型"', "大模型 -露营", "模型*"])
def test_the_api_says_what_the_searcher_found(served: FlaskClient, examples: Searcher, query: str) -> None:
    told = served.get("/api/search", query_string={"q": query, "page_size": 5}).get_json()
    found = examples.search(SearchRequest(query, page_size=5)).as_json()
    assert told["total"] > 0
    assert {**told, "took_ms": 0} == {**found, "took_ms": 0}


def test_a_facet_leads_to_as_many_hits_as_it_says(served: FlaskClient) -> None:
    for name in ("source", "hashtag"):
        bucket = served.get("/api/search?q=").get_json()["facets"][name][0]
        narrowed = served.get("/api/search", query_string={"q": "", name: bucket["value"]}).get_json()
        assert narrowed["total"] == bucket["count"] > 0


def test_the_page_shows_the_hits_and_each_has_a_page(served: FlaskClient) -> None:
    hit = served.get("/api/search?q=露营").get_json()["hits"][0]
    results = Page(served, "/?q=露营")
    assert results.status == 200
    assert " ".join(hit["title"].split()) in results.root.text_content()
    assert Page(served, f"/post/{hit['id']}").status == 200
    assert served.get(f"/api/post/{hit['id']}").get_json()["id"] == hit["id"]


def test_beginnings_are_completed(served: FlaskClient, examples: Searcher) -> None:
    told = served.get("/api/suggest?q=大").get_json()
    assert [one["text"] for one in told["suggestions"]] == [one.text for one in examples.suggest("大")]


def test_a_slip_is_told(served: FlaskClient) -> None:
    assert served.get("/api/search?q=露赢").get_json()["did_you_mean"] == "露营"
    meant = Page(served, "/?q=露赢").follow("//p[@class='did-you-mean']/a", "露营")
    assert meant.root.xpath("//input[@id='q']/@value") == ["露营"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/search?q=(", 400),
        ("/api/search?q=x&page=0", 400),
        ("/api/search?q=x&since=nonsense", 400),
        ("/api/post/weibo:none", 404),
        ("/post/weibo:none", 404),
        ("/?q=(", 400),
    ],
)
def test_what_is_wrong_is_told(served: FlaskClient, path: str, status: int) -> None:
    answer = served.get(path)
    assert answer.status_code == status
    if path.startswith("/api"):
        assert answer.get_json()["error"]["message"]
