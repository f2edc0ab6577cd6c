"""The pages as links and forms, in a real browser, from a real server."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser.conftest import PHONE, overflow


def test_from_typing_a_query_to_a_post_and_back(tab: Page, address: str):
    tab.goto(address)
    expect(tab.locator("#q")).to_be_focused()
    tab.keyboard.type("机器人")
    tab.keyboard.press("Enter")
    expect(tab.locator(".total strong")).to_have_text("23 篇")
    expect(tab.locator(".snippet mark").first).to_have_text("机器人")

    tab.locator("#more-hashtag summary").click()
    tab.locator(".bucket", has_text="话题7").click()
    expect(tab.locator(".total strong")).to_have_text("1 篇")
    expect(tab.locator(".bucket[aria-current]")).to_contain_text("话题7")
    tab.locator(".hit h2 a").click()
    expect(tab.locator("h1")).to_have_text("机器人新闻 7")
    expect(tab.locator(".save")).to_have_count(1)
    tab.get_by_role("link", name="返回搜索结果").click()
    tab.locator(".bucket[aria-current]").click()
    expect(tab.locator(".total strong")).to_have_text("23 篇")
    expect(tab.locator("#q")).to_have_value("机器人")


def test_everything_works_without_javascript(browser: Browser, address: str):
    with browser.new_context(java_script_enabled=False, locale="en-US") as context:
        tab = context.new_page()
        tab.goto(f"{address}/?q=机器人&since=2025")
        tab.get_by_label("2025-05: 12 posts").click()
        expect(tab.locator(".total strong")).to_have_text("12 posts")
        tab.get_by_role("link", name="Newest").click()
        tab.get_by_role("link", name="Next").click()
        tab.locator(".chip").click()
        expect(tab.locator(".total strong")).to_have_text("23 posts")

        tab.get_by_role("searchbox", name="Find a hashtag").fill("话题7")
        tab.keyboard.press("Enter")
        tab.locator(".bucket", has_text="话题7").click()
        expect(tab.locator(".total strong")).to_have_text("1 post")
        tab.locator(".chip").click()
        tab.get_by_text("Choose dates").click()
        tab.get_by_label("From").fill("2025-05-20")
        tab.get_by_role("button", name="Apply").click()
        expect(tab.locator(".chip")).to_contain_text("since 2025-05-20")

        tab.get_by_role("link", name="Help").click()
        tab.locator(".syntax a").first.click()
        expect(tab.locator(".total strong")).to_be_visible()
        tab.get_by_role("link", name="Statistics").click()
        tab.locator(".calendar a").first.click()
        expect(tab.locator(".total strong")).to_be_visible()
        expect(tab.locator(".copy:visible")).to_have_count(0)
        tab.get_by_role("link", name="Load no pictures from elsewhere").click()
        expect(tab.get_by_role("link", name="Load pictures from elsewhere")).to_be_visible()


def test_chinese_is_one_click_away_and_stays(browser: Browser, address: str):
    with browser.new_context(locale="en-US") as context:
        tab = context.new_page()
        tab.goto(address)
        expect(tab.locator("html")).to_have_attribute("lang", "en")
        tab.get_by_role("link", name="中文").click()
        tab.locator(".hit h2 a").first.click()
        expect(tab.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.thorough
@pytest.mark.parametrize("path", ["/", "/?q=机器人&source=weibo&since=2025", "/?q=没有的", "/post/arxiv:2505.01234"])
def test_phone_is_not_scrolled_sideways(tab: Page, address: str, path: str):
    tab.set_viewport_size(PHONE)
    tab.goto(address + path)
    assert overflow(tab) == 0


def test_pictures_of_a_post_load_without_a_referrer(tab: Page, address: str):
    tab.goto(f"{address}/?q=脑机接口")
    with tab.expect_request("https://pictures.example/1.png") as picture:
        tab.locator(".hit h2 a").first.click()
    assert "referer" not in picture.value.all_headers()


def test_hostile_archive_runs_nothing_and_breaks_nothing(tab: Page, hostile_address: str):
    for width in (360, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.goto(hostile_address)
        posts = tab.locator(".hit h2 a").evaluate_all("links => links.map(link => link.href)")
        assert len(posts) == 2
        for url in (hostile_address, f"{hostile_address}/?q=坏话题&hashtag=坏话题", *posts):
            tab.goto(url)
            tab.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
            assert overflow(tab) == 0


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, address: str, scheme):
    with browser.new_context(color_scheme=scheme) as context:
        tab = context.new_page()
        tab.goto(f"{address}/?q=机器人&source=weibo")
        for selector in (
            "body",
            ".meta",
            ".hit h2 a",
            "mark",
            ".chip",
            ".count",
            ".bucket",
            ".search button",
        ):
            assert tab.locator(selector).first.evaluate(_CONTRAST) >= 4.5, selector


# The contrast of an element's text with the ground it stands on, as WCAG counts it.
_CONTRAST = """element => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => [red, green, blue]
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  let ground = element;
  while ((parse(getComputedStyle(ground).backgroundColor)[3] ?? 1) === 0) ground = ground.parentElement;
  const [dark, light] = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor]
    .map(parse).map(luminance).sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}"""
