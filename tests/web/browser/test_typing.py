"""Searching while a query is typed: the list, the address, the completions, and mistakes."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

TOTAL = ".total strong"


def params(tab: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.url).query)


def settle(tab: Page, text: str) -> None:
    """Type `text`, and wait until what it finds is shown and in the address."""
    tab.keyboard.type(text)
    typed = tab.locator("#q").input_value()
    tab.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("q") == [typed], wait_until="commit")


def test_hits_follow_the_typing_and_the_address_follows_the_hits(tab: Page, examples_address: str):
    tab.goto(examples_address)
    settle(tab, "露营")
    expect(tab.locator(TOTAL)).to_have_text("6 篇")
    expect(tab.locator("#status")).to_have_text("6 篇")
    expect(tab.locator(".snippet mark").first).to_have_text(re.compile("露[营營]"))
    expect(tab).to_have_title("露营 · 存档搜索")
    assert params(tab) == {"q": ["露营"]}
    expect(tab.locator("#q")).to_be_focused()
    tab.reload()
    expect(tab.locator(TOTAL)).to_have_text("6 篇")


def test_a_slip_is_told_and_a_click_puts_it_right(tab: Page, examples_address: str):
    tab.goto(examples_address)
    settle(tab, "露赢")
    meant = tab.locator(".did-you-mean")
    expect(meant).to_have_text("您要找的是不是 露营")
    meant.get_by_role("link").click()
    expect(tab.locator(TOTAL)).to_have_text("6 篇")
    expect(tab.locator("#q")).to_have_value("露营")
    expect(meant).to_have_count(0)
    assert params(tab) == {"q": ["露营"]}


def test_back_and_forward_go_through_searches_and_not_through_letters(tab: Page, examples_address: str):
    tab.goto(examples_address)
    settle(tab, "露营")
    tab.locator(".bucket", has_text="9900000002").click()
    expect(tab.locator(TOTAL)).to_have_text("4 篇")
    tab.go_back()
    expect(tab.locator(TOTAL)).to_have_text("6 篇")
    expect(tab.locator(".chip")).to_have_count(0)
    tab.go_back()
    expect(tab.locator(TOTAL)).to_have_text("31 篇")
    expect(tab.locator("#q")).to_have_value("")
    tab.go_forward()
    tab.go_forward()
    expect(tab.locator(TOTAL)).to_have_text("4 篇")
    expect(tab.locator("#q")).to_have_value("露营")


def test_what_is_typed_keeps_the_filters(tab: Page, examples_address: str):
    tab.goto(f"{examples_address}/?account=9900000002")
    tab.locator("#q").click()
    settle(tab, "露营")
    expect(tab.locator(TOTAL)).to_have_text("4 篇")
    expect(tab.locator(".chip")).to_have_text("去掉 账号：9900000002")


def test_letters_of_an_unfinished_composition_are_not_searched_for(tab: Page, examples_address: str):
    tab.goto(examples_address)
    session = tab.context.new_cdp_session(tab)
    session.send("Input.imeSetComposition", {"text": "luying", "selectionStart": 6, "selectionEnd": 6})
    tab.wait_for_timeout(300)
    assert params(tab) == {}
    session.send("Input.insertText", {"text": "露营"})
    expect(tab.locator(TOTAL)).to_have_text("6 篇")


def test_a_mistake_is_under_its_characters_and_the_hits_stay(tab: Page, examples_address: str):
    tab.goto(f"{examples_address}/?q=露营")
    tab.locator("#q").click()
    tab.keyboard.press("End")
    settle(tab, " (帐篷")
    expect(tab.locator("#mistake .wrong")).to_have_text("(")
    expect(tab.locator("#mistake .why")).to_have_text("这个括号没有闭合。")
    expect(tab.locator("#status")).to_have_text("这个括号没有闭合。")
    expect(tab.locator("#q")).to_have_attribute("aria-invalid", "")
    expect(tab.locator("#answer")).to_have_class("columns stale")
    assert tab.locator(".hit").count() == 6
    box, wrong = tab.locator("#q").bounding_box(), tab.locator("#mistake .wrong").bounding_box()
    before = tab.evaluate(_WIDTH, "露营 ")
    assert box
    assert wrong
    assert abs(wrong["x"] - (box["x"] + before)) < 2
    settle(tab, ")")
    expect(tab.locator("#mistake")).to_be_empty()
    expect(tab.locator("#q")).not_to_have_attribute("aria-invalid", "")
    expect(tab.locator("#answer")).to_have_class("columns")


# How far into the box the text after `text` begins.
_WIDTH = """text => {
  const style = getComputedStyle(document.getElementById("q"));
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return context.measureText(text).width + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
}"""

COMPLETIONS = [
    ("damo", "#大模型#", "#大模型# "),
    ("露营 yang", "#阳台种菜#", "露营 #阳台种菜# "),
    ("#city", "#CityRide#", "#CityRide# "),
    ("sour", "source:", "source:"),
    ("露营 source:wei", "source:weibo", "露营 source:weibo "),
    ("source:微", "source:weibo", "source:weibo "),
    ("account:99000000", "account:9900000003", "account:9900000003 "),
    ("-date:本", "date:本月", "-date:本月 "),
]


@pytest.mark.parametrize(("typed", "choice", "taken"), COMPLETIONS, ids=[typed for typed, *_ in COMPLETIONS])
def test_a_completion_replaces_the_word_before_the_cursor(
    tab: Page, examples_address: str, typed: str, choice: str, taken: str
):
    tab.goto(examples_address)
    tab.keyboard.type(typed)
    option = tab.get_by_role("option", name=choice).first
    expect(option).to_be_visible()
    expect(tab.locator("#q")).to_have_attribute("aria-expanded", "true")
    option.click()
    expect(tab.locator("#q")).to_have_value(taken)
    expect(tab.locator("#q")).to_be_focused()


def test_completions_are_chosen_with_the_keys(tab: Page, examples_address: str):
    tab.goto(examples_address)
    tab.keyboard.type("#今")
    expect(tab.get_by_role("option")).to_have_count(2)
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    expect(tab.locator("#completion-1")).to_have_attribute("aria-selected", "true")
    expect(tab.locator("#q")).to_have_attribute("aria-activedescendant", "completion-1")
    tab.keyboard.press("Enter")
    expect(tab.locator("#q")).to_have_value("#今晚看星星# ")
    expect(tab.locator(TOTAL)).to_have_text("5 篇")
    expect(tab.locator("#completions")).to_be_hidden()


def test_escape_closes_the_completions_and_keeps_what_was_typed(tab: Page, examples_address: str):
    tab.goto(examples_address)
    tab.keyboard.type("露")
    expect(tab.get_by_role("option").first).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#completions")).to_be_hidden()
    expect(tab.locator("#q")).to_have_value("露")


def test_inside_quotes_nothing_is_completed(tab: Page, examples_address: str):
    tab.goto(examples_address)
    with tab.expect_response("**/completions?*") as answer:
        tab.keyboard.type('"露')
    assert answer.value.ok
    expect(tab.locator("#completions")).to_be_hidden()


def test_on_a_post_typing_waits_for_enter(open_tab: Callable[..., Page], address: str):
    tab = open_tab()
    tab.goto(f"{address}/post/arxiv:2505.01234")
    tab.keyboard.press("/")
    tab.keyboard.type("机器人")
    tab.wait_for_timeout(200)
    expect(tab.locator("h1")).to_have_text("Agents in the Wild")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Enter")
    expect(tab.locator(TOTAL)).to_have_text("23 篇")
