"""The catalog of files: whatever changes, its layers say what is known now, and little else is written."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import DamagedIndexError
from index.files.checked_json import read_json
from index.store.catalog_layers import MAX_LAYERS, FileCatalog, Layer, read_catalog, write_catalog
from index.updates.file_catalog import Changes, FileRecord, Files

PATHS = [f"{number}.md" for number in range(12)]
records = st.builds(
    FileRecord,
    st.integers(0, 9),
    st.integers(0, 2**62),
    st.integers(0, 2**62),
    st.integers(0, 2**64 - 1),
    st.just("d"),
    st.sampled_from(["", "p1", "p2"]),
    is_settled=st.booleans(),
)
edits = st.dictionaries(st.sampled_from(PATHS), records | st.none(), max_size=4)
histories = st.lists(st.dictionaries(st.sampled_from(["/one", "/two"]), edits, max_size=2), max_size=25)


def edited(files: Files, by_archive: dict[str, dict[str, FileRecord | None]]) -> Files:
    """Return `files` with some records put in or taken out, and all others the same objects."""
    after = {archive: dict(known) for archive, known in files.items()}
    for archive, changes in by_archive.items():
        known = after.setdefault(archive, {})
        for path, record in changes.items():
            if record:
                known[path] = record
            else:
                known.pop(path, None)
    return after


def write(data: Path, before: FileCatalog, files: Files) -> FileCatalog:
    """Write `files` by what of them differs from those `before`."""
    changes: Changes = {}
    for archive in before.files | files:
        known, now = before.files.get(archive, {}), files.get(archive, {})
        changes[archive] = {path: now.get(path) for path in known | now if known.get(path) != now.get(path)}
    return write_catalog(data, before, files, changes)


def saves_in(files: Files) -> int:
    return sum(record.post != "" for known in files.values() for record in known.values())


@settings(deadline=None, max_examples=150)
@given(history=histories)
def test_the_layers_say_what_is_known(tmp_path_factory: pytest.TempPathFactory, history: list[Files]) -> None:
    data = tmp_path_factory.mktemp("catalog")
    catalog = FileCatalog()
    for changes in history:
        files = edited(catalog.files, changes)
        before, catalog = catalog, write(data, catalog, files)
        assert catalog.files == files
        assert catalog.saves == saves_in(files)
        assert len(catalog.layers) <= MAX_LAYERS
        assert (catalog.layers == before.layers) == (files == before.files) or files == before.files
        assert read_catalog(data, catalog.layers, catalog.saves) == catalog


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    files = {"/one": {f"{number}.md": FileRecord(1, number, 3, 4, "d", f"p{number}") for number in range(100)}}
    first = write(tmp_path, FileCatalog(), files)
    assert first.layers == (Layer("files-1.json", 100),)
    after = edited(
        files, {"/one": {"7.md": files["/one"]["7.md"]._replace(size=2), "8.md": None, "new.md": files["/one"]["9.md"]}}
    )
    second = write(tmp_path, first, after)
    assert second.layers == (*first.layers, Layer("files-2.json", 3))
    assert read_json(tmp_path / "files-2.json") == {
        "/one": {"7.md": [2, 7, 3, 4, "d", "p7", "", True], "new.md": [1, 9, 3, 4, "d", "p9", "", True], "8.md": None}
    }
    assert write(tmp_path, second, {"/one": dict(after["/one"])}) is second


def test_many_layers_become_one(tmp_path: Path) -> None:
    files = {"/one": {f"{number}.md": FileRecord(1, number, 3, 4, "d", "p") for number in range(1000)}}
    catalog = write(tmp_path, FileCatalog(), files)
    counts = []
    for number in range(2 * MAX_LAYERS):
        files = edited(files, {"/one": {f"{number}.md": FileRecord(2, number, 3, 4, "d", "p")}})
        catalog = write(tmp_path, catalog, files)
        counts.append(len(catalog.layers))
    assert counts == [*range(2, MAX_LAYERS + 1), *range(1, MAX_LAYERS + 1), 1][: 2 * MAX_LAYERS]
    assert read_catalog(tmp_path, catalog.layers, catalog.saves) == catalog
    # Half of all at once is no layer of its own either.
    files = edited(files, {"/one": dict.fromkeys([f"{number}.md" for number in range(500)])})
    assert [layer.rows for layer in write(tmp_path, catalog, files).layers] == [500]


@pytest.mark.parametrize("content", ["", "[]", '{"/one": []}', '{"/one": {"a.md": [1]}}', '{"/one": {"a.md": null}}'])
def test_a_layer_that_is_none_is_damage(tmp_path: Path, content: str) -> None:
    data = tmp_path / "data-1"
    data.mkdir()
    (data / "files-1.json").write_text(content)
    with pytest.raises(DamagedIndexError, match=r"files-1\.json can't be read .*--rebuild"):
        read_catalog(data, [Layer("files-1.json", 1)], 0)
