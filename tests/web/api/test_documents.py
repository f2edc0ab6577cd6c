"""Exports, the feed, the description for browsers and raw files: true, whole, and of nothing but texts."""

import csv
import io
import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import etree

from index import update
from index.errors import MovingIndexError
from searcher import Searcher, open_searcher
from tests.conftest import post_text
from tests.web.conftest import ROBOT_POSTS
from web.api import export
from web.app import create_app
from web.http.access import Site

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def test_an_export_holds_every_hit(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "MAX_PAGE_SIZE", 7)
    whole = client.get("/api/search?q=机器人&source=weibo&page_size=100").get_json()
    answer = client.get("/export.json?q=机器人&source=weibo&page=2&page_size=3")
    exported = answer.get_json()
    assert exported["hits"] == whole["hits"]
    assert len(exported["hits"]) == exported["total"] == exported["page_size"] == ROBOT_POSTS
    assert answer.headers["Content-Disposition"] == "attachment; filename=searcher.json"
    table = client.get("/export.csv?q=机器人&source=weibo")
    assert table.get_data().startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(table.get_data().decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [hit["id"] for hit in whole["hits"]]
    lines = client.get("/export.md?q=机器人&source=weibo").text.splitlines()
    assert sum(line.startswith("- [") for line in lines) == ROBOT_POSTS


def test_an_export_keeps_the_order_and_the_filters(client: FlaskClient):
    ids = [hit["id"] for hit in client.get("/export.json?sort=oldest&since=2025-05&until=2025-05").get_json()["hits"]]
    same = client.get("/api/search?sort=oldest&since=2025-05&until=2025-05&page_size=100").get_json()["hits"]
    assert ids == [hit["id"] for hit in same]


def test_an_export_of_nothing_is_empty(client: FlaskClient):
    assert client.get('/export.json?q="没有的话"').get_json()["hits"] == []
    assert len(client.get('/export.csv?q="没有的话"').text.splitlines()) == 1


def test_an_export_is_whole_or_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "MAX_EXPORT", 10)
    answer = client.get("/export.csv")
    assert answer.status_code == 400
    assert "at most 10" in answer.get_json()["error"]["message"]


def test_an_export_is_of_one_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "MAX_PAGE_SIZE", 2)
    archive, location = tmp_path / "archive", tmp_path / "index"
    archive.mkdir()
    _write(archive, range(6))
    update(location, [archive])

    class Growing:
        """Adds posts before the second page is read; an engine that can't do otherwise says so each time."""

        is_moving = False

        def __init__(self, searcher: Searcher) -> None:
            self.commit, self._searcher = searcher.commit, searcher

        def pages(self, request):
            pages = self._searcher.pages(request)
            yield next(pages)
            _write(archive, range(6, 8 + len(list(archive.iterdir()))))
            update(location)
            yield from pages
            if self.is_moving:
                raise MovingIndexError("The index changed again and again.")

    with open_searcher(location) as searcher:
        growing = Growing(searcher)
        exported = create_app(growing).test_client().get("/export.json?sort=oldest").get_json()
        assert len({hit["id"] for hit in exported["hits"]}) == len(exported["hits"]) == exported["total"] == 6
        assert searcher.search("").total > 6
        growing.is_moving = True
        answer = create_app(growing).test_client().get("/export.json")
        assert answer.status_code == 503
        assert answer.get_json()["error"]["code"] == "index_moving"


def _write(archive: Path, numbers: range) -> None:
    for number in numbers:
        text = post_text(f"第 {number} 篇", f"https://example.org/{number}")
        (archive / f"{number}.md").write_text(text, encoding="utf-8")


def test_a_feed_leads_from_the_newest_posts_to_their_pages(client: FlaskClient):
    answer = client.get("/feed.atom?q=机器人&source=weibo&page_size=5&sort=oldest&page=3")
    assert answer.mimetype == "application/atom+xml"
    feed = etree.fromstring(answer.get_data())
    assert feed.findtext(f"{ATOM}title") == "机器人"
    entries = feed.findall(f"{ATOM}entry")
    newest = client.get("/api/search?q=机器人&source=weibo&page_size=5&sort=newest").get_json()["hits"]
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [hit["title"] for hit in newest]
    assert [entry.findtext(f"{ATOM}published") for entry in entries] == [hit["published"] for hit in newest]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 5
    assert [one.get("term") for one in entries[0].findall(f"{ATOM}category")] == newest[0]["hashtags"]
    for element in feed.iter(f"{ATOM}link"):
        assert urlsplit(element.get("href")).netloc
    page = client.get(urlsplit(entries[0].find(f"{ATOM}link[@rel='alternate']").get("href")).path)
    assert newest[0]["title"] in page.text
    itself = urlsplit(feed.find(f"{ATOM}link[@rel='self']").get("href"))
    assert dict(parse_qsl(itself.query))["q"] == "机器人"
    for moment in (feed.findtext(f"{ATOM}updated"), *(entry.findtext(f"{ATOM}updated") for entry in entries)):
        assert moment.endswith("Z")


def test_a_feed_of_nothing_is_a_feed(client: FlaskClient):
    feed = etree.fromstring(client.get('/feed.atom?q="没有的话"').get_data())
    assert not feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}updated")


