"""What an update tells of itself: which posts it added, saved again, changed, moved or lost, kept in the index."""

import json
import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest

from index import UpdateReport, update
from index.errors import ArchiveError, ShrunkArchiveError
from index.updates.report import MAX_IMPORTS, MAX_NAMED, POST_KINDS, PostNews
from searcher import open_searcher
from searcher.request import RequestError
from tests.conftest import WritePost, post_text

BLOG = "https://blog.example.org/{}"


def news(report: UpdateReport) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Return for each kind that there is of the titles of its posts, and which parts have changed."""
    listings = {kind: getattr(report, kind) for kind in POST_KINDS}
    assert all(listing.count == len(listing.first) for listing in listings.values())
    return {kind: [(one.title, one.changed) for one in found.first] for kind, found in listings.items() if found.first}


def imports(location: Path, limit: int = 20) -> list[UpdateReport]:
    with open_searcher(location) as searcher:
        return list(searcher.imports(limit))


LATER = "2025-05-09T00:00:00Z"
# What is done to the one file of a post, and what is told of it.
EDITS = {
    "title": ({"title": "新题"}, {"changed": [("新题", ("title",))]}),
    "body": ({"body": "新的正文"}, {"changed": [("题", ("body",))]}),
    "summary": ({"summary": "新的摘要", "saved": LATER}, {"changed": [("题", ("summary",))]}),
    "all": ({"title": "新题", "body": "b", "summary": "s"}, {"changed": [("新题", ("title", "body", "summary"))]}),
    "time": ({"saved": LATER}, {"resaved": [("题", ())]}),
    "nothing": ({}, {}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_overwritten_file_is_told_by_what_changed(
    location: Path, archive: Path, write_post: WritePost, edit: str
) -> None:
    parts, told = EDITS[edit]
    write_post("a.md", title="题", url=BLOG.format("a"))
    update(location, [archive])
    write_post("a.md", **{"title": "题", "url": BLOG.format("a"), **parts})
    report = update(location)
    assert news(report) == told
    ((_, changed),) = told.get("changed", [("", ())])
    assert report.changed_parts == {part: int(part in changed) for part in ("title", "body", "summary")}


def test_posts_are_added_saved_again_moved_and_lost(location: Path, archive: Path, write_post: WritePost) -> None:
    for name in "abcd":
        write_post(f"2025-05-08/{name}.md", title=name, url=BLOG.format(name))
    report = update(location, [archive])
    assert {kind: sorted(found) for kind, found in news(report).items()} == {"added": [(name, ()) for name in "abcd"]}
    (archive / "2025-05-08/a.md").rename(archive / "2025-05-08/renamed.md")
    write_post("2025-05-09/b.md", title="b", url=BLOG.format("b"), saved=LATER)
    (archive / "2025-05-08/c.md").unlink()
    write_post("2025-05-09/e.md", title="e", url=BLOG.format("e"))
    report = update(location)
    told = {"added": [("e", ())], "resaved": [("b", ())], "moved": [("a", ())], "lost": [("c", ())]}
    assert news(report) == told
    (archive / "2025-05-08/b.md").unlink()
    assert news(update(location)) == {"moved": [("b", ())]}


def test_a_rebuild_tells_what_it_added_and_lost(location: Path, archive: Path, write_post: WritePost) -> None:
    for name in "abc":
        write_post(f"{name}.md", title=name, url=BLOG.format(name))
    update(location, [archive])
    with open_searcher(location) as searcher:
        (lost,) = (hit.post.id for hit in searcher.search('"a"').hits if hit.post.title == "a")
    (archive / "a.md").unlink()
    write_post("d.md", title="d", url=BLOG.format("d"))
    report = update(location, rebuild=True)
    assert (report.added.count, report.lost.first) == (1, [PostNews(lost)])
    assert [one.title for one in report.added.first] == ["d"]
    assert set(news(report)) <= {"added", "lost"}
    assert [one.rebuilt for one in imports(location)] == [True, False]


def test_the_index_keeps_what_was_told(location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("a.md", url=BLOG.format("a"))
    write_post("README.md").write_text("# 说明\n", encoding="utf-8")
    told = [update(location, [archive])]
    (archive / "b.md").write_bytes(b"")
    told.append(update(location))
    assert told[-1].malformed.count == 1
    assert update(location).unchanged, "an unreadable file that was told of is no news"
    write_post("c.md", url=BLOG.format("c"))
    told.append(update(location))
    assert imports(location) == told[::-1]
    assert imports(location, 1) == told[-1:]
    for report in told:
        assert UpdateReport.from_json(json.loads(json.dumps(report.as_json()))) == report


@pytest.mark.parametrize("limit", [0, 101])
def test_no_impossible_number_of_reports_is_given(location: Path, archive: Path, limit: int) -> None:
    update(location, [archive])
    with pytest.raises(RequestError, match="limit"):
        imports(location, limit)


def test_reports_are_bounded_in_names_and_in_number(location: Path, archive: Path, write_post: WritePost) -> None:
    for number in range(MAX_NAMED + 5):
        write_post(f"{number}.md", url=BLOG.format(number))
    report = update(location, [archive])
    assert (report.added.count, len(report.added.first)) == (MAX_NAMED + 5, MAX_NAMED)
    for version in range(MAX_IMPORTS + 2):
        write_post("0.md", url=BLOG.format(0), title=f"第{version}版")
        update(location)
    with open_searcher(location) as searcher:
        kept = searcher.imports(100)
    assert [one.changed.first[0].title for one in kept] == [f"第{n}版" for n in range(MAX_IMPORTS + 1, 1, -1)]
    assert len(list(location.glob("data-*/import-*.json"))) == MAX_IMPORTS


def test_an_open_searcher_says_when_the_index_last_matched(
    location: Path, archive: Path, write_post: WritePost
) -> None:
    write_post()
    update(location, [archive])
    with open_searcher(location) as searcher:
        first = datetime.fromisoformat(searcher.stats().updated)
        time.sleep(1.1)  # it is told to the second
        assert update(location).unchanged
        assert datetime.fromisoformat(searcher.stats().updated) > first


# --- the guard against loss ------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", range(5))
@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
@pytest.mark.parametrize("how", ["deleted", "emptied"])
def test_a_half_gone_archive_changes_nothing_without_prune(
    location: Path, archive: Path, write_post: WritePost, left: int, rebuild: bool, how: str
) -> None:
    files = [write_post(f"{number}.md", url=BLOG.format(number)) for number in range(4)]
    update(location, [archive])
    for file in files[left:]:
        if how == "deleted":
            file.unlink()
        else:
            file.write_bytes(b"")
    if left < 2:
        with pytest.raises(ShrunkArchiveError, match=f"had 4 saves and has {left} now.*--prune"):
            update(location, rebuild=rebuild)
        assert posts(location) == 4
        assert update(location, rebuild=rebuild, prune=True).posts == left
    assert update(location, rebuild=rebuild).posts == left
    assert posts(location) == left


def posts(location: Path) -> int:
    with open_searcher(location) as searcher:
        return searcher.stats().posts


def test_a_moved_folder_is_no_loss(location: Path, archive: Path, write_post: WritePost) -> None:
    for number in range(4):
        write_post(f"2025/{number}.md", url=BLOG.format(number))
    update(location, [archive])
    (archive / "2025").rename(archive / "elsewhere")
    assert update(location).moved.count == 4


def test_each_archive_is_guarded_by_itself(location: Path, tmp_path: Path) -> None:
    for name, count in (("large", 20), ("small", 2)):
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f"{number}.md").write_text(post_text(url=BLOG.format(f"{name}/{number}")), "utf-8")
    update(location, [tmp_path / "large", tmp_path / "small"])
    for file in (tmp_path / "small").iterdir():
        file.unlink()
    with pytest.raises(ShrunkArchiveError, match="small had 2 saves"):
        update(location)
    assert update(location, prune=True).lost.count == 2


def test_prune_forgets_an_archive_that_is_gone(location: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(post_text(url=BLOG.format("same"), title=name), "utf-8")
    (tmp_path / "two" / "b.md").write_text(post_text(url=BLOG.format("other")), "utf-8")
    update(location, [tmp_path / "one", tmp_path / "two"])
    shutil.rmtree(tmp_path / "two")
    for rebuild in (False, True):
        with pytest.raises(ArchiveError, match="--prune"):
            update(location, rebuild=rebuild)
    with pytest.raises(ArchiveError):
        update(location, [tmp_path / "two"], prune=True)  # what is named is to be there
    report = update(location, prune=True)
    assert (report.posts, report.saves, report.lost.count) == (1, 1, 1)
    assert report.archives == [str(tmp_path / "one")]
    assert update(location).unchanged
    assert update(location, rebuild=True).saves == 1
