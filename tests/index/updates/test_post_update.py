"""Files that change while an update reads them: whatever it makes of them, the next update puts right."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import UpdateReport, update
from index.archive.decoding import MAX_BYTES
from index.archive.identity import identify
from index.archive.post import Save
from index.updates import process_pool
from index.updates.post_update import PostUpdate, SourceFile, content_digest
from searcher import open_searcher
from tests.conftest import WritePost, post_text

BLOG = "https://blog.example.org/posts/{}"
# What the index says of each post: by URL, the title and path of each save.
Held = dict[str, set[tuple[str, str]]]


def held(location: Path) -> Held:
    with open_searcher(location) as searcher:
        posts = [hit.post for hit in searcher.search("", page_size=100).hits]
    assert len({post.id for post in posts}) == len(posts)
    return {post.url: {(save.title, save.path) for save in post.saves} for post in posts}


def found(location: Path, text: str) -> set[str]:
    """Return the URLs of the posts that literally hold `text`."""
    with open_searcher(location) as searcher:
        return {hit.post.url for hit in searcher.search(f'"{text}"', page_size=100).hits}


@pytest.fixture(scope="module")
def empty_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the index of an empty archive: a new index takes longer to make than a few posts to be read."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "archive").mkdir()
    update(folder / "index", [folder / "archive"])
    return folder / "index"


@pytest.fixture
def location(empty_index: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_index, tmp_path / "an index"))


# --- what happens to a file ----------------------------------------------------------------------------------


def vanishes(file: Path) -> None:
    file.unlink()


def changes(file: Path) -> None:
    file.write_text(post_text("新的说法", BLOG.format("b")), encoding="utf-8")


def changes_unseen(file: Path) -> None:
    """Give a file other content of the same size and time."""
    stat, content = file.stat(), file.read_bytes()
    file.write_bytes(content.replace("旧的说法".encode(), "新的说法".encode()))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_size == stat.st_size


def becomes_another(file: Path) -> None:
    file.write_text(post_text("新的说法", BLOG.format("another")), encoding="utf-8")


def becomes_one_that_is_there(file: Path) -> None:
    file.write_text(post_text("新的说法", BLOG.format("a")), encoding="utf-8")


def becomes_malformed(file: Path) -> None:
    file.write_bytes(b"\x7fELF\n\0\0\0")


def is_emptied(file: Path) -> None:
    file.write_bytes(b"")


def becomes_no_post(file: Path) -> None:
    file.write_text("# 说明\n\n## 目录\n\n量化\n", encoding="utf-8")


def becomes_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def becomes_too_large(file: Path) -> None:
    os.truncate(file, MAX_BYTES + 1)


# With each what the index must hold of the file after the next update: its URL and title.
EVENTS: dict[Callable[[Path], None], tuple[str, str] | None] = {
    vanishes: None,
    changes: ("b", "新的说法"),
    changes_unseen: ("b", "新的说法"),
    becomes_another: ("another", "新的说法"),
    becomes_one_that_is_there: ("a", "新的说法"),
    becomes_malformed: None,
    is_emptied: None,
    becomes_no_post: None,
    becomes_a_folder: None,
    becomes_too_large: None,
}
EVENT_IDS = [event.__name__ for event in EVENTS]


class At:
    """Is a progress callback that does something once, at a step of the update."""

    def __init__(self, step: str, happen: Callable[[], None]) -> None:
        self._step = step
        self._happen = happen
        self.happened = False

    def __call__(self, step: str, done: int, total: int) -> None:
        is_time = step == self._step and done == {"reading": total, "indexing": 1}[step] and total
        if is_time and not self.happened:
            self._happen()
            self.happened = True


def expected(event: Callable[[Path], None], others: Held) -> Held:
    """Return what the index must hold in the end: `others`, and what "b.md" is then."""
    result = {url: set(saves) for url, saves in others.items()}
    if now := EVENTS[event]:
        url, title = now
        result.setdefault(BLOG.format(url), set()).add((title, "b.md"))
    return result


CASES = [
    *((step, before, 1) for step in ("reading", "indexing") for before in ("new", "known", "with another", "rebuilt")),
    *(pytest.param("reading", before, 2, marks=pytest.mark.thorough) for before in ("new", "with another")),
]


@pytest.mark.parametrize(("step", "before", "processes"), CASES)
@pytest.mark.parametrize("event", EVENTS, ids=EVENT_IDS)
def test_a_file_changed_after_the_scan_is_corrected_next_time(
    location: Path,
    archive: Path,
    write_post: WritePost,
    monkeypatch: pytest.MonkeyPatch,
    event: Callable[[Path], None],
    step: str,
    before: str,
    processes: int,
) -> None:
    if processes > 1:
        monkeypatch.setattr(process_pool, "PARALLEL_FROM", 1)
    # Posts are written in the order of their ids.
    assert identify(BLOG.format("a")).id < identify(BLOG.format("b")).id
    write_post("a.md", title="甲", url=BLOG.format("a"))
    others = {BLOG.format("a"): {("甲", "a.md")}}
    if before == "with another":
        write_post("2020/b.md", title="早先", url=BLOG.format("b"), saved="2020-01-01T00:00:00Z")
        others[BLOG.format("b")] = {("早先", "2020/b.md")}
    if before == "new":
        update(location, [archive])
    file = write_post("b.md", title="更旧的", url=BLOG.format("b"))
    if before != "new":
        update(location, [archive])
        assert found(location, "更旧的") == {BLOG.format("b")}
    file = write_post("b.md", title="旧的说法", url=BLOG.format("b"))
    write_post("a.md", title="甲", url=BLOG.format("a"), summary="另一个摘要")
    progress = At(step, lambda: event(file))
    report = update(location, rebuild=before == "rebuilt", progress=progress)
    assert progress.happened
    final = expected(event, others)
    outdated = found(location, "旧的说法") | found(location, "更旧的")
    # What was read again is held as it is; the rest waits for the next update.
    assert not outdated
    assert all(saves <= final.get(url, set()) for url, saves in held(location).items())
    assert report.posts == len(held(location))
    next_report = update(location)
    assert held(location) == final
    assert next_report.posts == len(final)
    assert next_report.saves == sum(len(saves) for saves in final.values())
    assert found(location, "旧的说法") == found(location, "更旧的") == set()
    assert found(location, "新的说法") == {url for url, saves in final.items() if any("新" in t for t, _ in saves)}
    assert update(location).unchanged
    assert held(location) == final


def test_a_file_that_changes_and_changes_back_is_put_right(
    location: Path, archive: Path, write_post: WritePost
) -> None:
    file = write_post(title="旧的说法", url=BLOG.format("b"))
    content, stat = file.read_bytes(), file.stat()
    update(location, [archive], progress=At("reading", lambda: becomes_another(file)))
    assert held(location) == {}
    file.write_bytes(content)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    update(location)
    assert found(location, "旧的说法") == {BLOG.format("b")}
    assert update(location).unchanged


def test_a_file_that_keeps_changing_is_corrected_in_the_end(
    location: Path, archive: Path, write_post: WritePost
) -> None:
    write_post("b.md", title="第0版", url=BLOG.format("0"))
    for version in range(1, 6):

        def write(number: int = version) -> None:
            write_post("b.md", title=f"第{number}版", url=BLOG.format(number % 3))

        update(location, [archive], progress=At("reading", write))
    assert update(location).posts == 1
    assert held(location) == {BLOG.format(2): {("第5版", "b.md")}}
    assert update(location).unchanged


# --- histories ------------------------------------------------------------------------------------------------

PATHS = ["a.md", "b.md", "folder/c.md", "folder/d.md"]
# What a file is made to be: nothing, no post, malformed, or a save of a post.
states = st.one_of(st.sampled_from(["gone", "no post", "malformed"]), st.tuples(st.integers(0, 2), st.integers(0, 5)))
edits = st.dictionaries(st.sampled_from(PATHS), states, max_size=3)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an empty archive and its index."""
    folder = tmp_path_factory.mktemp("histories")
    (folder / "archive").mkdir()
    update(folder / "index", [folder / "archive"])
    return folder


