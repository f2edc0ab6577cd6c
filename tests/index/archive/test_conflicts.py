"""Files with git conflict markers: the later side is the save, and no text of the other is lost."""

from datetime import UTC, datetime

import pytest

from index.archive.formats import read_save
from index.archive.post import PLACEHOLDER_SUMMARY, Save
from tests.conftest import post_text

PAPER = "http://arxiv.org/abs/9901.00001v1"
TEXT = post_text(title="题目：量化", body="第一行<br>正文", summary="总结。\n\n第二段")


def read(text: str) -> Save:
    return read_save(text.encode(), "archive", "2025-05-08/a.md")


EARLY, LATE = "2025-02-14T22:40:12Z", "2025-02-14T23:01:39Z"


def conflict(ours: str, theirs: str, base: str | None = None) -> str:
    middle = "" if base is None else f"||||||| 1a2b3c4\n{base}\n"
    return f"<<<<<<< HEAD\n{ours}\n{middle}=======\n{theirs}\n>>>>>>> 5e1f0aa (tidy up)"


def conflicted(ours: tuple[str, str], theirs: tuple[str, str], base: tuple[str, str] | None = None) -> str:
    summary, saved = (conflict(*pair) for pair in zip(ours, theirs, strict=True))
    if base:
        summary, saved = (conflict(*three) for three in zip(ours, theirs, base, strict=True))
    return post_text(summary=summary, saved="SAVED").replace(
        "- **保存时间**: SAVED", saved.replace("2025", "- **保存时间**: 2025")
    )


@pytest.mark.parametrize("base", [None, ("原来的总结", "2025-01-01T00:00:00Z")], ids=["two sides", "with a base"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_later_side_is_the_save_the_other_stays_searchable(base: tuple[str, str] | None, end: str) -> None:
    for ours, theirs in ((("甲的总结", EARLY), ("乙的总结", LATE)), (("乙的总结", LATE), ("甲的总结", EARLY))):
        save = read(conflicted(ours, theirs, base).replace("\n", end))
        assert (save.summary, save.saved) == ("乙的总结", datetime(2025, 2, 14, 23, 1, 39, tzinfo=UTC))
        assert save.other_side == ("甲的总结",)
        assert not any("原来" in text or "<<<" in text or "===" in text for text in save.texts)


@pytest.mark.parametrize("placeholder_first", [True, False])
def test_the_placeholder_summary_loses_even_when_later(placeholder_first: bool) -> None:
    real, placeholder = ("真的总结", EARLY), (PLACEHOLDER_SUMMARY + "论文提出了", LATE)
    sides = (placeholder, real) if placeholder_first else (real, placeholder)
    save = read(conflicted(*sides))
    assert (save.summary, save.saved) == ("真的总结", datetime(2025, 2, 14, 23, 1, 39, tzinfo=UTC))


def test_whole_files_in_conflict_are_read_as_two() -> None:
    one, other = post_text(title="甲题", body="甲文", saved=EARLY), post_text(title="乙题", body="乙文", saved=LATE)
    save = read(conflict(one, other))
    assert (save.title, save.content.text) == ("乙题", "乙文")
    assert set(save.other_side) == {"甲题", "甲文"}


@pytest.mark.parametrize("sides", [(TEXT, ""), ("", TEXT)], ids=["ours", "theirs"])
def test_a_side_that_has_nothing_leaves_the_other(sides: tuple[str, str]) -> None:
    assert read(conflict(*sides)).title == "题目：量化"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("一 <<<<<<< 二 ======= 三 >>>>>>> 四", id="within a line"),
        pytest.param("<<<<<<< HEAD\n没有结束", id="never closed"),
        pytest.param("=======\n标题\n=======", id="underlines"),
        pytest.param("<<<<<<<<<<\n甲\n>>>>>>>>>>", id="longer rows"),
    ],
)
def test_marker_lines_without_a_conflict_are_text(body: str) -> None:
    save = read(post_text(url=PAPER, body=body))
    assert (save.content.text, save.other_side) == (body, ())
