"""Which posts bare words match, and that nothing is cut off."""

from collections.abc import Callable

import pytest

from index.text.tokenizer import MAX_WHOLE_RUN
from searcher import Searcher
from tests.conftest import WritePost

TEXTS = {
    "robot": "机器人会走路",
    "machine": "机器坏了，人也累了",
    "both": "机器人和量化",
    "quant": "量化模型",
    "topic": "扎克伯格的公司发布会",
    "company": "公司搬家了",
}


@pytest.fixture
def few(write_post: WritePost, searching: Callable[[], Searcher]) -> Searcher:
    for name, text in TEXTS.items():
        write_post(f"{name}.md", title=name, url=f"https://example.org/{name}", body=text, summary="")
    return searching()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("机器人", "robot both", id="a short Chinese word is taken whole"),
        pytest.param("-机器人", "machine quant topic company", id="what lacks the word is not excluded"),
        pytest.param("机器人 AND 量化", "both", id="both words"),
        pytest.param("机器人 量化", "robot both quant", id="either word"),
        pytest.param("扎克伯格的公司", "topic", id="of a phrase, not the commonest word alone"),
        pytest.param("扎克伯格的大公司", "topic", id="a phrase need not be there as typed"),
    ],
)
def test_words(few: Searcher, query: str, names: str) -> None:
    assert {hit.post.title for hit in few.search(query).hits} == set(names.split())


def test_a_prefix_stands_for_any_number_of_words(write_post: WritePost, searching: Callable[[], Searcher]) -> None:
    for part in range(4):
        words = " ".join(f"pre{part}word{number}" for number in range(600))
        write_post(f"{part}.md", url=f"https://example.org/{part}", body=words)
    searcher = searching()
    assert searcher.search("pre*").total == 4
    assert [searcher.search(f"pre{part}word599*").total for part in range(4)] == [1, 1, 1, 1]


def test_more_characters_than_sixteen_bits_number(write_post: WritePost, searching: Callable[[], Searcher]) -> None:
    points = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xAC00, 0xD7A4), *range(0x20000, 0x2A6D0)]
    assert len(points) > 2**16
    write_post("all.md", title="all", url="https://example.org/all", body="".join(map(chr, points)))
    write_post("two.md", title="two", url="https://example.org/two", body="𠀀𠀁和茶")
    searcher = searching()
    assert {hit.post.title for hit in searcher.search('"𠀀𠀁"').hits} == {"all", "two"}
    assert [hit.post.title for hit in searcher.search('"和茶"').hits] == ["two"]


def test_a_word_is_whole_up_to_four_characters() -> None:
    assert MAX_WHOLE_RUN == 4  # what the README promises


@pytest.mark.parametrize(
    ("query", "total"), [('"\udfff人"', 0), ("\ud800*", 0), ("title:\ud800", 0), ("\ud800机器", 3)]
)
def test_lone_surrogates_are_found_nowhere(few: Searcher, query: str, total: int) -> None:
    assert few.search(query).total == total