def put(archive: Path, now: dict[str, object]) -> None:
    for path, state in now.items():
        file = archive / path
        file.parent.mkdir(exist_ok=True)
        if state == "gone":
            file.unlink(missing_ok=True)
        elif state == "no post":
            file.write_text("# 说明\n", encoding="utf-8")
        elif state == "malformed":
            file.write_bytes(b"\0")
        else:
            assert isinstance(state, tuple)
            post, version = state
            file.write_text(post_text(f"第{version}版", BLOG.format(post)), encoding="utf-8")


@settings(deadline=None, max_examples=40)
@given(history=st.lists(st.tuples(edits, st.sampled_from(["reading", "indexing"]), edits), max_size=4))
def test_after_any_history_a_quiet_update_puts_everything_right(
    ground: Path, history: list[tuple[dict[str, object], str, dict[str, object]]]
) -> None:
    archive, location = ground / "archive", ground / "index"
    put(archive, dict.fromkeys(PATHS, "gone"))
    assert update(location, prune=True).posts == 0
    now: dict[str, object] = {}
    for edit, step, edit_behind in history:
        put(archive, edit)
        now |= edit
        progress = At(step, lambda edit_behind=edit_behind: put(archive, edit_behind))
        update(location, prune=True, progress=progress)
        if progress.happened:
            now |= edit_behind
    update(location, prune=True)
    saves = {path: state for path, state in now.items() if isinstance(state, tuple)}
    final: Held = {}
    for path, (post, version) in saves.items():
        final.setdefault(BLOG.format(post), set()).add((f"第{version}版", path))
    assert held(location) == final
    for version in range(6):
        holders = {BLOG.format(post) for post, other in saves.values() if other == version}
        assert found(location, f"第{version}版") == holders
    assert update(location).unchanged


