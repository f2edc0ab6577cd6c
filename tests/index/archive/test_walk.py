"""Walking an archive: the markdown files of a folder, and the entries that can't be opened."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive.walk import Unreadable, walk
from index.errors import ArchiveError


def walked(root: Path) -> tuple[list[str], list[str]]:
    """Return the paths of the files found and of what could not be opened, relative to `root`."""
    entries = list(walk(root))
    files = [os.path.relpath(one.path, root) for one in entries if not isinstance(one, Unreadable)]
    return files, [os.path.relpath(one.path, root) for one in entries if isinstance(one, Unreadable)]


def fill(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")


def test_walks_markdown_files_in_order_and_passes_hidden_ones(tmp_path: Path) -> None:
    fill(
        tmp_path,
        "b/2.md",
        "b/10.md",
        "a.md",
        "c.txt",
        ".git/x.md",
        ".hidden.md",
        "量/化.md",
        "empty/.keep",
        "d.md/e.md",
    )
    assert walked(tmp_path) == (["a.md", "b/10.md", "b/2.md", "d.md/e.md", "量/化.md"], [])


def test_enters_a_folder_behind_a_link(tmp_path: Path) -> None:
    fill(tmp_path, "elsewhere/a.md", "root/b.md")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "root" / "c.md").symlink_to(tmp_path / "elsewhere" / "a.md")
    assert walked(tmp_path / "root") == (["b.md", "c.md", "link/a.md"], [])


def test_a_root_that_is_a_link_is_entered(tmp_path: Path) -> None:
    fill(tmp_path, "elsewhere/a.md")
    (tmp_path / "root").symlink_to(tmp_path / "elsewhere")
    assert walked(tmp_path / "root") == (["a.md"], [])


def test_a_loop_of_links_is_named_and_not_entered(tmp_path: Path) -> None:
    fill(tmp_path, "a/1.md", "b/2.md")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "b.md").symlink_to(tmp_path / "b" / "b.md")
    assert walked(tmp_path) == (["a/1.md", "b/2.md"], ["a/self", "a/up", "b/b.md"])


def test_two_folders_linked_into_each_other_end(tmp_path: Path) -> None:
    fill(tmp_path, "a/1.md", "b/2.md")
    (tmp_path / "a" / "b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "a").symlink_to(tmp_path / "a")
    assert walked(tmp_path) == (["a/1.md", "a/b/2.md", "b/2.md", "b/a/1.md"], ["a/b/a", "b/a/b"])


def test_what_only_looks_like_a_file_is_named(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    (tmp_path / "broken.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.md")
    assert walked(tmp_path) == (["a.md"], ["broken.md", "pipe.md"])


@pytest.fixture
def very_deep(tmp_path: Path) -> Iterator[Path]:
    """Give a file in 1,200 folders in each other, and take them away one by one, as shutil couldn't."""
    folders = [tmp_path]
    for _ in range(1_200):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    fill(folders[-1], "a.md")
    yield folders[-1] / "a.md"
    (folders[-1] / "a.md").unlink()
    for folder in reversed(folders[1:]):
        folder.rmdir()


def test_very_deep_folders_are_walked(tmp_path: Path, very_deep: Path) -> None:
    assert walked(tmp_path) == ([str(very_deep.relative_to(tmp_path))], [])


@pytest.mark.parametrize("make", ["nothing", "file", "broken link", "loop"])
def test_a_root_that_is_no_folder_is_named(tmp_path: Path, make: str) -> None:
    root = tmp_path / "the archive"
    if make == "file":
        root.write_text("x")
    elif make == "broken link":
        root.symlink_to(tmp_path / "nowhere")
    elif make == "loop":
        root.symlink_to(root)
    with pytest.raises(ArchiveError, match="the archive"):
        list(walk(root))
