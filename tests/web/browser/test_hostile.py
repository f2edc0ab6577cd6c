"""An archive that attacks from every place that a file can fill is shown as text, and runs nothing."""

import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from index import update
from searcher import Searcher, open_searcher
from tests.web.browser.conftest import serving
from tests.web.conftest import linked, write_save

pytestmark = pytest.mark.thorough

# Every form of script that a page could be made to run; each would set the same mark.
_RUN = "window.attacked=1"
_ATTACKS = (
    f'"><script>{_RUN}</script>',
    f"'><img src=x onerror={_RUN}>",
    f'"><svg onload={_RUN}><animate onbegin={_RUN} attributeName=x></svg>',
    f"</title></textarea></script><script>{_RUN}</script>",
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    f"<details open ontoggle={_RUN}><summary>x</summary></details>",
    "<style>*{background:url(https://evil.example/style)}</style>",
    '<base href="https://evil.example/"><link rel=stylesheet href=/x><meta http-equiv=refresh content="0;url=/x">',
    "{{ 7*7 }} ${7*7} <!-- ",
)
_RTL = "\u202e\u2066\u200f反过来\u202d\u2069"
_LINKS = (f"javascript:{_RUN}", f"JaVaScRiPt:{_RUN}", f"data:text/html,<script>{_RUN}</script>", f"\tjavascript:{_RUN}")
_COUNT_VIOLATIONS = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", event => window.violations.push(event.violatedDirective));
"""
_HASHTAGS = 5_000
_LINE = 10 * 2**20


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("besieged")
    _write_attacks(folder / "archive")
    update(folder / "index", [folder / "archive"])
    with open_searcher(folder / "index") as searcher:
        yield searcher


@pytest.fixture(scope="module")
def besieged_address(besieged: Searcher) -> Iterator[str]:
    with serving(besieged) as address:
        yield address


def _write_attacks(archive: Path) -> None:
    for number, attack in enumerate(_ATTACKS):
        escaped = attack.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        links = "".join(f'<a href="{link}">{escaped}</a><img src="{link}">' for link in _LINKS)
        body = f"攻击 {escaped} {attack} {linked(escaped)}{links}<blockquote>{attack}</blockquote>"
        more = f"## {attack}\n\n{attack}\n\n"
        name = f"{number} <script>{_RUN}<script> & '\" {_RTL}"
        write_save(archive, name, f"攻击 {attack}{_RTL}", f"https://evil.example/{number}", body, attack, more=more)
    for number, link in enumerate(_LINKS):
        write_save(archive, f"link {number}", f"攻击 {_RTL}", f"{link}//{number}", f"攻击{_RTL}", f"{_RTL} 攻击")
    hashtags = "".join(linked(f"话题{number}") for number in range(_HASHTAGS))
    write_save(archive, "hashtags", "攻击的话题", "https://evil.example/hashtags", f"攻击{hashtags}", "很多")
    write_save(archive, "line", "攻击的长行", "https://evil.example/line", "攻击" + "长" * (_LINE // 3), "很长")


def test_nothing_of_a_hostile_archive_runs_or_breaks_a_page(
    open_tab: Callable[..., Page], besieged: Searcher, besieged_address: str
) -> None:
    tab = open_tab()
    tab.context.add_init_script(_COUNT_VIOLATIONS)
    ids = [hit.post.id for hit in besieged.search("攻击", page_size=100).hits]
    assert len(ids) == len(_ATTACKS) + len(_LINKS) + 2
    pages = ["/", "/?q=攻击&page_size=100", "/?q=script", "/statistics", "/help"]
    pages += [
        f"/?q={attack}" for attack in ("'><script>window.attacked=1</script>", "#'><img src=x onerror=alert(1)>#")
    ]
    for path in (*pages, *(f"/post/{post_id}" for post_id in ids)):
        tab.goto(f"{besieged_address}{path}", wait_until="domcontentloaded", timeout=60_000)
        assert tab.evaluate("window.attacked") is None, path
        assert tab.evaluate("window.violations") == [], path
        assert not tab.locator("iframe, main script, main style, base, meta[http-equiv], svg animate").count(), path
        assert tab.evaluate(_FOREIGN) == [], path
        assert tab.url.startswith(besieged_address)
    tab.goto(f"{besieged_address}/raw/{ids[0]}")
    assert tab.evaluate("window.attacked") is None
    assert tab.evaluate("document.contentType") == "text/plain"


# Addresses in the page that a click or the page itself would run or send elsewhere than to a web page.
_FOREIGN = """[...document.querySelectorAll("[href], [src], [action]")]
  .map(element => element.getAttribute("href") ?? element.getAttribute("src") ?? element.getAttribute("action"))
  .filter(address => !/^(https?:[/][/]|[/](?![/])|#|[?])/.test(address))"""


def test_a_hostile_archive_is_only_texts_to_programs(besieged_address: str) -> None:
    for path, media_type in (
        ("/feed.atom?page_size=100", "application/atom+xml"),
        ("/imports.atom", "application/atom+xml"),
        ("/export.csv", "text/csv"),
        ("/export.md", "text/markdown"),
        ("/api/search?page_size=100", "application/json"),
    ):
        with urllib.request.urlopen(besieged_address + path) as answer:
            assert answer.headers.get_content_type() == media_type
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            content = answer.read().decode()
        if media_type.endswith("xml"):
            assert "<script" not in content
        if path == "/export.md":
            assert "<script" not in content.replace("\\<script", "")
            assert "](<javascript" not in content
