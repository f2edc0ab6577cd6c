"""A temporary copy of the project, to which a test adds something."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("index", "searcher", "web")


class Edit(NamedTuple):
    """Text that is inserted into an existing file after `anchor`, which stands there once."""

    path: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Addition:
    """The edits of existing files and the new files, by path, that add something to the project."""

    edits: tuple[Edit, ...]
    new: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> set[str]:
        """Return the paths of all files that differ."""
        return {*self.new, *(edit.path for edit in self.edits)}

    def without(self, *paths: str) -> "Addition":
        """Return the addition that leaves the files `paths` as they are."""
        new = {path: text for path, text in self.new.items() if path not in paths}
        return Addition(tuple(edit for edit in self.edits if edit.path not in paths), new)


class Project:
    """The copy of the project in `folder`, with an addition."""

    def __init__(self, folder: Path, addition: Addition) -> None:
        self.folder = folder
        for package in PACKAGES:
            shutil.copytree(ROOT / package, folder / package)
        shutil.copy(ROOT / "pyproject.toml", folder)
        for path, text in addition.new.items():
            (folder / path).write_text(text.lstrip("\n"), encoding="utf-8")
        for path, anchor, text in addition.edits:
            before = (folder / path).read_text(encoding="utf-8")
            assert before.count(anchor) == 1, anchor
            (folder / path).write_text(before.replace(anchor, anchor + text), encoding="utf-8")

    def run(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `python` with `arguments` in the copy."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder), "PYTHONUTF8": "1", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def searcher(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command `searcher` of the copy."""
        return self.run("-m", "searcher", *arguments, **environment)

    def answers(self, questions: str, *arguments: str | Path) -> Any:
        """Return the JSON that the program `questions` prints in the copy."""
        done = self.run("-c", questions, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)
