"""What a rebuild keeps, forgets and refuses; and which archives go together."""

from pathlib import Path

import pytest

from index import update
from index.errors import ArchiveError
from searcher import open_searcher
from tests.conftest import WritePost, post_text


def test_a_rebuild_from_named_archives_forgets_the_others(write_post: WritePost, archive: Path, location: Path) -> None:
    write_post()
    update(location, [archive])
    moved = archive.rename(archive.with_name("moved"))
    with pytest.raises(ArchiveError, match="--prune"):
        update(location, [moved])
    assert update(location, [moved], rebuild=True).archives == [str(moved)]
    assert update(location).unchanged


def test_a_rebuild_does_not_lose_what_cannot_be_opened(write_post: WritePost, archive: Path, location: Path) -> None:
    write_post("a.md", url="https://example.org/a")
    lost = write_post("b.md", url="https://example.org/b")
    update(location, [archive])
    lost.unlink()
    lost.symlink_to(archive / "nowhere")
    assert update(location).posts == 2
    with pytest.raises(ArchiveError, match=r"b\.md"):
        update(location, rebuild=True)
    with open_searcher(location) as searcher:
        assert searcher.stats().posts == 2


@pytest.mark.parametrize("inner_first", [True, False], ids=["the inner first", "the outer first"])
def test_an_archive_inside_another_is_refused(
    write_post: WritePost, archive: Path, location: Path, inner_first: bool
) -> None:
    inner = write_post("inner/a.md").parent
    first, second = (inner, archive) if inner_first else (archive, inner)
    update(location, [first])
    with pytest.raises(ArchiveError, match="inside"):
        update(location, [second])
    assert update(location).saves == 1


def test_a_new_index_is_never_mistaken_for_a_deleted_one(tmp_path: Path) -> None:
    for name, count in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        for number in range(count):
            text = post_text(url=f"https://example.org/{name}/{number}")
            (tmp_path / name / f"{number}.md").write_text(text, encoding="utf-8")
    location = tmp_path / "index"
    update(location, [tmp_path / "one"])
    with open_searcher(location) as searcher:
        assert searcher.search("").total == 1
        for path in sorted(location.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        update(location, [tmp_path / "two"])
        assert searcher.search("").total == 2
