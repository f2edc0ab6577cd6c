"""Updating an index: what its files say is found, nothing else is, and nothing that goes wrong loses anything."""

import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index import UpdateReport, update
from index.errors import (
    ArchiveError,
    DamagedIndexError,
    ForeignFolderError,
    LockedIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
)
from index.files.checked_json import read_json, write_json
from searcher import open_searcher
from tests.conftest import EXAMPLES, WritePost, post_text

BLOG = "https://blog.example.org/{}"
ORDINARY_UID = 65534


def found(location: Path, text: str) -> list[str]:
    """Return the URLs of the posts that literally hold `text`."""
    with open_searcher(location) as searcher:
        return sorted(hit.post.url for hit in searcher.search(f'"{text}"', page_size=100).hits)


def answers(location: Path) -> dict[str, object]:
    """Return everything that is asked of an index to tell whether it is the same."""
    with open_searcher(location) as searcher:
        posts = [hit.post for hit in searcher.search("", page_size=100).hits]
        texts = ("量化", "第一版", "第二版", "摘要")
        ranked = {text: [hit.post.id for hit in searcher.search(text, page_size=100).hits] for text in texts}
        return {"posts": posts, "saves": searcher.stats().saves, **ranked}


def did(report: UpdateReport) -> tuple[int, int, int]:
    return report.added.count, report.changed.count + report.resaved.count + report.moved.count, report.lost.count


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    # The lock says who writes, and is no part of what is written.
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "write.lock")
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size) for path in files}


def data_folder(location: Path) -> Path:
    (folder,) = location.glob("data-*")
    return folder


# --- what changes --------------------------------------------------------------------------------------------


def test_the_first_build_reports_what_it_read(location: Path) -> None:
    report = update(location, [EXAMPLES])
    assert (report.posts, report.saves, report.rebuilt, report.unchanged) == (31, 36, False, False)
    assert did(report) == (31, 0, 0)
    assert report.archives == [str(EXAMPLES)]
    assert report.not_posts.first == [str(EXAMPLES / "posts" / "README.md")]
    assert report.unreadable == 0


def test_a_second_run_changes_nothing_and_says_so(location: Path) -> None:
    update(location, [EXAMPLES])
    before = without_manifest(listing(location))
    report = update(location, [EXAMPLES])
    assert report.unchanged
    assert (report.posts, report.saves, did(report)) == (31, 36, (0, 0, 0))
    assert report.not_posts.first == [str(EXAMPLES / "posts" / "README.md")]
    # The manifest says that the index matches its archives now.
    assert without_manifest(listing(location)) == before


