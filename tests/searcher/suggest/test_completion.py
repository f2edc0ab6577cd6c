"""Completion of a prefix by hashtags and words."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher import Searcher
from searcher.request import RequestError
from tests.engines import Engine, times
from tests.searcher.shelf import Shelf, linked

POSTS = {
    "first": {"body": f"{linked('东方甄选')}东方的机器人 DeepSeek 重庆银行", "url": "https://example.org/2025/1"},
    "second": {"body": f"{linked('东方甄选')}东方的机器人 deepseek studies 重庆银行"},
    "third": {"body": f"{linked('Deep Learning')}地方的机器人 study gpt-4o"},
    "fourth": {"body": f"{linked('deeplearning')}{linked('deeplearning')}地方 C# gpt-4o"},
    "fifth": {"body": f"{linked('人形机器人')} 2505.01234 {linked('露营')}"},
}


@pytest.fixture(scope="module")
def shelf(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path_factory.mktemp("suggest"), POSTS, engine)
    yield shelf
    shelf.close()


SUGGESTED = [
    ("东", ["#东方甄选#", "东方"]),
    ("dongfang", ["#东方甄选#", "东方"]),
    ("dong fang", ["#东方甄选#", "东方"]),
    ("DONGF", ["#东方甄选#", "东方"]),
    ("df", ["#东方甄选#", "东方", "地方"]),
    ("difang", ["地方"]),
    ("zhongqing", []),
    ("chongqing", ["重庆"]),
    ("jqr", ["机器人"]),
    ("機器", ["机器", "机器人", "#人形机器人#"]),
    ("#", ["#东方甄选#", "#Deep Learning#", "#人形机器人#", "#露营#"]),
    ("＃df", ["#东方甄选#"]),
    ("#東", ["#东方甄选#"]),
    ("#机器", ["#人形机器人#"]),
    ("#learn", []),
    ("deeps", ["deepseek"]),
    ("ｄｅｅｐＳ", ["deepseek"]),
    ("deepl", ["#Deep Learning#"]),
    ("stud", ["studies", "study"]),  # not "studi", which is their stem
    ("gpt", ["gpt-4o"]),
    ("c#", ["c#"]),
    ("2505.0", []),  # where it is a query, it asks for a paper that is not here
    ("", []),
    ("  ", []),
]


@pytest.mark.parametrize(("prefix", "texts"), SUGGESTED, ids=[prefix for prefix, _ in SUGGESTED])
def test_a_prefix_completes_to_hashtags_and_words(shelf: Shelf, prefix: str, texts: list[str]) -> None:
    assert [one.text for one in shelf.searcher.suggest(prefix)] == texts


def test_a_limit_keeps_the_first_suggestions(shelf: Shelf) -> None:
    assert shelf.searcher.suggest("df", limit=2) == shelf.searcher.suggest("df")[:2]


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_limit_out_of_range_is_an_error(shelf: Shelf, limit: int) -> None:
    with pytest.raises(RequestError, match=rf"^limit is {limit}; it must be from 1 to 100\.$"):
        shelf.searcher.suggest("东", limit)


def test_deleted_posts_do_not_complete(tmp_path: Path, engine: Engine) -> None:
    shelf = Shelf(tmp_path, {"one": {"body": f"{linked('风筝')}风筝"}, "other": {"body": "风筝 风铃"}}, engine)
    assert [(one.text, one.count) for one in shelf.searcher.suggest("风")] == [("风筝", 2), ("#风筝#", 1), ("风铃", 1)]
    (tmp_path / "archive" / "one-0.md").unlink()
    shelf.update()
    assert [(one.text, one.count) for one in shelf.searcher.suggest("风")] == [("风筝", 1), ("风铃", 1)]


def _check(searcher: Searcher, prefix: str) -> None:
    for one in searcher.suggest(prefix):
        total = searcher.search(one.text).total
        assert total == one.count if one.kind == "hashtag" else total >= one.count > 0


@given(st.one_of(st.text(max_size=12), st.text("dfjqr东方机器人deps#gt4o-. ", max_size=6)))
@settings(max_examples=times(200), deadline=None)
def test_every_suggestion_finds_posts(examples: Searcher, prefix: str) -> None:
    _check(examples, prefix)


@pytest.mark.parametrize("prefix", ["\ud800", "#\ud800", "a" * 100_000, "东" * 100_000, "[", "\\", "a\nb", "\n"])
def test_odd_texts_complete_without_an_error(shelf: Shelf, prefix: str) -> None:
    _check(shelf.searcher, prefix)


def test_a_search_does_not_import_pypinyin(shelf: Shelf) -> None:
    asked = (
        "import sys; from searcher import open_searcher; s = open_searcher(sys.argv[1]); "
        "s.search('东方'); print('pypinyin' in sys.modules); s.suggest('df'); print('pypinyin' in sys.modules)"
    )
    command = [sys.executable, "-c", asked, str(shelf.location)]
    done = subprocess.run(command, text=True, capture_output=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "True"]
