"""Facets on and off in place, the histogram by click and by drag, and the filters of a phone."""

from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.web.browser.conftest import PHONE

TOTAL = ".total strong"
CHIPS = ".chips .chip"


def test_facets_are_toggled_in_place(tab: Page, examples_address: str):
    tab.goto(examples_address)
    tab.evaluate("window.same = true")
    tab.locator(".bucket", has_text="arXiv").first.click()
    expect(tab.locator(TOTAL)).to_have_text("3 篇")
    tab.locator(".bucket", has_text="blog.example.org").click()
    expect(tab.locator(TOTAL)).to_have_text("4 篇")
    expect(tab.locator(CHIPS)).to_have_text(["去掉 来源：arXiv", "去掉 来源：blog.example.org"])
    tab.locator(CHIPS).first.click()
    expect(tab.locator(TOTAL)).to_have_text("1 篇")
    tab.locator(".bucket[aria-current]").click()
    expect(tab.locator(TOTAL)).to_have_text("31 篇")
    assert tab.evaluate("window.same"), "the page was never left"


def test_focus_stays_on_a_selected_facet(tab: Page, examples_address: str):
    tab.goto(examples_address)
    tab.locator("[data-key='hashtag:露营']").focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(TOTAL)).to_have_text("3 篇")
    expect(tab.locator("[data-key='hashtag:露营']")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator(TOTAL)).to_have_text("31 篇")


def test_hashtags_are_found_by_name_while_it_is_typed(tab: Page, examples_address: str):
    tab.goto(examples_address)
    look_up = tab.locator("#look-up")
    look_up.click()
    tab.keyboard.type("一周")
    expect(tab.locator("#buckets-hashtag .bucket")).to_have_count(2)
    expect(look_up).to_be_focused()
    expect(tab.locator(TOTAL)).to_have_text("31 篇")
    tab.keyboard.type("没有")
    expect(tab.locator("#buckets-hashtag")).to_have_text("没有这样的话题")
    look_up.fill("一周一书")
    tab.locator("#buckets-hashtag .bucket").click()
    expect(tab.locator(TOTAL)).to_have_text("3 篇")


def test_what_files_claim_is_a_facet_that_unfolds(tab: Page, examples_address: str):
    tab.goto(examples_address)
    tab.get_by_role("heading", name="自称来源").click()
    tab.locator(".bucket", has_text="博客").click()
    expect(tab.locator(TOTAL)).to_have_text("1 篇")
    expect(tab.locator(".bucket", has_text="博客")).to_be_visible()


def test_dates_narrow_from_months_to_a_day_and_widen_again(tab: Page, examples_address: str):
    tab.goto(examples_address)
    tab.get_by_label("2025-05：5 篇").click()
    expect(tab.locator(TOTAL)).to_have_text("5 篇")
    expect(tab.locator(".bars [data-date]")).to_have_count(31)
    tab.get_by_label("2025-05-17：1 篇").click()
    expect(tab.locator(TOTAL)).to_have_text("1 篇")
    expect(tab.locator(".bars [aria-current]")).to_have_attribute("data-date", "2025-05-17")
    expect(tab.locator(".dates nav")).to_have_text("全部日期 › 2025 › 2025-05 › 2025-05-17")
    tab.get_by_role("link", name="2025", exact=True).click()
    expect(tab.locator(TOTAL)).to_have_text("25 篇")
    expect(tab.locator(".bars [data-date]")).to_have_count(12)
    tab.get_by_role("link", name="全部日期").click()
    expect(tab.locator(TOTAL)).to_have_text("31 篇")


def drag(tab: Page, first: str, last: str) -> None:
    """Drag the mouse over the bars from the middle of one to the middle of another."""
    boxes = [tab.locator(f".bars [data-date='{date}']").bounding_box() for date in (first, last)]
    start, end = [(box["x"] + box["width"] / 2, box["y"] + 20) for box in boxes if box]
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move((start[0] + end[0]) / 2, start[1])
    tab.mouse.move(*end)
    tab.mouse.up()


def test_dragging_over_the_bars_narrows_to_them(tab: Page, examples_address: str):
    tab.goto(examples_address)
    drag(tab, "2025-03", "2025-05")
    expect(tab.locator(TOTAL)).to_have_text("13 篇")
    expect(tab.locator(CHIPS)).to_have_text(["去掉 自 2025-03 起", "去掉 至 2025-05 止"])
    tab.go_back()
    expect(tab.locator(TOTAL)).to_have_text("31 篇")
    drag(tab, "2025-05", "2025-03")
    expect(tab.locator(TOTAL)).to_have_text("13 篇")


def test_sort_and_pages_change_in_place(tab: Page, address: str):
    tab.goto(f"{address}/?q=机器人")
    tab.evaluate("window.same = true")
    tab.get_by_role("link", name="最早").click()
    expect(tab.locator(".hit time").first).to_contain_text("2025-04-02")
    tab.get_by_role("link", name="下一页").click()
    expect(tab.locator("[aria-current=page]")).to_have_text("2")
    assert tab.evaluate("scrollY") == 0
    assert tab.evaluate("window.same")


def test_phone_opens_and_closes_the_filters(open_tab: Callable[..., Page], address: str):
    tab = open_tab(viewport=PHONE, has_touch=True)
    tab.goto(address)
    expect(tab.locator("#facets")).to_be_hidden()
    tab.get_by_role("link", name="筛选").click()
    expect(tab.locator("#facets")).to_be_visible()
    tab.get_by_role("link", name="关闭").click()
    expect(tab.locator("#facets")).to_be_hidden()
    tab.get_by_role("link", name="筛选").click()
    tab.locator(".bucket", has_text="arXiv").first.click()
    expect(tab.locator("#facets")).to_be_hidden()
    expect(tab.locator(TOTAL)).to_have_text("1 篇")


def test_dates_below_the_bars_stand_apart_on_a_phone(open_tab: Callable[..., Page], real_address: str):
    tab = open_tab(viewport=PHONE)
    tab.goto(f"{real_address}/?q=机器人")
    boxes = tab.locator(".tick").evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert len(boxes) == 3
    boxes.sort(key=lambda box: box["left"])
    assert all(before["right"] < after["left"] for before, after in pairwise(boxes))
