"""A new format costs one module and one entry of the registry, shown in a copy of the program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.archive import formats
from tests.conftest import WritePost

ROOT = Path(__file__).parents[3]
MODULE = '''
from index.archive.errors import MalformedPost
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
IMPORT = "from index.archive.formats.archiver import ArchiverFile\n"
ENTRY = "(ArchiverFile,)"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Give the folder of a copy of the program that knows the format of MODULE."""
    for package in ("index", "searcher"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / Path(formats.__file__).parent.relative_to(ROOT)
    (folder / "bookmark.py").write_text(MODULE)
    registry = (folder / "__init__.py").read_text(encoding="utf-8")
    assert (registry.count(IMPORT), registry.count(ENTRY)) == (1, 1)
    registry = registry.replace(IMPORT, f"{IMPORT}from index.archive.formats.bookmark import Bookmark\n")
    (folder / "__init__.py").write_text(registry.replace(ENTRY, "(ArchiverFile, Bookmark)"), encoding="utf-8")
    return tmp_path


def test_a_new_format_is_one_module_and_one_registry_entry(
    program: Path, archive: Path, location: Path, write_post: WritePost
) -> None:
    write_post(body="一壶茶")
    (archive / "b.md").write_text("bookmark: https://tea.example/pots\n\n紫砂壶 and other teapots", encoding="utf-8")
    (archive / "empty.md").write_text("bookmark:\n")
    (archive / "other.md").write_text("a note without an address")

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "searcher", *arguments, "--index", str(location)]
        environment = {**os.environ, "PYTHONPATH": str(program), "PYTHONUTF8": "1"}
        return subprocess.run(command, cwd=program, env=environment, check=True, capture_output=True, text=True).stdout

    report = run("index", str(archive))
    assert "has no URL behind bookmark:" in report
    (hit,) = json.loads(run("search", "紫砂壶", "--json"))["hits"]
    assert (hit["url"], hit["title"]) == ("https://tea.example/pots", "a bookmark")
    (hit,) = json.loads(run("search", "一壶茶", "--json"))["hits"]
    assert hit["title"] == "一篇帖子"
