"""The pages on Whoosh: their code runs on the example archive, and both name every field."""

import re
from pathlib import Path

import pytest

from index import open_whoosh, update
from searcher import SearchRequest, open_searcher
from searcher.request import Sort
from tests.conftest import EXAMPLES

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("whoosh.md", "whoosh.zh.md")}
CODE = {name: re.findall(r"```python\n(.*?)```", text, re.DOTALL) for name, text in PAGES.items()}


@pytest.fixture
def example_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the index that the pages begin with, in the current folder."""
    monkeypatch.chdir(tmp_path)
    update("an-index", [EXAMPLES])
    return tmp_path / "an-index"


def test_both_pages_show_the_same_code() -> None:
    assert CODE["whoosh.md"] == CODE["whoosh.zh.md"]
    assert len(CODE["whoosh.md"]) == 2


def test_the_code_finds_the_hits_of_this_program(example_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for block in CODE["whoosh.md"]:
        exec(block, {})
    *shown, groups = re.split(r"^(?=weibo:|arxiv:|\{)", capsys.readouterr().out, flags=re.MULTILINE)[1:]
    with open_searcher(example_index) as searcher:
        own = searcher.search(SearchRequest('"大模型" since:2025-01-01', sort=Sort.NEWEST, page_size=100))
    assert [line.split()[0] for line in shown] == [hit.post.id for hit in own.hits] != []
    assert all(hit.post.title in line and '<b class="match' in line for hit, line in zip(own.hits, shown, strict=True))
    for bucket in own.facets["source"]:
        assert re.search(rf"'{bucket.value}': \[[^]]*\]", groups)


@pytest.mark.parametrize("name", PAGES)
def test_the_table_names_every_field(example_index: Path, name: str) -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGES[name], re.MULTILINE)
    named = {field for row in rows for field in re.findall(r"`(\w+)`", row)}
    assert named == set(open_whoosh(example_index).schema.names())
