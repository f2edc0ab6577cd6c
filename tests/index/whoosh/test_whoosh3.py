"""Whoosh 2.7.4 and its successor whoosh3 take turns on one index."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import WritePost
from tests.searcher.shelf import weibo_url

SUCCESSOR = Path(__file__).parents[3] / ".whoosh3"


def searcher(whoosh: str, *arguments: object) -> str:
    """Return what the command line prints where this Whoosh is found first."""
    environment = {**os.environ, "PYTHONPATH": whoosh}
    command = [sys.executable, "-m", "searcher", *map(str, arguments)]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def test_an_index_is_updated_and_searched_by_either_in_turn(
    write_post: WritePost, archive: Path, location: Path
) -> None:
    if not SUCCESSOR.is_dir():
        pytest.skip("need whoosh3 (make .whoosh3)")
    version = [sys.executable, "-c", "import whoosh; print(whoosh.__version__[0])"]
    for turn, (whoosh, expected) in enumerate([("", "2"), (str(SUCCESSOR), "3"), ("", "2")], 1):
        environment = {**os.environ, "PYTHONPATH": whoosh}
        assert (
            subprocess.run(version, env=environment, check=True, capture_output=True, text=True).stdout
            == f"{expected}\n"
        )
        write_post(f"2025-05-08/{turn}.md", url=weibo_url(turn), body=f"第 {turn} 只风筝")
        assert "1 post added" in searcher(whoosh, "index", archive, "--index", location)
        assert json.loads(searcher(whoosh, "search", '"只风筝"', "--index", location, "--json"))["total"] == turn
    searcher("", "check", "--index", location)
