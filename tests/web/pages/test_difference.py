"""Two versions of a text, piece by piece."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.pages.difference import Piece, difference, shortened

# before, after, the pieces with - for what was taken out and + for what was put in
CHANGES = [
    ("今天的机器人走得很稳。", "今天的机器人走得很快。", ["今天的机器人走得很", "-稳。", "+快。"]),
    ("the quick brown fox", "the slow brown fox", ["the ", "-quick", "+slow", " brown fox"]),
    ("版本 3.5 发布，用的人很多", "版本 3.6 发布，用的人很多", ["版本 3.", "-5", "+6", " 发布，用的人很多"]),
    ("一二三四五六七八", "一二三四五六七八九十", ["一二三四五六七八", "+九十"]),
    ("前面一样甲中乙后面一样", "前面一样丙中丁后面一样", ["前面一样", "-甲中乙", "+丙中丁", "后面一样"]),
    ("同样的话", "同样的话", ["同样的话"]),
    ("甲乙丙丁", "子丑寅卯", []),
    ("", "写了什么", []),
]


@pytest.mark.parametrize(("before", "after", "pieces"), CHANGES)
def test_what_was_taken_out_and_put_in(before: str, after: str, pieces: list[str]) -> None:
    signs = {"equal": "", "delete": "-", "insert": "+"}
    assert [signs[piece.kind] + piece.text for piece in difference(before, after)] == pieces


TEXTS = st.text("今天的机器人ab 1。\n", max_size=60)


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_the_pieces_make_both_versions(before: str, after: str) -> None:
    if pieces := difference(before, after):
        assert "".join(piece.text for piece in pieces if piece.kind != "insert") == before
        assert "".join(piece.text for piece in pieces if piece.kind != "delete") == after


def test_texts_too_long_to_compare_are_not_compared() -> None:
    assert difference("字" * 20_000, "字" * 20_000 + "尾") == ()


def test_the_middle_of_what_stayed_is_left_out() -> None:
    long = "".join(map(str, range(100)))
    pieces = (
        Piece("equal", long),
        Piece("insert", "新"),
        Piece("equal", long),
        Piece("delete", "旧"),
        Piece("equal", "短"),
    )
    head, _, middle, _, tail = shortened(pieces)
    assert head.text == f"…{long[-40:]}"
    assert middle.text == f"{long[:40]}…{long[-40:]}"
    assert tail.text == "短"
