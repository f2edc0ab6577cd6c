"""A commit takes effect whole or not at all, and the segments stay few whatever comes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import DamagedIndexError
from index.schema.document import Document
from index.segments.arrays import SegmentArrays, StoredPosts, open_segment
from index.segments.record import INDEX_NAME, SegmentRecord, new_segment_file
from index.store import writer as module
from index.store.directory import latest_generation
from tests.index.segments.made import Reading, documents, make, open_writer, read, read_toc, records, said, text, write

# A document whose word no UTF-8 can hold: the commit fails where it writes the segment.
UNWRITABLE = make("unwritable", text("\ud800"))

Place = tuple[str, int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def commit(folder: Path, added: list[Document], deleted: list[Place] = ()) -> None:  # type: ignore[assignment]
    writer = open_writer(folder)
    for place in deleted:
        writer.delete(*place)
    for document in added:
        writer.add(document)
    writer.prepare()
    writer.commit()


def segments(folder: Path) -> dict[str, SegmentArrays]:
    return {record.file: open_segment(folder, record) for record in records(folder)}


def live(folder: Path) -> dict[str, tuple[Place, Reading]]:
    """Return where each live document of an index lies, and what the index says of it, by id."""
    found: dict[str, tuple[Place, Reading]] = {}
    for name, segment in segments(folder).items():
        for number, reading in enumerate(read(segment)):
            if number not in segment.deleted:
                (key,) = reading["id"]
                assert key not in found, "a document is live twice"
                found[key] = (name, number), reading
    return found


def names(folder: Path) -> set[str]:
    return set(live(folder))


def tiers(folder: Path) -> Counter[int]:
    """Return how many segments there are of 1 to 3 live documents, of 4 to 15, of 16 to 63, and so on."""
    counts = [int(segment.live.sum()) for segment in segments(folder).values()]
    return Counter((count.bit_length() - 1) // 2 for count in counts)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def named_files(folder: Path) -> set[str]:
    """Return the files that make up the newest commit."""
    return {f"_{INDEX_NAME}_{read_toc(folder).generation}.toc", *(record.file for record in records(folder))}


# --- random histories -----------------------------------------------------------------------------------------

# Each commit: the documents it adds, and which of the live ones it deletes.
commits = st.lists(
    st.tuples(st.lists(documents(st.just("to be named")), max_size=6), st.sets(st.integers(0, 30), max_size=8)),
    max_size=8,
)


@pytest.mark.thorough
@pytest.mark.parametrize("most", [module.MAX_CHARACTERS, 15], ids=["one segment a commit", "several"])
@settings(deadline=None, max_examples=30)
@given(history=commits)
def test_every_commit_holds_what_was_added_and_not_deleted(
    most: int, history: list[tuple[list[Document], set[int]]]
) -> None:
    model: dict[str, Reading] = {}
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_CHARACTERS", most)
        folder = Path(name)
        for generation, (added, chosen) in enumerate(history, start=1):
            now = live(folder)
            gone = [key for place, key in enumerate(sorted(now)) if place in chosen]
            renamed = [named(document, f"{generation}-{place}") for place, document in enumerate(added)]
            commit(folder, renamed, [now[key][0] for key in gone])
            model = {key: reading for key, reading in model.items() if key not in gone}
            model |= {document.facets["id"][0]: said(document) for document in renamed}
            assert {key: reading for key, (_, reading) in live(folder).items()} == model
            assert latest_generation(folder) == generation
            assert max(tiers(folder).values(), default=0) < 4
            assert all(len(s.deleted) * 2 <= s.size for s in segments(folder).values())
            assert files(folder) == named_files(folder)
            assert [s.blocks.check() for s in segments(folder).values() if s.blocks.check()] == []


def named(document: Document, name: str) -> Document:
    return Document(
        document.texts,
        {**document.facets, "id": [name]},
        document.numbers,
        {**document.blobs, "post": name.encode()},
    )


# --- tiers ----------------------------------------------------------------------------------------------------


def test_commits_of_one_document_leave_few_segments(folder: Path) -> None:
    for count in range(1, 86):
        commit(folder, [make(str(count), text(f"a {count}"))])
        assert max(tiers(folder).values()) < 4
        assert sum(tiers(folder).values()) <= 3 * (1 + (count.bit_length() - 1) // 2)
    assert names(folder) == {str(number) for number in range(1, 86)}


def test_a_small_commit_leaves_a_large_segment_as_it_is(folder: Path) -> None:
    commit(folder, [make(f"large {number}") for number in range(64)])
    (large,) = segments(folder)
    for number in range(10):
        commit(folder, [make(f"small {number}")])
    assert large in segments(folder)


def test_a_few_deletions_rewrite_nothing(folder: Path) -> None:
    commit(folder, [make(str(number)) for number in range(10)])
    (name,) = segments(folder)
    commit(folder, [], [(name, number) for number in range(5)])
    assert list(segments(folder)) == [name]
    assert segments(folder)[name].deleted == {0, 1, 2, 3, 4}


def test_a_segment_that_is_mostly_deleted_is_written_anew(folder: Path) -> None:
    commit(folder, [make(str(number)) for number in range(10)])
    (name,) = segments(folder)
    commit(folder, [], [(name, number) for number in range(6)])
    ((new, segment),) = segments(folder).items()
    assert new != name
    assert (segment.size, segment.deleted) == (4, frozenset())
    assert names(folder) == {"6", "7", "8", "9"}


def test_a_segment_that_is_all_deleted_is_gone(folder: Path) -> None:
    commit(folder, [make("1"), make("2")])
    commit(folder, [make("3")])
    (both,) = [name for name, segment in segments(folder).items() if segment.size == 2]
    commit(folder, [], [(both, 0), (both, 1)])
    assert both not in segments(folder)
    assert names(folder) == {"3"}
    assert files(folder) == named_files(folder)


def test_deletions_add_up_over_commits_and_are_counted_once(folder: Path) -> None:
    commit(folder, [make(str(number)) for number in range(10)])
    (name,) = segments(folder)
    commit(folder, [], [(name, 1), (name, 1)])
    commit(folder, [], [(name, 1), (name, 2)])
    assert segments(folder)[name].deleted == {1, 2}
    assert names(folder) == {"0", *"3456789"}


def test_a_document_can_be_replaced_in_one_commit(folder: Path) -> None:
    commit(folder, [make("1", text("old")), make("2"), make("3")])
    place, _ = live(folder)["1"]
    commit(folder, [make("1", text("new"))], [place])
    assert live(folder)["1"][1]["words"].keys() == {"new"}


def test_a_segment_written_elsewhere_is_added(folder: Path) -> None:
    made = [make("1", text("a")), make("2", text("b"))]
    segment = SegmentRecord(new_segment_file(), len(made))
    write(folder / segment.file, made)
    writer = open_writer(folder)
    writer.add(make("3"))
    writer.add_segment(segment)
    writer.prepare()
    writer.commit()
    assert names(folder) == {"1", "2", "3"}
    assert files(folder) == named_files(folder)


def test_a_stored_post_is_found_only_while_live(folder: Path) -> None:
    commit(folder, [make(str(number)) for number in range(5)])
    place, _ = live(folder)["3"]
    assert StoredPosts(folder, records(folder)).find("3") == place
    commit(folder, [make("9")], [place])
    posts = StoredPosts(folder, records(folder))
    assert posts.find("3") is None
    assert posts.find("30") is None
    assert posts.find("9") == live(folder)["9"][0]


# --- commits --------------------------------------------------------------------------------------------------


def test_every_commit_is_the_next_generation(folder: Path) -> None:
    assert latest_generation(folder) == -1
    for generation in (1, 2, 3):
        writer = open_writer(folder)
        assert writer.next_generation == generation
        writer.prepare()
        writer.commit()
        assert latest_generation(folder) == read_toc(folder).generation == generation


def test_an_empty_commit_changes_no_segment(folder: Path) -> None:
    commit(folder, [make("1")])
    before = list(segments(folder))
    commit(folder, [])
    assert list(segments(folder)) == before


def test_files_of_merged_segments_and_old_tables_are_gone(folder: Path) -> None:
    for number in range(4):
        commit(folder, [make(str(number))])
    assert len(files(folder)) == 2
    assert files(folder) == named_files(folder)


def test_other_files_are_left_alone(folder: Path) -> None:
    (folder / "manifest-1.json").write_text("{}")
    for number in range(4):
        commit(folder, [make(str(number))])
    assert (folder / "manifest-1.json").exists()


def test_arrays_opened_before_a_merge_stay_readable(folder: Path) -> None:
    commit(folder, [make("1", text("a"))])
    (before,) = segments(folder).values()
    for number in range(2, 9):
        commit(folder, [make(str(number))])
    assert [reading["words"].keys() for reading in read(before)] == [{"a"}]


def test_nothing_takes_effect_without_a_commit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 1)
    commit(folder, [make("1"), make("2"), make("3")])
    table = (folder / "_MAIN_1.toc").read_bytes()
    place, _ = live(folder)["1"]
    writer = open_writer(folder)
    writer.delete(*place)
    before = files(folder)
    writer.add(make("4", text("a", "中")))
    assert len(files(folder)) == len(before) + 1, "it is written at once"
    for prepare in (lambda: None, writer.prepare):
        prepare()
        assert (folder / "_MAIN_1.toc").read_bytes() == table
        assert latest_generation(folder) == 1
        assert names(folder) == {"1", "2", "3"}
    writer.commit()
    assert names(folder) == {"2", "3", "4"}


def test_what_is_prepared_is_what_the_commit_holds(folder: Path) -> None:
    for number in range(40):
        writer = open_writer(folder)
        if number % 3 == 2:
            writer.delete(*live(folder)[str(number - 2)][0])
        writer.add(make(str(number), text("a", "中国")))
        prepared = writer.prepare()
        assert all((folder / record.file).exists() for record in prepared)
        writer.commit()
        assert prepared == records(folder)
        held = {record.file: (record.size, record.deleted) for record in prepared}
        assert held == {name: (s.size, sorted(s.deleted)) for name, s in segments(folder).items()}


def test_merges_are_done_by_what_prepare_is_given(folder: Path) -> None:
    for number in range(3):
        commit(folder, [make(str(number))])
    writer = open_writer(folder)
    writer.add(make("3"))
    asked: list[list[int]] = []

    def run(function: Callable[[Any], Any], arguments: Iterable[Any]) -> Iterator[Any]:
        groups = list(arguments)
        asked.extend([segment.live_count for segment in group] for group in groups)
        return map(function, groups)

    assert [record.size for record in writer.prepare(run)] == [4]
    writer.commit()
    assert asked == [[1, 1, 1, 1]]
    assert names(folder) == {"0", "1", "2", "3"}


def failing_to_write(folder: Path) -> None:
    place, _ = live(folder)["1"]
    commit(folder, [make("4"), UNWRITABLE], [place])


def failing_to_merge(folder: Path) -> None:
    (name,) = segments(folder)
    segment = SegmentRecord(new_segment_file(), 1)
    (folder / segment.file).write_bytes(b"")
    writer = open_writer(folder)
    writer.add(make("4"))
    writer.delete(name, 0)
    for added in (segment, *(SegmentRecord(new_segment_file(), 1) for _ in range(3))):
        writer.add_segment(added)
    writer.prepare()
    writer.commit()


@pytest.mark.parametrize(
    ("fail", "error"),
    [(failing_to_write, UnicodeEncodeError), (failing_to_merge, DamagedIndexError)],
    ids=["while it writes its segment", "while it merges"],
)
def test_a_commit_that_fails_changes_nothing(folder: Path, fail: object, error: type[Exception]) -> None:
    commit(folder, [make("1"), make("2"), make("3")])
    before = live(folder)
    with pytest.raises(error):
        fail(folder)  # type: ignore[operator]
    assert latest_generation(folder) == 1
    assert live(folder) == before


@pytest.mark.parametrize("fail", [failing_to_write, failing_to_merge])
def test_the_commit_after_a_failed_one_works_and_cleans_up(folder: Path, fail: object) -> None:
    commit(folder, [make("1"), make("2"), make("3")])
    with pytest.raises((UnicodeEncodeError, DamagedIndexError)):
        fail(folder)  # type: ignore[operator]
    place, _ = live(folder)["2"]
    commit(folder, [make("5")], [place])
    assert names(folder) == {"1", "3", "5"}
    assert latest_generation(folder) == 2
    assert files(folder) == named_files(folder)


def test_a_damaged_segment_stops_the_merge_that_needs_it(folder: Path) -> None:
    for number in range(3):
        commit(folder, [make(str(number))])
    damaged = folder / records(folder)[0].file
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(DamagedIndexError, match=damaged.name):
        commit(folder, [make("3")])
    assert latest_generation(folder) == 3
