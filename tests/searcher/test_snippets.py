"""Highlights are the matching characters of the raw text."""

from pathlib import Path

import pytest

from searcher import Searcher
from searcher.results import Fragment
from searcher.snippets import LENGTH
from tests.searcher.shelf import Shelf

PAPER = {"url": "http://arxiv.org/abs/2505.99001v1"}


def snippet(folder: Path, query: str, body: str) -> tuple[Fragment, ...]:
    """Return the snippet of the only post there is, whose body is plain text."""
    shelf = Shelf(folder, {"post": {**PAPER, "body": body}})
    with shelf.searcher:
        (hit,) = shelf.search(query).hits
        return hit.snippet


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("蒸笼", "earlier"),
        ("千层饼", "earlier"),
        ("石墨散热片", "body"),
        ("summary:量化", "summary"),
        ("source:arxiv", ""),
    ],
)
def test_a_snippet_names_its_part_of_the_post(examples: Searcher, query: str, part: str) -> None:
    assert examples.search(query).hits[0].snippet_in == part


# query, body, what is marked
MARKS = [
    ("猫", "一只🐈‍⬛和一只猫。", ["猫"]),
    ("🍳", "下厨🍳很香", ["🍳"]),
    ("很香", "下厨🍳🍳🍳很香", ["很香"]),
    ("gpt", "封面上的ＧＰＴ是什么", ["ＧＰＴ"]),
    ("是什么", "封面上的ＧＰＴ是什么", ["是什么"]),
    ("ＧＰＴ", "let GPT try", ["GPT"]),
    ("露营", "上山露營去", ["露營"]),
    ("露營", "上山露营去", ["露营"]),
    ("电脑", "這臺電腦很舊", ["電腦"]),
    ('"straße"', "in der STRASSE da", ["STRASSE"]),
    ('"strasse"', "in der Straße da", ["Straße"]),
    ('"ss"', "in der Straße da", ["ß"]),
    ('"ffi"', "the oﬃce door", ["ﬃ"]),
    ('"f"', "the oﬃce door", ["ﬃ"]),
    ('"公里"', "跑了㎞公里", ["公里"]),
    ('"km"', "跑了5㎞整", ["㎞"]),
    ('"k"', "跑了5㎞整", ["㎞"]),
    ('"m整"', "跑了5㎞整", ["㎞整"]),
    ("café", "un cafe\u0301 noir", ["cafe\u0301"]),
    ("cafe\u0301", "un café noir", ["café"]),
    ('"noir"', "e\u0301e\u0301e\u0301 noir", ["noir"]),
    ("김치", "오늘의 \u1100\u1175\u11b7\u110e\u1175 맛", ["\u1100\u1175\u11b7\u110e\u1175"]),
    ("김치", "오늘김치는 맛", ["김치"]),
    ("が", "これは\u304b\u3099いる", ["\u304b\u3099"]),
    ("カメラ", "古いｶﾒﾗで", ["ｶﾒﾗ"]),
    ("ガス", "古いｶﾞｽで", ["ｶﾞｽ"]),
    ('"rice on terraces"', "grow rice on\nterraces", ["rice on terraces"]),
    ('"on terraces"', "grow rice   on \t terraces", ["on terraces"]),
    ("GPT-4o", "让gpt4o帮我", ["gpt4o"]),
    ("gpt4o", "让GPT-4o帮我", ["GPT-4o"]),
    ("GPT 4o", "让gpt4o帮我", ["gpt4o"]),
    ("gpt4o", "让GPT 4o帮我", ["GPT 4o"]),
    ("C++", "从C++到C", ["C++"]),
    ("agent", "AI Agent领域", ["Agent"]),
    ("cat", "concatenate a cat", ["cat"]),
    ("oct*", "the OCTANT, octal", ["OCTANT", "octal"]),
    ("octent~", "the Octant here", ["Octant"]),
    ('"<b>&amp;"', "x <b>&amp; y", ["<b>&amp;"]),
    ("(a OR b) \\(1\\)", "sum(1) of a", ["(1)", "a"]),
]


@pytest.mark.parametrize(("query", "body", "marked"), MARKS, ids=[f"{row[0]} in {row[1]!r}" for row in MARKS])
def test_matches_are_highlighted(tmp_path: Path, query: str, body: str, marked: list[str]) -> None:
    fragments = snippet(tmp_path, query, body)
    assert [fragment.text for fragment in fragments if fragment.matched] == marked
    assert "".join(fragment.text for fragment in fragments) == " ".join(body.split())


@pytest.mark.parametrize(
    "filler", ["一二三四五", "🐈‍⬛🍳", "ＡＢＣ", "臺灣電腦", "e\u0301", "㎞ ", "ﬃ ", "ß\n"], ids=repr
)
def test_highlights_do_not_drift_after_folded_characters(tmp_path: Path, filler: str) -> None:
    fragments = snippet(tmp_path, '"灯笼"', f"{filler * 300} 灯笼 {filler * 300}")
    assert [fragment.text for fragment in fragments if fragment.matched] == ["灯笼"]
    joined = "".join(fragment.text for fragment in fragments)
    assert joined.startswith("…")
    assert joined.endswith("…")
    assert len(joined) <= LENGTH + 2


def test_a_snippet_shows_the_densest_matches(tmp_path: Path) -> None:
    body = f"风铃响。{'别的话。' * 100}灯笼与风铃，灯笼与风铃。{'别的话。' * 100}灯笼。"
    fragments = snippet(tmp_path, "灯笼 风铃", body)
    assert [fragment.text for fragment in fragments if fragment.matched] == ["灯笼", "风铃", "灯笼", "风铃"]


def test_touching_highlights_are_merged(tmp_path: Path) -> None:
    fragments = snippet(tmp_path, '"灯笼" "笼子" "子里"', "挂在灯笼子里")
    assert [fragment.text for fragment in fragments if fragment.matched] == ["灯笼子里"]
