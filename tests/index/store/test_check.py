"""Damage to any file of an index: a check names the file, and a search refuses or answers rightly."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from index import update
from index.backend import check
from index.errors import DamagedIndexError, SearcherError
from searcher import open_searcher
from searcher.cli import main
from tests.conftest import EXAMPLES, WritePost, post_text

QUERIES = ("", '"大模型"', "大模型 部署", "title:a", "#大模型#", "具身智能", "kettle model", "模型*", "date:2025")
# Each kind of file that an index has, by name.
KINDS = {
    "marker": "searcher.json",
    "table of contents": "data-*/_MAIN_*.toc",
    "manifest": "data-*/manifest-*.json",
    "files": "data-*/files-*.json",
    "import": "data-*/import-*.json",
    "segment": "data-*/MAIN_*.arr",
    "dictionary": "data-*/dictionary.arr",
    "words": "data-*/words.txt",
}
# What searching never reads.
UNSEARCHED = {"table of contents", "files", "import"}
# What tells which commit is in force: without it nothing else can be told.
NAMED_BY = {"marker": r"searcher\.json, which names it, is gone", "table of contents": r"_MAIN_N\.toc, is gone"}
FLIPS = 12


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index of two commits, with words of the user's own and with files of every kind."""
    folder = tmp_path_factory.mktemp("check")
    shutil.copytree(EXAMPLES, folder / "archive")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_WORDS", str(user_words(folder)))
        update(folder / "index", [folder / "archive"])
        (folder / "archive" / "more.md").write_text(post_text("后来的", "https://blog.example.org/more"), "utf-8")
        update(folder / "index")
    return folder / "index"


def user_words(folder: Path) -> Path:
    (folder / "my words.txt").write_text("具身智能\n大模型 = LLM\n", encoding="utf-8")
    return folder / "my words.txt"


@pytest.fixture
def damaged(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the index, to be damaged."""
    monkeypatch.setenv("SEARCHER_WORDS", str(built.parent / "my words.txt"))
    return Path(shutil.copytree(built, tmp_path / "index"))


def answers(location: Path) -> list[dict[str, object]]:
    with open_searcher(location) as searcher:
        found = [searcher.search(query, page_size=50).as_json() for query in QUERIES]
    return [{**one, "took_ms": 0} for one in found]


def file_of(location: Path, kind: str) -> Path:
    return max(location.glob(KINDS[kind]), key=lambda path: path.stat().st_size)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as stream:
        stream.seek(at)
        (byte,) = stream.read(1)
        stream.seek(at)
        stream.write(bytes([byte ^ (1 << at % 8)]))


def assert_named_and_never_wrong(location: Path, path: Path, right: list[dict[str, object]], kind: str) -> None:
    assert path.name in told_by_check(location)
    given = refused = None
    try:
        given = answers(location)
    except DamagedIndexError as error:
        refused = error
    assert given == right or (refused and kind not in UNSEARCHED)


def told_by_check(location: Path) -> str:
    """Return the first file that a check names as damaged, or the sentence by which it refuses."""
    try:
        return check(location).damaged[0].path
    except DamagedIndexError as error:
        return str(error)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_byte(damaged: Path, kind: str) -> None:
    right = answers(damaged)
    path = file_of(damaged, kind)
    whole = path.read_bytes()
    chance = random.Random(kind)
    for at in (0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(FLIPS))):
        flip(path, at)
        assert_named_and_never_wrong(damaged, path, right, kind)
        path.write_bytes(whole)
    assert check(damaged).is_whole
    assert answers(damaged) == right


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0, 0.3, 0.9])
def test_a_truncated_file(damaged: Path, kind: str, part: float) -> None:
    right = answers(damaged)
    path = file_of(damaged, kind)
    os.truncate(path, int(path.stat().st_size * part))
    assert_named_and_never_wrong(damaged, path, right, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file(damaged: Path, kind: str) -> None:
    right = answers(damaged)
    path = file_of(damaged, kind)
    path.unlink()
    if kind in NAMED_BY:
        for attempt in (lambda: check(damaged), lambda: answers(damaged)):
            with pytest.raises(SearcherError, match=NAMED_BY[kind]):
                attempt()
    else:
        assert_named_and_never_wrong(damaged, path, right, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_builds_on_no_damage(damaged: Path, kind: str) -> None:
    path = file_of(damaged, kind)
    flip(path, path.stat().st_size // 2)
    (damaged.parent / "archive").mkdir()
    (damaged.parent / "archive" / "new.md").write_text(post_text("新的", "https://blog.example.org/new"), "utf-8")
    archives = [damaged.parent / "archive"]
    if kind == "import":
        update(damaged, archives)
    else:
        with pytest.raises(DamagedIndexError, match="--rebuild"):
            update(damaged, archives)
    report = update(damaged, archives, rebuild=True)
    assert report.posts == 1
    assert check(damaged).is_whole


def test_what_changes_beneath_the_file_system_a_check_finds(damaged: Path) -> None:
    path = file_of(damaged, "segment")
    update(damaged)  # takes the copy for its own
    before = path.stat()
    flip(path, before.st_size // 2)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [Path(problem.path).name for problem in check(damaged).damaged] == [path.name]
    with pytest.raises(DamagedIndexError, match=path.name):
        answers(damaged)  # the time of the change of the file itself can't be set back


def test_a_copy_answers_as_the_original(damaged: Path, built: Path) -> None:
    assert answers(damaged) == answers(built)
    assert check(damaged).is_whole


@pytest.mark.parametrize("change", ["changed", "new", "gone", "archive gone"])
def test_a_check_says_how_far_the_index_is_behind(
    location: Path, archive: Path, write_post: WritePost, change: str
) -> None:
    files = [write_post(f"{name}.md", url=f"https://blog.example.org/{name}") for name in "abc"]
    update(location, [archive])
    assert check(location).behind == 0
    changes: dict[str, Callable[[], object]] = {
        "changed": lambda: write_post("a.md", url="https://blog.example.org/a", body="更长的正文"),
        "new": lambda: write_post("d.md"),
        "gone": files[0].unlink,
        "archive gone": lambda: shutil.rmtree(archive),
    }
    changes[change]()
    report = check(location)
    assert (report.is_whole, report.behind) == (True, 3 if change == "archive gone" else 1)


def test_the_command_line_tells_what_was_found(damaged: Path) -> None:
    def run(*more: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["check", "--index", str(damaged), *more])
        return result.exit_code, result.stdout

    status, told = run()
    assert (status, "is whole: " in told) == (0, True)
    status, told = run("--json")
    whole = json.loads(told)
    assert (status, whole["whole"], whole["damaged"], whole["posts"], whole["saves"]) == (0, True, [], 32, 37)
    path = file_of(damaged, "segment")
    flip(path, path.stat().st_size // 2)
    status, told = run()
    assert status == 3
    assert f"{path}: " in told
    assert "--rebuild" in told
    status, told = run("--json")
    assert (status, [one["path"] for one in json.loads(told)["damaged"]]) == (3, [str(path)])
