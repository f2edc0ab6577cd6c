"""Access by host name, by password, and below the prefix of a proxy."""

import base64

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from searcher import Searcher
from web.app import create_app
from web.http.access import Site, mount

PASSWORD = "密码 with spaces:and colons"


def authorization(password: str, name: str = "anyone", scheme: str = "Basic") -> dict[str, str]:
    return {"Authorization": f"{scheme} {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


@pytest.fixture
def locked(searcher: Searcher) -> FlaskClient:
    return create_app(searcher, Site(password=PASSWORD)).test_client()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        authorization(""),
        authorization(PASSWORD[:-1]),
        authorization(f"{PASSWORD}x"),
        authorization(PASSWORD.upper()),
        authorization(PASSWORD, scheme="Bearer"),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic"},
    ],
)
@pytest.mark.parametrize(
    "url", ["/", "/api/search", "/nowhere", "/static/page.css", "/metrics", "/raw/x", "/feed.atom"]
)
def test_nothing_is_answered_without_the_password(locked: FlaskClient, url: str, headers: dict[str, str]):
    answer = locked.get(url, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert "机器人" not in answer.text


@pytest.mark.parametrize("url", ["/", "/api/search", "/metrics"])
def test_the_password_opens_everything_whatever_the_name(locked: FlaskClient, url: str):
    for name in ("anyone", "", "谁"):
        with locked.get(url, headers=authorization(PASSWORD, name)) as answer:
            assert answer.status_code == 200


def test_whoever_watches_needs_no_password(locked: FlaskClient):
    assert locked.get("/healthz").get_json() == {"status": "ok"}


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.1.7", "Example.org", "example.org:443"],
)
def test_known_names_and_numbers_are_answered(searcher: Searcher, host: str):
    client = create_app(searcher, Site("https://example.org/archive")).test_client()
    assert client.get("/api/stats", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "a b", "1.2.3"]
)
@pytest.mark.parametrize("url", ["/", "/api/search", "/healthz", "/static/page.css"])
def test_a_name_that_is_not_ours_is_refused(searcher: Searcher, url: str, host: str):
    # A page elsewhere can make its own name lead here; the browser then lets it read what is answered.
    client = create_app(searcher, Site("https://example.org")).test_client()
    answer = client.get(url, headers={"Host": host}, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 400
    assert "机器人" not in answer.text


def test_the_name_that_is_listened_on_is_known(searcher: Searcher):
    client = create_app(searcher, Site(host="nas.local")).test_client()
    assert client.get("/api/stats", headers={"Host": "nas.local:8000"}).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/%2f%2fevil.example/",
        "/post//evil.example",
        "///evil.example//",
        "/?lang=en&next=https://evil.example",
        "/api",
        "/post",
    ],
)
def test_no_address_redirects(client: FlaskClient, url: str):
    answer = client.get("/", environ_overrides={"PATH_INFO": url}) if url.startswith("//") else client.get(url)
    assert answer.status_code not in range(300, 400)
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("path", "found"), [("/archive/api/stats", 200), ("/api/stats", 200), ("/archive", 200), ("/archives/", 404)]
)
def test_pages_lie_below_the_path_of_the_site(searcher: Searcher, path: str, found: int):
    site = Site("https://example.org/archive/")
    client = Client(mount(site.prefix, create_app(searcher, site).wsgi_app))
    answer = client.get(path)
    assert answer.status_code == found
    assert 'href="/archive/' in answer.text or path.endswith("stats")


@pytest.mark.parametrize("path", ["/", "/api/search", "/feed.atom", "/export.csv", "/nowhere"])
def test_an_address_may_hold_any_bytes(client: FlaskClient, path: str):
    given = bytes(range(256)).replace(b"&", b"").replace(b"#", b"")
    answer = client.get(path, environ_overrides={"QUERY_STRING": f"q=a&x={given.decode('latin-1')}&lang=en"})
    assert answer.status_code == (404 if path == "/nowhere" else 200)