def test_what_updates_brought_is_a_feed(tmp_path: Path):
    archive, location = tmp_path / "archive", tmp_path / "index"
    archive.mkdir()
    for numbers in (range(2), range(2, 5)):
        _write(archive, numbers)
        update(location, [archive])
    with open_searcher(location) as searcher:
        client = create_app(searcher).test_client()
        feed = etree.fromstring(client.get("/imports.atom").get_data())
        reports = client.get("/api/imports").get_json()["imports"]
        assert client.get("/api/imports?limit=1").get_json()["imports"] == reports[:1]
    assert [report["added"]["count"] for report in reports] == [3, 2]
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["added 3", "added 2"]
    assert "第 4 篇" in entries[0].findtext(f"{ATOM}content")
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")


def test_a_feed_has_30_entries_unless_told_otherwise(client: FlaskClient):
    assert len(etree.fromstring(client.get("/feed.atom").get_data()).findall(f"{ATOM}entry")) == 25
    assert len(etree.fromstring(client.get("/feed.atom?page_size=2").get_data()).findall(f"{ATOM}entry")) == 2


def test_a_feed_reports_a_bad_query_as_json(client: FlaskClient):
    answer = client.get("/feed.atom?q=机器人 (")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "query_syntax")


def test_a_browser_is_told_how_to_search_here(client: FlaskClient):
    root = etree.fromstring(client.get("/opensearch.xml").get_data())
    addresses = {one.get("type"): one.get("template") for one in root.findall(f"{OPENSEARCH}Url")}
    page = addresses["text/html"].replace("{searchTerms}", "机器人")
    assert page == "http://localhost/?q=机器人"
    assert "23 篇" in client.get(page).text
    typed, completions = client.get(
        addresses["application/x-suggestions+json"].replace("{searchTerms}", "renxing")
    ).get_json(force=True)
    assert (typed, completions[0]) == ("renxing", "#人形机器人#")
    with client.get(root.findtext(f"{OPENSEARCH}Image")) as picture:
        assert picture.status_code == 200


def test_addresses_are_the_ones_that_readers_know(searcher: Searcher):
    client = create_app(searcher, Site("https://example.org/archive")).test_client()
    for url in ("/opensearch.xml", "/feed.atom?q=机器人"):
        text = client.get(url, headers={"Host": "127.0.0.1"}, base_url="http://localhost/archive").text
        assert "https://example.org/archive/" in text
        assert "localhost" not in text
        assert "127.0.0.1" not in text


@pytest.fixture
def files(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    (archive / "2025").mkdir(parents=True)
    for number, title in enumerate(("早先", "后来")):
        text = post_text(title, "https://example.org/1", saved=f"2025-05-0{number + 1}T00:00:00Z")
        (archive / "2025" / f"{number}.md").write_text(text, encoding="utf-8")
    (archive / "2025" / "gb.md").write_bytes(post_text("国标", "https://example.org/2").encode("gb18030"))
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    update(tmp_path / "index", [archive])
    return archive / "2025"


@pytest.fixture
def reader(files: Path):
    with open_searcher(files.parents[1] / "index") as searcher:
        yield create_app(searcher).test_client()


def _id(reader: FlaskClient, query: str) -> str:
    return str(reader.get(f"/api/search?q={query}").get_json()["hits"][0]["id"])


def test_the_raw_file_of_each_save_is_shown_as_text(reader: FlaskClient, files: Path):
    post_id = _id(reader, "后来")
    for parameters, name in (("", "1.md"), ("?save=2", "1.md"), ("?save=1", "0.md")):
        answer = reader.get(f"/raw/{post_id}{parameters}")
        assert answer.get_data() == (files / name).read_bytes()
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    national = reader.get(f"/raw/{_id(reader, '国标')}")
    assert national.headers["Content-Type"] == "text/plain; charset=gb18030"
    assert "国标" in national.get_data().decode("gb18030")


@pytest.mark.parametrize("save", ["0", "3", "x", "-1", "../../secret.md"])
def test_a_save_that_is_none_is_refused(reader: FlaskClient, save: str):
    answer = reader.get(f"/raw/{_id(reader, '后来')}?save={save}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "path", ["/raw/../secret.md", "/raw/..%2f..%2fsecret.md", "/raw//etc/passwd", "/static/../app.py"]
)
def test_no_address_leads_out_of_the_archive(reader: FlaskClient, path: str):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "secret" not in json.dumps(answer.text.replace(path, "").replace("secret.md", ""))


def test_a_replaced_file_is_not_shown(reader: FlaskClient, files: Path):
    post_id = _id(reader, "国标")
    for replace in (
        lambda: (files / "gb.md").symlink_to(files.parents[1] / "secret.md"),
        lambda: os.mkfifo(files / "gb.md"),
        lambda: (files / "gb.md").mkdir(),
        lambda: None,
    ):
        if (files / "gb.md").is_dir():
            (files / "gb.md").rmdir()
        else:
            (files / "gb.md").unlink()
        replace()
        answer = reader.get(f"/raw/{post_id}")
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "file_gone")
        (files / "gb.md").touch()
