"""The weight, blocking resources and layout shifts of pages, measured in the browser as by Lighthouse."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.web.browser.conftest import PHONE

pytestmark = pytest.mark.thorough

PAGES = ["/", "/?q=机器人&source=weibo", "/statistics"]
MOST_BYTES = 60 * 1024
MOST_SHIFT = 0.1
YEAR = "public, max-age=31536000"
# Every shift counts, those just after a key as well, which a browser's own sum leaves out.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((one) => one.value)))
  .observe({ type: "layout-shift", buffered: true });
"""
BLOCKING = """performance.getEntriesByType("resource")
  .filter((one) => one.renderBlockingStatus === "blocking").map((one) => new URL(one.name).pathname)"""


@dataclass
class Loaded:
    """The responses of the page's own server."""

    answers: list[Response] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Return the bytes over the wire, headers included."""
        sizes = [answer.request.sizes() for answer in self.answers]
        return sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)


@pytest.fixture
def load(open_tab: Callable[..., Page]) -> Callable[..., tuple[Page, Loaded]]:
    """Return a function that opens a page in a fresh browser, and returns it with its responses."""

    def load_one(url: str, **reader: Any) -> tuple[Page, Loaded]:
        tab, loaded = open_tab(**reader), Loaded()
        tab.add_init_script(WATCH_SHIFTS)
        tab.on("response", lambda answer: loaded.answers.append(answer) if "//127.0.0.1:" in answer.url else None)
        tab.goto(url, wait_until="networkidle")
        return tab, loaded

    return load_one


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_and_one_file_blocks_it(load: Callable[..., tuple[Page, Loaded]], address: str, path: str):
    assert_light(*load(address + path))


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_a_large_archive_are_as_light(load: Callable[..., tuple[Page, Loaded]], real_address: str, path: str):
    assert_light(*load(real_address + path))


def assert_light(tab: Page, loaded: Loaded) -> None:
    kinds = [answer.request.resource_type for answer in loaded.answers]
    assert (kinds.count("document"), kinds.count("stylesheet")) == (1, 1)
    assert kinds.count("script") > 1
    print(f"{tab.url}: {loaded.weight:,} bytes in {len(kinds)} files")
    assert loaded.weight <= MOST_BYTES
    blocking = tab.evaluate(BLOCKING)
    assert [one.rpartition("/")[2] for one in blocking] == ["page.css"]


def test_files_are_packed_and_kept(load: Callable[..., tuple[Page, Loaded]], address: str):
    _, loaded = load(address)
    for answer in loaded.answers:
        headers = answer.headers
        is_static = "/static/" in answer.url
        assert headers["cache-control"] == (YEAR if is_static else "no-cache, private"), answer.url
        assert "etag" in headers
        assert int(headers["content-length"]) < 1000 or headers.get("content-encoding") in ("br", "zstd", "gzip")


def test_files_that_a_browser_has_are_not_asked_for_again(browser: Browser, address: str):
    # A tab whose requests are looked into keeps nothing.
    tab = browser.new_page()
    tab.goto(address, wait_until="networkidle")
    tab.goto(f"{address}/?q=机器人", wait_until="networkidle")
    files = """performance.getEntriesByType("resource").filter((one) => one.name.includes("/static/"))"""
    assert tab.evaluate(f"{files}.length") > 2
    assert tab.evaluate(f"{files}.filter((one) => one.transferSize > 0).map((one) => one.name)") == []
    tab.close()


@pytest.mark.parametrize("path", [*PAGES, "/post/arxiv:2505.01234", "/help", "/imports"])
def test_a_page_has_metadata_and_reserves_space_for_images(tab: Page, address: str, path: str):
    tab.goto(address + path)
    assert tab.locator("html").get_attribute("lang") == "zh-CN"
    assert tab.title().endswith("存档搜索")
    for name, content in (("viewport", "width=device-width, initial-scale=1"), ("description", "搜索保存下来的文章。")):
        assert tab.locator(f"head meta[name={name}]").get_attribute("content") == content
    unsized = "[...document.images].filter(one => !one.getAttribute('width') || !one.getAttribute('height')).length"
    assert tab.evaluate(unsized) == 0


@pytest.mark.parametrize("reader", [{}, {"viewport": PHONE}], ids=["wide", "phone"])
def test_nothing_shifts_while_a_query_is_typed(
    load: Callable[..., tuple[Page, Loaded]], real_address: str, reader: dict[str, Any]
):
    tab, _ = load(real_address, **reader)
    for query, found in (("机器人", "106 篇"), (" 大模型", None), (" (", None)):
        tab.keyboard.type(query, delay=30)
        if found:
            expect(tab.locator(".total strong")).to_have_text(found)
    expect(tab.locator("#mistake .why")).to_be_visible()
    tab.locator(".hit").last.scroll_into_view_if_needed()
    assert sum(tab.evaluate("window.shifts")) < MOST_SHIFT
