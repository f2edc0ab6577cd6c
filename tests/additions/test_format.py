"""A new file format costs a module and a registry entry."""

import json
from pathlib import Path

import pytest

from tests.additions.project import Addition, Edit, Project
from tests.conftest import WritePost

pytestmark = pytest.mark.thorough

MODULE = '''
from index.archive.decoding import MalformedPost
from index.archive.post import Content, Save


class Bookmark:
    """A line `bookmark: URL`, and below it a note."""

    def __init__(self, text: str) -> None:
        self.first, _, self.note = text.partition("\\n")

    @property
    def confidence(self) -> float:
        return float(self.first.startswith("bookmark:"))

    def url(self) -> str:
        if url := self.first.removeprefix("bookmark:").strip():
            return url
        raise MalformedPost("has no URL behind bookmark:", 1)

    def save(self, archive: str, path: str) -> Save:
        return Save(archive, path, self.url(), title="a bookmark", content=Content(text=self.note.strip()))
'''
REGISTRY = "index/archive/formats/__init__.py"
ADDITION = Addition(
    (
        Edit(
            REGISTRY,
            "import ArchiverFile\n",
            "from index.archive.formats.bookmark import Bookmark\n",
        ),
        Edit(REGISTRY, "(ArchiverFile,", " Bookmark"),
    ),
    {"index/archive/formats/bookmark.py": MODULE},
)


def test_files_of_a_new_format_are_indexed_and_found(
    tmp_path: Path, archive: Path, location: Path, write_post: WritePost
) -> None:
    project = Project(tmp_path / "project", ADDITION)
    write_post(body="一壶茶")
    (archive / "b.md").write_text("bookmark: https://tea.example/pots\n\n紫砂壶 and other teapots", encoding="utf-8")
    (archive / "empty.md").write_text("bookmark:\n")
    (archive / "other.md").write_text("a note without an address")

    def run(*arguments: str) -> str:
        done = project.searcher(*arguments, "--index", location)
        assert done.returncode == 0, done.stderr
        return done.stdout

    report = run("index", str(archive))
    assert "has no URL behind bookmark:" in report
    (hit,) = json.loads(run("search", "紫砂壶", "--json"))["hits"]
    assert (hit["url"], hit["title"]) == ("https://tea.example/pots", "a bookmark")
    (hit,) = json.loads(run("search", "一壶茶", "--json"))["hits"]
    assert hit["title"] == "一篇帖子"
