"""Where the stretches of a text lead."""

import pytest

from web.pages.linkify import linkify

# text, how many images there are, the stretches that lead somewhere
LEADING = [
    ("帧如下：【图3】好", 3, [("【图3】", "#image-3")]),
    ("【图 1】【图2】", 2, [("【图 1】", "#image-1"), ("【图2】", "#image-2")]),
    ("【图4】", 3, []),
    ("【图0】【图99999】", 9, []),
    ("见 https://example.org/a?b=1。", 0, [("https://example.org/a?b=1", "https://example.org/a?b=1")]),
    ("(https://example.org/x).", 0, [("https://example.org/x", "https://example.org/x")]),
    ("链接https://example.org/路", 0, [("https://example.org/", "https://example.org/")]),
    ("javascript:alert(1) data:x ftp://x", 0, []),
]


@pytest.mark.parametrize(("text", "images", "leading"), LEADING)
def test_addresses_and_images_are_led_to(text: str, images: int, leading: list[tuple[str, str]]) -> None:
    runs = linkify(text, images)
    assert [(run.text, run.url) for run in runs if run.url] == leading
    assert "".join(run.text for run in runs) == text
    assert all(run.outside == run.url.startswith("http") for run in runs)
