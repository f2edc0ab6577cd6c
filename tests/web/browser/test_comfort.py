"""Keys, help, saved searches, links to copy, pictures, light and dark, print, and what axe-core finds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import PHONE, barriers, overflow

pytestmark = pytest.mark.thorough

PHONE_POST = "/post/weibo:9900000001/PgztznL7L"


def test_keys_go_through_the_hits_and_open_them(tab: Page, examples_address: str):
    tab.goto(f"{examples_address}/?q=大模型")
    titles = tab.locator(".hit h2 a")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        tab.keyboard.press(key)
        expect(titles.nth(place)).to_be_focused()
    title = titles.nth(1).inner_text()
    tab.keyboard.press("/")
    expect(tab.locator("#q")).to_be_focused()
    tab.keyboard.press("Escape")
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text(title)


def test_o_opens_the_original(tab: Page, examples_address: str):
    tab.goto(f"{examples_address}/?q=大模型")
    tab.keyboard.press("j")
    with tab.expect_request("https://weibo.com/**") as original:
        tab.keyboard.press("o")
    assert "referer" not in original.value.all_headers()


def test_the_help_drawer_has_examples_to_click(tab: Page, examples_address: str):
    tab.goto(f"{examples_address}/?q=露营")
    tab.keyboard.press("?")
    drawer = tab.get_by_role("dialog")
    expect(drawer).to_be_visible()
    assert barriers(tab) == []
    tab.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    tab.get_by_role("link", name="帮助").click()
    expect(drawer).to_be_visible()
    drawer.get_by_role("link", name="#CityRide#", exact=True).click()
    expect(drawer).to_be_hidden()
    expect(tab.locator("#q")).to_have_value("#CityRide#")
    expect(tab.locator(".total strong")).to_have_text("5 篇")


def test_every_example_of_the_help_means_something(tab: Page, examples_address: str):
    tab.goto(f"{examples_address}/help")
    urls = tab.locator(".syntax a").evaluate_all("links => links.map(link => link.href)")
    assert len(urls) > 15
    for url in urls:
        assert tab.request.get(url).ok, url


def test_searches_are_kept_in_the_browser(tab: Page, examples_address: str):
    tab.goto(examples_address)
    expect(tab.locator("#saved-searches")).to_be_hidden()
    tab.goto(f"{examples_address}/?q=露营&account=9900000002")
    tab.get_by_role("button", name="收藏这个搜索").click()
    expect(tab.locator("#save-search")).to_be_hidden()
    tab.goto(examples_address)
    tab.get_by_role("link", name="露营 · 账号：9900000002").click()
    expect(tab.locator(".total strong")).to_have_text("4 篇")
    expect(tab.locator("#q")).to_have_value("露营")
    tab.get_by_role("button", name="不再收藏: 露营").click()
    expect(tab.locator("#saved-list li")).to_have_count(0)


def test_a_link_is_copied(open_tab: Callable[..., Page], examples_address: str):
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.goto(f"{examples_address}/?q=石墨散热片")
    tab.get_by_role("button", name="复制链接").first.click()
    expect(tab.locator("#status")).to_have_text("已复制")
    assert tab.evaluate("navigator.clipboard.readText()") == "https://weibo.com/9900000001/PgztznL7L"


def test_without_pictures_nothing_is_asked_for_elsewhere(tab: Page, address: str):
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}/?q=脑机接口")
    expect(tab.locator(".thumb")).to_have_count(1)
    assert [url for url in asked if url.startswith("https://pictures.example/")]
    tab.get_by_role("link", name="不从别处加载图片").click()
    asked.clear()
    tab.goto(f"{address}/?q=脑机接口")
    tab.locator(".hit h2 a").first.click()
    expect(tab.get_by_role("link", name="图 2")).to_be_visible()
    assert [url for url in asked if not url.startswith(address)] == []
    expect(tab.get_by_role("link", name="从别处加载图片", exact=True)).to_be_visible()


def test_a_picture_that_does_not_come_leaves_no_hole(tab: Page, address: str):
    tab.context.route("https://pictures.example/**", lambda route: route.fulfill(status=200, body=""))
    tab.goto(f"{address}/?q=脑机接口")
    expect(tab.locator(".thumb")).to_be_hidden()


def test_an_image_that_the_text_names_is_led_to(tab: Page, real_address: str):
    tab.goto(f'{real_address}/?q="【图3】"')
    tab.locator(".hit h2 a").first.click()
    tab.get_by_role("link", name="【图3】").first.click()
    expect(tab.locator("#image-3")).to_be_in_viewport()


def test_changes_between_saves_are_marked_and_can_be_left_unmarked(tab: Page, examples_address: str):
    tab.goto(examples_address + PHONE_POST)
    assert tab.locator("#history ins").count() > 0
    expect(tab.locator("#history del").first).to_contain_text("蒸笼")
    tab.get_by_label("标出与上一次保存的差别").uncheck()
    expect(tab.locator("#history del").first).to_be_hidden()


@pytest.mark.parametrize(("theme", "label"), [("dark", "深色"), ("light", "浅色")])
def test_a_reader_may_choose_dark_or_light(open_tab: Callable[..., Page], address: str, theme: str, label: str):
    other = "light" if theme == "dark" else "dark"
    tab = open_tab(color_scheme=other)
    ground = "getComputedStyle(document.body).backgroundColor"
    tab.goto(address)
    before = tab.evaluate(ground)
    with tab.expect_navigation():
        tab.get_by_role("link", name=label).click()
    assert tab.evaluate(ground) != before
    tab.goto(f"{address}/post/arxiv:2505.01234")
    assert tab.evaluate("getComputedStyle(document.documentElement).colorScheme") == theme


def test_on_paper_there_is_nothing_to_click(tab: Page, address: str):
    tab.goto(f"{address}/?q=机器人")
    tab.emulate_media(media="print")
    for selector in (".search", ".facets", ".histogram", ".pager", ".foot", ".copy >> nth=0"):
        expect(tab.locator(selector)).to_be_hidden()
    expect(tab.locator(".hit").first).to_be_visible()


def test_nothing_moves_for_readers_who_want_no_motion(open_tab: Callable[..., Page], address: str):
    tab = open_tab(reduced_motion="reduce")
    tab.goto(address)
    moving = "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert tab.evaluate(f"{moving}.length") == 0


STATES = [
    "/",
    "/?q=大模型&source=weibo&since=2025-03&until=2025-03-02",
    "/?q=%22没有这句话%22&source=arxiv",
    "/help",
    "/statistics",
    "/imports",
    PHONE_POST,
]
READERS = [
    {"color_scheme": "light", "locale": "zh-CN", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "dark", "locale": "en-US", "viewport": PHONE},
]


@pytest.mark.parametrize("reader", READERS, ids=["light, wide, zh", "dark, phone, en"])
@pytest.mark.parametrize("path", STATES)
def test_axe_finds_nothing(open_tab: Callable[..., Page], examples_address: str, path: str, reader: dict[str, object]):
    tab = open_tab(**reader)
    tab.goto(examples_address + path)
    assert barriers(tab) == []
    assert overflow(tab) == 0


@pytest.mark.parametrize("path", ["/?q=(", "/nowhere", "/?page=0"])
def test_axe_finds_nothing_in_failures(browser, examples_address: str, path: str):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(examples_address + path)
        assert barriers(tab) == []


def test_axe_finds_nothing_while_completions_and_filters_are_open(open_tab: Callable[..., Page], examples_address: str):
    tab = open_tab()
    tab.goto(examples_address)
    tab.keyboard.type("大")
    expect(tab.get_by_role("option").first).to_be_visible()
    assert barriers(tab) == []
    phone = open_tab(viewport=PHONE)
    phone.goto(f"{examples_address}/?q=大模型#facets")
    assert barriers(phone) == []


@pytest.mark.parametrize("path", ["/", "/?q=机器人&source=weibo", "/statistics"])
def test_a_large_archive_is_as_comfortable(open_tab: Callable[..., Page], real_address: str, path: str):
    for reader in READERS:
        tab = open_tab(**reader)
        tab.goto(real_address + path)
        assert barriers(tab) == []
        assert overflow(tab) == 0