def without_manifest(files: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {name: stamp for name, stamp in files.items() if "manifest-" not in name}


def test_a_file_that_was_only_touched_changes_nothing(location: Path, archive: Path, write_post: WritePost) -> None:
    file = write_post(body="量化")
    update(location, [archive])
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert update(location).unchanged
    assert update(location).unchanged
    assert len(found(location, "量化")) == 1


def test_a_changed_text_replaces_the_old_one(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post(summary="第一版的说法")
    update(location, [archive])
    write_post(summary="第二版的说法")
    report = update(location)
    assert (did(report), report.posts, report.saves) == ((0, 1, 0), 1, 1)
    assert (len(found(location, "第二版")), found(location, "第一版")) == (1, [])


def test_a_changed_url_moves_the_save_to_another_post(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post(url=BLOG.format("old"), body="量化")
    update(location, [archive])
    write_post(url=BLOG.format("new"), body="量化")
    assert did(update(location)) == (1, 0, 1)
    assert found(location, "量化") == [BLOG.format("new")]


def test_a_post_lives_until_its_last_save_is_gone(location: Path, archive: Path, write_post: WritePost) -> None:
    first = write_post("2025-05-08/a.md", summary="第一版", saved="2025-05-08T00:00:00Z")
    second = write_post("2025-05-09/a.md", summary="第二版", saved="2025-05-09T00:00:00Z")
    report = update(location, [archive])
    assert (report.posts, report.saves, did(report)) == (1, 2, (1, 0, 0))
    assert len(found(location, "第一版")) == len(found(location, "第二版")) == 1
    second.unlink()
    report = update(location)
    assert (report.posts, report.saves, did(report)) == (1, 1, (0, 1, 0))
    assert (len(found(location, "第一版")), found(location, "第二版")) == (1, [])
    first.unlink()
    report = update(location, prune=True)
    assert (report.posts, report.saves, did(report)) == (0, 0, (0, 0, 1))
    assert found(location, "第一版") == []


def test_the_latest_save_wins_in_any_order_of_files(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("2025-05-09/a.md", title="第二版", saved="2025-05-09T00:00:00Z")
    update(location, [archive])
    write_post("2025-05-08/a.md", title="第一版", saved="2025-05-08T00:00:00Z")
    update(location)
    with open_searcher(location) as searcher:
        (hit,) = searcher.search("第一版").hits
    assert [save.title for save in hit.post.saves] == ["第一版", "第二版"]
    assert hit.matched_in[0] != "title"


@pytest.mark.parametrize("move", ["file", "folder"])
def test_what_is_renamed_is_the_same_post(location: Path, archive: Path, write_post: WritePost, move: str) -> None:
    file = write_post("2025-05-08/a.md", body="量化")
    update(location, [archive])
    if move == "file":
        file.rename(file.with_name("b.md"))
    else:
        file.parent.rename(archive / "elsewhere")
    report = update(location)
    assert (report.posts, report.saves, did(report)) == (1, 1, (0, 1, 0))
    with open_searcher(location) as searcher:
        (hit,) = searcher.search('"量化"').hits
    assert [save.path for save in hit.post.saves] == [{"file": "2025-05-08/b.md", "folder": "elsewhere/a.md"}[move]]


def test_two_archives_may_hold_the_same_relative_path(
    location: Path, archive: Path, write_post: WritePost, tmp_path: Path
) -> None:
    one = write_post("a.md", url=BLOG.format(1), body="量化甲")
    other = tmp_path / "other" / "a.md"
    other.parent.mkdir()
    other.write_text(post_text(url=BLOG.format(2), body="量化乙"), encoding="utf-8")
    report = update(location, [archive, other.parent])
    assert (report.posts, report.saves, len(report.archives)) == (2, 2, 2)
    one.unlink()
    assert did(update(location, prune=True)) == (0, 0, 1)
    assert (found(location, "量化甲"), found(location, "量化乙")) == ([], [BLOG.format(2)])


def test_one_post_in_two_archives_has_two_saves(
    location: Path, archive: Path, write_post: WritePost, tmp_path: Path
) -> None:
    write_post("a.md", body="量化")
    shutil.copytree(archive, tmp_path / "other")
    report = update(location, [archive, tmp_path / "other"])
    assert (report.posts, report.saves) == (1, 2)
    shutil.rmtree(tmp_path / "other")
    (tmp_path / "other").mkdir()
    report = update(location, prune=True)
    assert (report.posts, report.saves, did(report)) == (1, 1, (0, 1, 0))


def test_archives_are_remembered(
    location: Path, archive: Path, write_post: WritePost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_post("a.md", url=BLOG.format(1))
    monkeypatch.chdir(archive.parent)
    (tmp_path / "link").symlink_to(archive)
    report = update(location, [archive.name, archive, str(archive) + "/", "link"])
    assert (report.archives, report.saves) == ([str(archive)], 1)
    write_post("b.md", url=BLOG.format(2))
    monkeypatch.chdir("/")
    report = update(location)
    assert (report.archives, did(report)) == ([str(archive)], (1, 0, 0))


def test_without_any_archive_there_is_nothing_to_index(location: Path) -> None:
    with pytest.raises(NoIndexError, match="knows no archive yet"):
        update(location)
    with pytest.raises(NoIndexError):
        open_searcher(location)


def test_an_empty_archive_makes_an_empty_index(location: Path, archive: Path, write_post: WritePost) -> None:
    report = update(location, [archive])
    assert (report.posts, report.saves) == (0, 0)
    with open_searcher(location) as searcher:
        for query in ("量化", '"具身智能"', "title:量", 'title:"具身智能"', "in:summary GPT-4o", "模*", "modle~"):
            assert searcher.search(query).total == 0, query
    write_post(body="量化")
    assert did(update(location)) == (1, 0, 0)
    assert len(found(location, "量化")) == 1


def test_progress_is_told_and_rises(location: Path) -> None:
    told: list[tuple[str, int, int]] = []
    update(location, [EXAMPLES], progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(step for step, _, _ in told)) == ["reading", "indexing", "writing"]
    assert [(done, total) for step, done, total in told if step == "reading"] == [
        *((number, 0) for number in range(1, 38)),  # files seen, while none knows how many there are
        (37, 37),
    ]
    assert [(done, total) for step, done, total in told if step == "indexing"] == [(n, 31) for n in range(1, 32)]


# --- what can't be read --------------------------------------------------------------------------------------


def test_a_missing_archive_changes_nothing(
    location: Path, archive: Path, write_post: WritePost, tmp_path: Path
) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    other = tmp_path / "other"
    other.mkdir()
    update(location, [archive, other])
    before = answers(location)
    archive.rename(tmp_path / "away")
    (other / "b.md").write_text(post_text(url=BLOG.format(2)), encoding="utf-8")
    for rebuild in (False, True):
        with pytest.raises(ArchiveError, match=str(archive)):
            update(location, rebuild=rebuild)
        assert answers(location) == before
    (tmp_path / "away").rename(archive)
    assert did(update(location)) == (1, 0, 0)


def not_there(folder: Path) -> Path:
    return folder / "an archive"


def a_file(folder: Path) -> Path:
    (folder / "an archive").write_text("x")
    return folder / "an archive"


def a_link_to_itself(folder: Path) -> Path:
    (folder / "an archive").symlink_to(folder / "an archive")
    return folder / "an archive"


@pytest.mark.parametrize("make", [not_there, a_file, a_link_to_itself])
def test_what_is_no_archive_is_named_and_makes_no_index(
    location: Path, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with pytest.raises(ArchiveError, match="an archive"):
        update(location, [make(tmp_path)])
    with pytest.raises(NoIndexError):
        open_searcher(location)


@contextmanager
def an_ordinary_user() -> Iterator[None]:
    """Run as a user whom permissions bind, which they don't root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(ORDINARY_UID)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def common_ground(tmp_path: Path, write_post: WritePost, archive: Path) -> Iterator[Path]:
    """Give a folder of an ordinary user's, with an archive of two posts in two folders."""
    write_post("open/a.md", url=BLOG.format("open"), body="量化一")
    write_post("shut/b.md", url=BLOG.format("shut"), body="量化二")
    update(tmp_path / "warm", [archive])  # what an ordinary user may not import or load is by now
    with tempfile.TemporaryDirectory() as name:
        ground = Path(name).resolve()
        shutil.copytree(archive, ground / "archive")
        if os.geteuid() == 0:
            for path in (ground, *ground.rglob("*")):
                os.chown(path, ORDINARY_UID, -1)
        yield ground
        for path in (ground, *ground.rglob("*")):
            path.chmod(0o700)
            for below in path.glob("*"):
                below.chmod(0o700)


def test_a_folder_without_permission_keeps_what_the_index_held(common_ground: Path) -> None:
    location, archive = common_ground / "index", common_ground / "archive"
    with an_ordinary_user():
        update(location, [archive])
        (archive / "shut").chmod(0)
        (archive / "open" / "a.md").unlink()
        report = update(location)
        assert [problem.path for problem in report.unopened.first] == [str(archive / "shut")]
        assert "Permission denied" in report.unopened.first[0].reason
        assert (report.posts, report.saves, did(report)) == (1, 1, (0, 0, 1))
        assert (found(location, "量化二"), found(location, "量化一")) == ([BLOG.format("shut")], [])
        (archive / "shut").chmod(0o700)
        assert update(location).unchanged


def test_a_changed_file_without_permission_keeps_what_the_index_held(common_ground: Path) -> None:
    location, archive = common_ground / "index", common_ground / "archive"
    file = archive / "shut" / "b.md"
    with an_ordinary_user():
        update(location, [archive])
        file.write_text(post_text(url=BLOG.format("shut"), body="别的内容"), encoding="utf-8")
        file.chmod(0)
        report = update(location)
        assert [problem.path for problem in report.unopened.first] == [str(file)]
        assert found(location, "量化二") == [BLOG.format("shut")]
        file.chmod(0o600)
        assert did(update(location)) == (0, 1, 0)
        assert (found(location, "量化二"), found(location, "别的内容")) == ([], [BLOG.format("shut")])


@pytest.mark.parametrize("shut", [".", ".."], ids=["the archive itself", "the folder it is in"])
def test_an_archive_without_permission_is_named_and_changes_nothing(common_ground: Path, shut: str) -> None:
    location, archive = common_ground / "index", common_ground / "outer" / "archive"
    with an_ordinary_user():
        archive.parent.mkdir()
        (common_ground / "archive").rename(archive)
        update(location, [archive])
        before = answers(location)
        (archive / shut).resolve().chmod(0)
        with pytest.raises(ArchiveError, match=str(archive)):
            update(location)
        assert answers(location) == before


def test_an_index_folder_without_permission_is_named(common_ground: Path) -> None:
    location, archive = common_ground / "index", common_ground / "archive"
    with an_ordinary_user():
        location.mkdir(mode=0o500)
        with pytest.raises(SearcherError, match=str(location)):
            update(location, [archive])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"\x7fELF\n\0\0\0", "is binary, not text (line 2)", id="binary"),
        pytest.param(200 * 2**20, "is 200 MB large; a post has at most 16 MB", id="200 MB"),
    ],
)
def test_a_post_that_becomes_malformed_is_reported_and_lost(
    location: Path, archive: Path, write_post: WritePost, content: bytes | int, reason: str
) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    broken = write_post("b.md", url=BLOG.format(2), body="量化")
    update(location, [archive])
    if isinstance(content, int):
        os.truncate(broken, content)
    else:
        broken.write_bytes(content)
    report = update(location)
    assert (report.posts, report.saves, did(report)) == (1, 1, (0, 0, 1))
    for later in (report, update(location)):
        assert [(problem.path, problem.reason) for problem in later.malformed.first] == [(str(broken), reason)]
    assert found(location, "量化") == [BLOG.format(1)]
    write_post("b.md", url=BLOG.format(2), body="量化")
    assert (did(update(location)), len(found(location, "量化"))) == ((1, 0, 0), 2)


@pytest.mark.thorough
@pytest.mark.parametrize("body", ["\ufdfa" * 950_000, f"<p>{'&#xFDFA;' * 950_000}</p>"], ids=["ligatures", "entities"])
def test_a_file_that_folds_to_too_many_characters_is_reported(
    location: Path, archive: Path, write_post: WritePost, body: str
) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    unfolded = write_post("b.md", url=BLOG.format(2), body=body)
    for report in (update(location, [archive]), update(location)):
        assert report.posts == 1
        [problem] = report.malformed.first
        assert problem.path == str(unfolded)
        assert re.fullmatch(r"unfolds to 17,100,\d{3} characters; a post has at most 16,777,216", problem.reason)
    assert found(location, "量化") == [BLOG.format(1)]


@pytest.mark.thorough
def test_a_large_file_within_the_folded_limit_is_a_post(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("a.md", url=BLOG.format(1), body="ab " * 700_000 + "\ufdfa量化")
    assert (update(location, [archive]).posts, len(found(location, "量化"))) == (1, 1)


def test_a_post_that_becomes_something_else_is_gone(location: Path, archive: Path, write_post: WritePost) -> None:
    file = write_post(body="量化")
    update(location, [archive])
    file.write_text("# 说明\n\n## 目录\n\n量化\n", encoding="utf-8")
    report = update(location, prune=True)
    assert (report.posts, report.not_posts.first, did(report)) == (0, [str(file)], (0, 0, 1))
    assert found(location, "量化") == []


ODD = {
    "no section": f"# 怪帖\n\n**URL**: {BLOG.format('odd')}\n\n怪帖\n",
    "save time at the end of all time": post_text("怪帖", BLOG.format("odd"), saved="9999-12-31T23:59:59Z"),
    "save time at the beginning of all time": post_text("怪帖", BLOG.format("odd"), saved="0001-01-01T00:00:00Z"),
    "Weibo id of 10,000 letters": post_text("怪帖", "https://weibo.com/1/" + "a" * 10_000),
    "Weibo id of 10,000 digits": post_text("怪帖", "https://m.weibo.cn/1/" + "1" * 10_000),
    "Weibo account of 10,000 digits": post_text("怪帖", f"https://weibo.com/{'1' * 10_000}/PqANdwQt2"),
    "no URL but a bracket": post_text("怪帖", "http://["),
    "a word of 1,000,000 letters": post_text("怪帖", BLOG.format("odd"), body="a" * 1_000_000),
    "a line of 200,000 characters": post_text("怪帖", BLOG.format("odd"), body="量化" * 100_000),
    "metadata of 100,000 characters": post_text("怪帖", BLOG.format("odd")).replace("论文", "论" * 100_000),
    "5,000 elements in each other": post_text("怪帖", "https://weibo.com/1/PqANdwQt2", body="<div>" * 5_000 + "文"),
    "control characters": post_text(
        "怪帖", BLOG.format("odd"), body="#甲\x1f乙# \x01\x02\x1c\x1d\x0b\x0c文", summary="\x1d"
    ),
    "a null character in UTF-16": post_text("怪帖", "https://weibo.com/1/PqANdwQt2", body="前\0后"),
    "every letter beyond the basic plane": post_text("怪帖", BLOG.format("odd"), body="𠀀👨‍👩‍👧🇨🇳" * 100),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_post_is_indexed_and_harms_no_other(
    location: Path, archive: Path, write_post: WritePost, odd: str
) -> None:
    write_post("a.md", url=BLOG.format("plain"), body="平常的帖子")
    (archive / "odd.md").write_bytes(ODD[odd].encode("utf-16" if "\0" in ODD[odd] else "utf-8"))
    report = update(location, [archive])
    assert (report.posts, report.unreadable) == (2, 0)
    assert len(found(location, "怪帖")) == 1
    assert len(found(location, "平常的帖子")) == 1
    assert update(location).unchanged


def test_a_file_name_that_is_no_utf8_is_no_hindrance(location: Path, archive: Path, write_post: WritePost) -> None:
    file = write_post(body="量化")
    file.rename(os.fsdecode(os.fsencode(file.parent) + "/量化.md".encode("gbk")))
    assert did(update(location, [archive])) == (1, 0, 0)
    assert update(location).unchanged
    assert len(found(location, "量化")) == 1


# --- rebuilding, and other processes -------------------------------------------------------------------------


def test_a_rebuild_gives_the_same_answers_from_a_new_index(location: Path) -> None:
    update(location, [EXAMPLES])
    before, folder = answers(location), data_folder(location)
    report = update(location, rebuild=True)
    assert (report.rebuilt, report.posts, report.saves, report.archives) == (True, 31, 36, [str(EXAMPLES)])
    assert answers(location) == before
    assert data_folder(location) != folder


def test_many_updates_give_the_same_answers_as_one(location: Path, archive: Path, tmp_path: Path) -> None:
    files = sorted(EXAMPLES.rglob("*.md"))
    for start in range(0, len(files), 9):
        for file in files[start : start + 9]:
            copy = archive / file.relative_to(EXAMPLES)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
        update(location, [archive])
    update(tmp_path / "at once", [archive])
    assert answers(location) == answers(tmp_path / "at once")


def test_an_open_searcher_follows_updates_and_rebuilds(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    update(location, [archive])
    with open_searcher(location) as searcher:
        assert searcher.search('"量化"').total == 1
        write_post("b.md", url=BLOG.format(2), body="量化")
        update(location)
        assert searcher.search('"量化"').total == 2
        write_post("c.md", url=BLOG.format(3), body="量化")
        update(location, rebuild=True)
        assert searcher.search('"量化"').total == 3


WRITER = """
import sys
from index import update

def wait(*_):
    print("writing", flush=True)
    sys.stdin.read()

update(sys.argv[1], [sys.argv[2]], progress=wait)
"""


def test_while_another_process_writes_the_index_is_locked(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    update(location, [archive])
    write_post("b.md", url=BLOG.format(2), body="量化")
    command = [sys.executable, "-c", WRITER, str(location), str(archive)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(LockedIndexError, match=rf"Process {writer.pid} on \S+, since \S+, .*{location}"):
            update(location)
        with pytest.raises(LockedIndexError):
            update(location, rebuild=True)
        assert found(location, "量化") == [BLOG.format(1)]
        writer.communicate()
        assert writer.returncode == 0
    assert found(location, "量化") == [BLOG.format(1), BLOG.format(2)]
    assert update(location).unchanged


def test_a_killed_writer_leaves_the_index_unlocked(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    update(location, [archive])
    command = [sys.executable, "-c", WRITER, str(location), str(archive)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        writer.kill()
    assert update(location).unchanged


def test_an_update_within_an_update_is_refused(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("a.md")

    def update_again(*_: object) -> None:
        with pytest.raises(LockedIndexError, match=f"Process {os.getpid()} on"):
            update(location, [archive])

    assert update(location, [archive], progress=update_again).posts == 1


@pytest.mark.parametrize("step", ["reading", "indexing", "writing"])
@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
def test_an_interrupted_update_leaves_the_old_index(
    location: Path, archive: Path, write_post: WritePost, step: str, rebuild: bool
) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    update(location, [archive])
    write_post("b.md", url=BLOG.format(2), body="量化")

    def interrupt(now: str, *_: int) -> None:
        if now == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(location, rebuild=rebuild, progress=interrupt)
    assert found(location, "量化") == [BLOG.format(1)]
    assert update(location).posts == 2
    assert found(location, "量化") == [BLOG.format(1), BLOG.format(2)]


# --- folders that are something else -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["notes.txt"],
        ["data-of-mine/notes.txt"],
        ["data-2024/notes.txt"],
        ["data-notes.txt"],
        ["write.lock", "notes.txt"],
        ["_MAIN_1.toc"],
    ],
    ids=lambda names: ", ".join(names),
)
def test_a_folder_that_holds_something_else_is_left_alone(location: Path, archive: Path, names: list[str]) -> None:
    for name in names:
        (location / name).parent.mkdir(parents=True, exist_ok=True)
        (location / name).write_text("my own")
    before = listing(location)
    for rebuild in (False, True):
        with pytest.raises(ForeignFolderError, match=str(location)):
            update(location, [archive], rebuild=rebuild)
    with pytest.raises(ForeignFolderError, match=str(location)):
        open_searcher(location)
    assert listing(location) == before


def test_what_others_put_beside_an_index_is_left_alone(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post(body="量化")
    update(location, [archive])
    theirs = [location / "notes.txt", location / "data-of-mine" / "notes.txt", location / "data-notes.txt"]
    for path in theirs:
        path.parent.mkdir(exist_ok=True)
        path.write_text("my own")
    update(location)
    update(location, rebuild=True)
    assert [path.read_text() for path in theirs if path.exists()] == ["my own"] * 3
    assert len(found(location, "量化")) == 1


def test_a_file_is_no_index(location: Path, archive: Path) -> None:
    location.write_text("my own")
    for attempt in (lambda: update(location, [archive]), lambda: open_searcher(location)):
        with pytest.raises(ForeignFolderError, match=str(location)):
            attempt()
    assert location.read_text() == "my own"


def test_the_marker_of_another_program_is_no_index(location: Path, archive: Path) -> None:
    location.mkdir()
    (location / "searcher.json").write_text('{"kind": "another"}')
    for attempt in (lambda: update(location, [archive], rebuild=True), lambda: open_searcher(location)):
        with pytest.raises(ForeignFolderError, match=str(location)):
            attempt()
    assert (location / "searcher.json").read_text() == '{"kind": "another"}'


@pytest.mark.parametrize("below", [".", "inside", "deep/inside"])
def test_an_archive_inside_the_index_is_refused(
    location: Path, write_post: WritePost, archive: Path, below: str
) -> None:
    file = write_post()
    (location / below).parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(archive, location / below, dirs_exist_ok=True)
    before = listing(location)
    with pytest.raises(SearcherError, match=str(location)):
        update(location, [location / below])
    assert listing(location) == before
    assert file.exists()


def test_an_index_may_stand_inside_its_archive(archive: Path, write_post: WritePost) -> None:
    write_post(body="量化")
    location = archive / "index"
    assert update(location, [archive]).posts == 1
    assert update(location).unchanged
    assert update(location, rebuild=True).posts == 1
    assert len(found(location, "量化")) == 1


def test_an_empty_folder_becomes_an_index(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post(body="量化")
    location.mkdir()
    update(location, [archive])
    assert len(found(location, "量化")) == 1


# --- damage and age ------------------------------------------------------------------------------------------


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def nothing(_: bytes) -> bytes:
    return b""


def noise(content: bytes) -> bytes:
    return bytes(at * 151 % 251 for at in range(len(content)))


def zeros(content: bytes) -> bytes:
    return bytes(len(content))


def a_list(_: bytes) -> bytes:
    return b"[]"


def an_empty_object(_: bytes) -> bytes:
    return b"{}"


def without_data(_: bytes) -> bytes:
    return b'{"kind": "searcher index"}'


def other_data(_: bytes) -> bytes:
    return b'{"kind": "searcher index", "data": "data-99"}'


MARKER, MANIFEST, CONTENTS, SEGMENT = "searcher.json", "data-*/manifest-*.json", "data-*/_MAIN_*.toc", "data-*/*.arr"


@pytest.fixture
def files_left_open() -> Iterator[None]:
    """Let Whoosh leave files that it opened and could not read to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.mark.usefixtures("files_left_open")
@pytest.mark.parametrize(
    ("file", "damage"),
    [
        *((MARKER, damage) for damage in (half, nothing, noise, zeros, without_data, other_data)),
        *((MANIFEST, damage) for damage in (half, nothing, noise, zeros, a_list, an_empty_object, None)),
        *((CONTENTS, damage) for damage in (half, nothing, noise, zeros, None)),
        *((SEGMENT, damage) for damage in (half, nothing, zeros, None)),
    ],
    ids=lambda one: one if isinstance(one, str) else one.__name__ if one else "gone",
)
def test_a_damaged_index_says_so_and_a_rebuild_mends_it(
    location: Path, archive: Path, write_post: WritePost, file: str, damage: Callable[[bytes], bytes] | None
) -> None:
    write_post("a.md", url=BLOG.format(1), body="量化")
    update(location, [archive])
    write_post("b.md", url=BLOG.format(2), body="量化")
    before = answers(location)
    for path in location.glob(file):
        if damage:
            path.write_bytes(damage(path.read_bytes()))
        else:
            path.unlink()
    damaged = listing(location)
    attempts: list[Callable[[], object]] = [lambda: update(location), lambda: update(location, [archive])]
    if file == CONTENTS and damage:
        # What a search reads is all in the manifest.
        assert answers(location) == before
    else:
        attempts.append(lambda: answers(location))
    for attempt in attempts:
        with pytest.raises(DamagedIndexError, match="--rebuild") as raised:
            attempt()
        assert str(location) in str(raised.value)
    assert listing(location) == damaged, "an update that can't help must leave the evidence"
    assert update(location, [archive], rebuild=True).posts == 2
    assert answers(location)["posts"] != before["posts"]
    assert found(location, "量化") == [BLOG.format(1), BLOG.format(2)]


@pytest.mark.parametrize("part", ["format", "schema", "analyzer", "dictionary", "jieba"])
def test_an_index_made_by_other_rules_is_outdated_until_rebuilt(
    location: Path, archive: Path, write_post: WritePost, part: str
) -> None:
    write_post(body="量化")
    update(location, [archive])
    (manifest,) = location.glob(MANIFEST)
    record = read_json(manifest)
    record["fingerprint"][part] = "older"
    write_json(manifest, record)
    for attempt in (lambda: open_searcher(location), lambda: update(location), lambda: update(location, [archive])):
        with pytest.raises(OutdatedIndexError, match=f"{part} was older and is .*--rebuild"):
            attempt()
    report = update(location, rebuild=True)
    assert (report.rebuilt, report.posts) == (True, 1)
    assert len(found(location, "量化")) == 1


def test_an_index_of_the_format_before_is_outdated_until_rebuilt(
    location: Path, archive: Path, write_post: WritePost
) -> None:
    write_post(body="量化")
    update(location, [archive])
    (manifest,) = location.glob(MANIFEST)
    record = read_json(manifest)
    del record["segments"]
    record["fingerprint"]["format"] = "1"
    manifest.write_text(json.dumps(record), encoding="utf-8")
    for attempt in (lambda: open_searcher(location), lambda: update(location)):
        with pytest.raises(OutdatedIndexError, match=r"format was 1 and is .*--rebuild"):
            attempt()
    report = update(location, rebuild=True)
    assert (report.rebuilt, report.posts, report.archives) == (True, 1, [str(archive)])
    assert len(found(location, "量化")) == 1


# --- kill -9 -------------------------------------------------------------------------------------------------


def write_many(archive: Path, numbers: range, version: str) -> None:
    for number in numbers:
        text = post_text(f"第{number}篇", BLOG.format(number), body=f"量化笔记{number}", summary=f"{version}的摘要")
        (archive / f"{number}.md").write_text(text, encoding="utf-8")


def outcomes_of_kills(location: Path, archive: Path, how: str) -> list[Path]:
    """Return the indexes that updates killed at many steps have left, in the order of the steps."""
    outcomes = location.with_name("outcomes")
    script = Path(__file__).with_name("killed.py")
    command = [sys.executable, str(script), str(location), str(archive), str(outcomes), how]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    tried = sorted(outcomes.iterdir(), key=lambda outcome: int(outcome.name))
    assert len(tried) >= 10
    return tried


@pytest.mark.thorough
@pytest.mark.parametrize("how", ["update", "rebuild"])
def test_killed_at_any_step_the_old_index_answers(location: Path, archive: Path, tmp_path: Path, how: str) -> None:
    write_many(archive, range(60), "第一版")
    update(location, [archive])
    old = answers(location)
    write_many(archive, range(50, 70), "第二版")
    for number in range(5):
        (archive / f"{number}.md").unlink()
    update(tmp_path / "fresh", [archive])
    new = answers(tmp_path / "fresh")
    states = []
    for outcome in outcomes_of_kills(location, archive, how):
        state = answers(outcome)
        assert state in (old, new), f"killed before step {outcome.name}, the index is neither the old nor the new"
        states.append(state == new)
        update(outcome)
        assert answers(outcome) == new
        assert update(outcome).unchanged
        assert data_folder(outcome)
    assert states == sorted(states), "once the new index answers, it stays in force"
    assert not states[0]


@pytest.mark.thorough
def test_killed_at_any_step_a_first_build_is_finished_next(location: Path, archive: Path, tmp_path: Path) -> None:
    write_many(archive, range(60), "第一版")
    update(tmp_path / "fresh", [archive])
    new = answers(tmp_path / "fresh")
    for outcome in outcomes_of_kills(location, archive, "update"):
        try:
            assert answers(outcome) == new
        except ForeignFolderError as error:
            pytest.fail(f"killed before step {outcome.name}: {error}")
        except NoIndexError:
            pass
        update(outcome, [archive])
        assert answers(outcome) == new
        assert update(outcome).unchanged
        assert data_folder(outcome)
