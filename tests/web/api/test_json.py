"""The JSON contract over HTTP."""

import json

import pytest
from flask.testing import FlaskClient

from index.errors import (
    DamagedIndexError,
    ForeignFolderError,
    LockedIndexError,
    NoIndexError,
    OutdatedIndexError,
)
from searcher import Searcher, SearchRequest
from searcher.results import dump_json
from web.app import create_app

RESULTS = ["query", "total", "took_ms", "page", "page_size", "did_you_mean", "hits", "facets"]
HEAD = [
    "id",
    "url",
    "title",
    "source",
    "account",
    "published",
    "first_saved",
    "last_saved",
    "saves",
    "hashtags",
    "images",
]
SAVE = ["file", "saved", "url", "title", "body", "quoted", "summary", "claims", "sections", "other_side"]


def test_search_has_the_keys_of_the_contract(client: FlaskClient):
    answer = client.get("/api/search?q=脑机接口")
    assert answer.mimetype == "application/json"
    results = answer.get_json()
    assert list(results) == RESULTS
    assert list(results["facets"]) == ["source", "account", "hashtag", "date", "claimed_source"]
    assert list(results["hits"][0]) == [*HEAD, "score", "matched_in", "snippet"]
    assert list(results["hits"][0]["snippet"][0]) == ["text", "matched"]
    assert list(results["facets"]["source"][0]) == ["value", "label", "count", "selected"]
    assert list(results["facets"]["date"][0]) == ["value", "count", "selected"]


def test_search_gives_the_same_text_as_python(client: FlaskClient, searcher: Searcher):
    request = SearchRequest("机器人", source=("weibo",), hashtag=("话题7", "话题8"), page_size=5)
    here = json.loads(dump_json(searcher.search(request).as_json()))
    there = client.get("/api/search?q=机器人&source=weibo&hashtag=话题7&hashtag=话题8&page_size=5")
    assert there.text.endswith("}\n")
    assert "机器人" in there.text
    assert {**there.get_json(), "took_ms": 0} == {**here, "took_ms": 0}


def test_search_takes_the_parameters_of_the_contract(client: FlaskClient):
    results = client.get(
        "/api/search?source=weibo&since=2025-05&until=2025-05&sort=oldest&page=2&page_size=5"
    ).get_json()
    assert (results["total"], results["page"], results["page_size"]) == (12, 2, 5)
    published = [hit["published"] for hit in results["hits"]]
    assert published == sorted(published)
    assert {bucket["value"] for bucket in results["facets"]["date"] if bucket["selected"]} == {"2025-05"}


def test_post_has_all_its_saves(client: FlaskClient):
    post_id = client.get("/api/search?q=脑机接口").get_json()["hits"][0]["id"]
    post = client.get(f"/api/post/{post_id}").get_json()
    assert list(post)[: len(HEAD)] == HEAD
    assert post["saves"] == len(post["history"]) == 5
    assert list(post["history"][0]) == SAVE
    assert [save["saved"][:10] for save in post["history"]] == [f"2025-03-0{day}" for day in (8, 7, 6, 5, 4)]


def test_suggestions_complete_what_was_typed(client: FlaskClient):
    answer = client.get("/api/suggest?q=renxing&limit=1").get_json()
    assert answer == {"suggestions": [{"text": "#人形机器人#", "kind": "hashtag", "count": 23}]}
    assert client.get("/api/suggest").get_json() == {"suggestions": []}


def test_stats_and_health(client: FlaskClient):
    stats = client.get("/api/stats").get_json()
    assert (stats["posts"], stats["saves"]) == (25, 29)
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_query_mistake_names_its_place(client: FlaskClient):
    answer = client.get("/api/search?q=机器人 (具身")
    error = answer.get_json()["error"]
    assert answer.status_code == 400
    assert list(error) == ["code", "message", "start", "end"]
    assert (error["code"], error["start"], error["end"]) == ("query_syntax", 4, 5)


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/search?page=0", 400, "bad_request"),
        ("/api/search?page_size=ten", 400, "bad_request"),
        ("/api/search?sort=best", 400, "bad_request"),
        ("/api/search?since=notadate", 400, "bad_request"),
        ("/api/suggest?q=x&limit=0", 400, "bad_request"),
        ("/api/suggest?q=x&limit=101", 400, "bad_request"),
        ("/api/suggest?q=x&limit=ten", 400, "bad_request"),
        ("/api/post/weibo:1/none", 404, "not_found"),
        ("/api/nowhere", 404, "not_found"),
        ("/api", 404, "not_found"),
    ],
)
def test_errors_have_one_shape(client: FlaskClient, url: str, status: int, code: str):
    answer = client.get(url)
    assert answer.status_code == status
    assert list(answer.get_json()) == ["error"]
    assert list(answer.get_json()["error"]) == ["code", "message"]
    assert answer.get_json()["error"]["code"] == code


def test_only_get_is_answered(client: FlaskClient):
    answer = client.delete("/api/search")
    assert answer.status_code == 405
    assert answer.get_json()["error"]["code"] == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]


class _Unreadable:
    """A stand-in for an engine with a damaged index."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, _: SearchRequest) -> None:
        raise self._error

    def stats(self) -> None:
        raise self._error

    def commit(self) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (NoIndexError, "no_index"),
        (ForeignFolderError, "not_an_index"),
        (OutdatedIndexError, "index_outdated"),
        (DamagedIndexError, "index_damaged"),
        (LockedIndexError, "index_locked"),
    ],
)
def test_index_that_cannot_be_read_is_unavailable(kind: type[Exception], code: str):
    client = create_app(_Unreadable(kind("The index wants rebuilding."))).test_client()
    for url in ("/api/search", "/api/stats", "/healthz"):
        answer = client.get(url)
        assert answer.status_code == 503
        assert answer.get_json() == {"error": {"code": code, "message": "The index wants rebuilding."}}
    page = client.get("/")
    assert page.status_code == 503
    assert "The index wants rebuilding." in page.text