# --- the parts ------------------------------------------------------------------------------------------------


def found_save(file: Path) -> SourceFile:
    return SourceFile(str(file), str(file.parent), file.name, content_digest(file.read_bytes()))


def a_post(path: str, title: str, url: str = BLOG.format("b")) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / path).write_text(post_text(title, url), encoding="utf-8")
        return folder / path

    return write


def post_id() -> str:
    return identify(BLOG.format("b")).id


def test_a_post_is_read_from_files_and_kept_saves(tmp_path: Path) -> None:
    files = [a_post(f"{number}.md", f"第{number}版")(tmp_path) for number in range(3)]
    finds = [found_save(file) for file in files]
    kept, has_changed = finds[0].read()
    assert isinstance(kept, Save)
    assert not has_changed
    applied = PostUpdate(post_id(), tuple(finds[1:]), saves=(kept,)).apply(None)
    post = applied.post
    assert post
    assert applied.changed_files == ()
    assert (post.id, post.url) == (post_id(), BLOG.format("b"))
    assert [save.title for save in post.saves] == ["第0版", "第1版", "第2版"]


@pytest.mark.parametrize("event", EVENTS, ids=EVENT_IDS)
@pytest.mark.parametrize("with_kept", [True, False], ids=["with another save", "alone"])
def test_reading_a_post_names_the_files_that_changed(
    tmp_path: Path, event: Callable[[Path], None], with_kept: bool
) -> None:
    kept, _ = found_save(a_post("a.md", "早先")(tmp_path)).read()
    assert kept
    file = a_post("b.md", "旧的说法")(tmp_path)
    change = PostUpdate(post_id(), (found_save(file),), saves=(kept,) if with_kept else ())
    event(file)
    applied = change.apply(None)
    post = applied.post
    now = EVENTS[event]
    titles = ["早先"] * with_kept + ([now[1]] if now and now[0] == "b" else [])
    assert ([save.title for save in post.saves] if post else []) == titles
    assert applied.changed_files == change.fresh


def test_a_conflict_belongs_to_the_post_that_the_scan_found(location: Path, archive: Path) -> None:
    # Each side names another post; the later one wins, and one of them says when only by its folder.
    ours, theirs = post_text("甲", BLOG.format("a"), saved="2025-01-01T00:00:00Z"), post_text("乙", BLOG.format("b"))
    theirs = "\n".join(line for line in theirs.split("\n") if "时间" not in line and "目录日期" not in line)
    file = archive / "2025-05-08" / "a.md"
    file.parent.mkdir()
    file.write_text(f"<<<<<<< ours\n{ours}\n=======\n{theirs}\n>>>>>>> theirs\n", encoding="utf-8")
    report: UpdateReport = update(location, [archive])
    assert (report.posts, report.saves) == (1, 1)
    assert set(held(location)) == {BLOG.format("b")}
    assert update(location).unchanged
