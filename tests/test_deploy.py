"""What deploy/ holds works: behind nginx and Caddy, by systemd's own checks, and as the steps of the container say."""

import gzip
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path

import click
import pytest
from lxml import etree, html

from index import update
from searcher.cli import main
from tests.conftest import EXAMPLES
from tests.server import WAIT, Running, running

pytestmark = pytest.mark.thorough

DEPLOY = Path(__file__).parents[1] / "deploy"
SITE = "http://example.org/archive"
UNITS = ("searcher.service", "searcher-index.service", "searcher-index.timer")
# By systemd's own measure 0 is the safest and 10 the least; above 2 something was opened that need not be.
MOST_EXPOSED = 2.0


def program(name: str) -> str:
    """Return the path of a program; skip where there is none."""
    if (found := shutil.which(name) or shutil.which(name, path="/usr/sbin")) is None:
        pytest.skip("need a proxy (make proxies installs nginx and Caddy)")
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    location = tmp_path_factory.mktemp("behind") / "index"
    update(location, [EXAMPLES])
    with running(location, "--workers", "1", "--url", SITE) as server:
        yield server


def nginx(folder: Path, port: int, server: Running) -> tuple[list[str], list[str]]:
    """Return the commands that check deploy/nginx.conf and run it, on `port` and before `server`."""
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for written, here in (("listen 80;", f"listen 127.0.0.1:{port};"), ("127.0.0.1:8000", f"127.0.0.1:{server.port}")):
        assert written in site
        site = site.replace(written, here)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ access_log off; {paths} {site} }}",
        encoding="utf-8",
    )
    command = [program("nginx"), "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"]
    return [*command, "-t"], command


def caddy(folder: Path, port: int, server: Running) -> tuple[list[str], list[str]]:
    """Return the commands that check deploy/Caddyfile and run it, on `port` and before `server`."""
    site = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    for written, here in (("example.org {", f"http://:{port} {{"), ("127.0.0.1:8000", f"127.0.0.1:{server.port}")):
        assert written in site
        site = site.replace(written, here)
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{site}", encoding="utf-8")
    told = ["--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]
    return [program("caddy"), "validate", *told], [program("caddy"), "run", *told]


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def ask(request: pytest.FixtureRequest, server: Running, tmp_path: Path) -> Iterator[Callable[..., HTTPResponse]]:
    """Give a function that asks the proxy for a path, as a browser asks for it at example.org."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    check, run = request.param(tmp_path, port, server)
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    checked = subprocess.run(check, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr

    def answer(path: str, **headers: str) -> HTTPResponse:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "example.org", **headers})
        response: HTTPResponse = urllib.request.urlopen(asked, timeout=WAIT)
        return response

    with ended(subprocess.Popen(run, env=environment, stderr=subprocess.DEVNULL)):
        deadline = time.monotonic() + WAIT
        while True:
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield answer


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait(WAIT)


def test_the_pages_are_whole_behind_a_proxy(ask: Callable[..., HTTPResponse]) -> None:
    def body(path: str) -> bytes:
        with ask(path) as answer:
            assert answer.status == 200
            return answer.read()

    first = html.fromstring(body("/archive/?q=%E7%9A%84&page_size=5"))
    [following] = set(first.xpath("//a[@rel='next']/@href"))
    post = first.xpath("//a[contains(@href, '/post/')]/@href")[0]
    assert html.fromstring(body(following)).xpath("//a[contains(@href, '/post/')]")
    assert html.fromstring(body(post)).xpath("//h1")
    linked = first.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    assert linked
    for address in (*linked, following, post):
        assert address.startswith("/archive/")
    for address in linked:
        assert body(address)
    feed = etree.fromstring(body("/archive/feed.atom?q=%E7%9A%84"))
    links = feed.xpath("//*[local-name()='link']/@href")
    assert links
    assert f"{SITE}/feed.atom?q=%E7%9A%84" in links
    assert b'"status": "ok"' in body("/archive/healthz")
    with ask("/archive/", **{"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert b"</html>" in gzip.decompress(answer.read())
    with ask("/archive/api/search?q=%E7%9A%84") as answer:
        tag = answer.headers["ETag"]
    with pytest.raises(urllib.error.HTTPError, match="304"):
        ask("/archive/api/search?q=%E7%9A%84", **{"If-None-Match": tag})


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/opt/searcher/bin/searcher", sys.executable), encoding="utf-8")
    units = [str(tmp_path / name) for name in UNITS]
    verified = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    for unit in units[:2]:
        told = subprocess.run(
            [analyze, "security", "--offline=true", unit], capture_output=True, text=True, check=True, encoding="utf-8"
        )
        exposed = re.findall(r"Overall exposure level for [\w.-]+: ([\d.]+)", told.stdout)
        assert float(exposed[0]) < MOST_EXPOSED, told.stdout


def test_deploy_calls_only_existing_commands() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DEPLOY.iterdir())
    called = set(re.findall(r"(?:bin/|^#   )searcher (\w+)", text, re.MULTILINE))
    assert called
    assert called <= set(main.list_commands(click.Context(main)))
