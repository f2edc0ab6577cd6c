"""ETags, conditional requests, cached responses and compression."""

import gzip
import re
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index import update
from searcher import open_searcher
from tests.conftest import post_text
from tests.web.conftest import static_url
from web.app import create_app
from web.http import caching
from web.http.access import Site

URLS = (
    "/",
    "/?q=机器人",
    "/api/search?q=机器人",
    "/api/suggest?q=ji",
    "/feed.atom",
    "/export.csv",
    "/opensearch/suggest?q=ji",
)
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def grow(tmp_path: Path) -> Callable[[], None]:
    """Return a function that adds a post to the archive in `tmp_path`, and updates the index there."""
    archive = tmp_path / "archive"
    archive.mkdir()

    def add() -> None:
        number = len(list(archive.iterdir()))
        text = post_text(f"机器人 {number}", f"https://example.org/{number}")
        (archive / f"{number}.md").write_text(text, encoding="utf-8")
        update(tmp_path / "index", [archive])

    add()
    return add


@pytest.fixture
def growing(tmp_path: Path, grow: Callable[[], None]) -> Iterator[FlaskClient]:
    assert grow
    with open_searcher(tmp_path / "index") as searcher:
        yield create_app(searcher, Site(started=_LONG_AGO)).test_client()


@pytest.mark.parametrize("url", URLS)
def test_an_answer_is_sent_once_a_commit(growing: FlaskClient, grow: Callable[[], None], url: str):
    first = growing.get(url)
    tag = {"If-None-Match": first.headers["ETag"]}
    again = growing.get(url, headers=tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "no-cache, private"
    grow()
    changed = growing.get(url, headers=tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_tag_is_of_one_address_and_one_reader(growing: FlaskClient):
    tag = {"If-None-Match": growing.get("/?q=机器人").headers["ETag"]}
    assert growing.get("/?q=机器人", headers=tag).status_code == 304
    assert growing.get("/?q=机器", headers=tag).status_code == 200
    assert growing.get("/?q=机器人", headers={**tag, "Accept-Language": "en"}).status_code == 200
    growing.set_cookie("lang", "en")
    assert growing.get("/?q=机器人", headers=tag).status_code == 200


@pytest.mark.parametrize("url", URLS)
def test_an_answer_is_made_once_a_commit(growing: FlaskClient, grow: Callable[[], None], url: str):
    first, again = growing.get(url), growing.get(url)
    assert again.get_data() == first.get_data()
    assert dict(again.headers) == dict(first.headers)
    grow()
    assert growing.get(url).get_data() != first.get_data()


def test_answers_kept_are_bounded(growing: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(caching, "MAX_CACHE_BYTES", 10_000)
    urls = [f"/api/search?q=机器人&page_size={size}" for size in range(1, 50)]
    first, again = ([{**growing.get(url).get_json(), "took_ms": 0} for url in urls] for _ in range(2))
    assert first == again
    assert sum(len(growing.get(url).get_data()) for url in urls) > caching.MAX_CACHE_BYTES


def test_an_answer_that_sets_a_cookie_is_of_one_reader(growing: FlaskClient):
    assert "Set-Cookie" in growing.get("/?lang=en").headers
    assert "Set-Cookie" in growing.get("/?lang=en", headers={"Cookie": ""}).headers


def test_errors_are_never_cached(growing: FlaskClient):
    tag = growing.get("/api/search").headers["ETag"]
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": format_datetime(datetime.now(UTC), usegmt=True)}):
        growing.get("/api/search?page=0", headers=headers)
    mistake = growing.get("/api/search?page=0")
    assert mistake.status_code == 400
    assert "ETag" not in mistake.headers
    assert mistake.headers["Cache-Control"] == "no-store"


def test_answers_change_with_the_commit_the_day_and_the_server(growing: FlaskClient, tmp_path: Path):
    changed = parsedate_to_datetime(growing.get("/api/search").headers["Last-Modified"])
    assert datetime.now(UTC) - changed < timedelta(minutes=1)
    since = {"If-Modified-Since": format_datetime(changed, usegmt=True)}
    assert growing.get("/api/search", headers=since).status_code == 304
    before = {"If-Modified-Since": format_datetime(changed - timedelta(seconds=1), usegmt=True)}
    assert growing.get("/api/search", headers=before).status_code == 200
    with open_searcher(tmp_path / "index") as searcher:
        started = datetime.now(UTC) + timedelta(hours=1)
        restarted = create_app(searcher, Site(started=started)).test_client()
        assert restarted.get("/api/search", headers=since).status_code == 200


@pytest.mark.parametrize("url", ["/api/stats", "/metrics", "/healthz", "/openapi.json"])
def test_what_says_how_things_are_now_is_always_sent(growing: FlaskClient, url: str):
    assert "ETag" not in growing.get(url).headers


@pytest.mark.parametrize("url", ["/", "/api/search", "page.css", "/feed.atom", "/openapi.json"])
def test_answers_are_compressed_for_who_takes_it(growing: FlaskClient, url: str):
    url = url if url.startswith("/") else static_url(growing, url)
    with growing.get(url) as plain, growing.get(url, headers={"Accept-Encoding": "gzip"}) as compressed:
        assert "Content-Encoding" not in plain.headers
        assert compressed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in compressed.vary
        assert "Accept-Encoding" in plain.vary
        packed = compressed.get_data()
        assert len(packed) < len(plain.get_data())
        assert gzip.decompress(packed)[:15] == plain.get_data()[:15]


def test_static_files_are_cached_for_a_year_by_version(growing: FlaskClient):
    url = static_url(growing, "page.js")
    with growing.get(url) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000"
    assert growing.get("/static/page.js").status_code == 404
    assert re.fullmatch(r"/static/[0-9a-f]{12}/page\.js", url)


def test_answers_of_a_commit_before_are_let_go_of(growing: FlaskClient, grow: Callable[[], None]):
    growing.get("/")
    tracemalloc.start()
    try:
        size = sum(len(growing.get(f"/?page={page}").get_data()) for page in range(1, 60))
        kept = tracemalloc.get_traced_memory()[0]
        grow()
        growing.get("/")
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept - left > size / 2
