"""An index that somebody else made: nothing in its files is run, and what this program did not write is refused."""

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC

from index.files.checked_json import read_json, replace_json
from index.segments.record import INDEX_NAME
from index.store.directory import data_folder, latest_generation, toc_file
from index.whoosh.codec import ArraySegment
from index.whoosh.schema import make_schema
from searcher.cli import main
from tests.conftest import WritePost


class Attack:
    """Makes a folder when it is unpickled."""

    def __init__(self, made: Path) -> None:
        self._made = str(made)

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (self._made,)


def in_schema(attack: Attack, segments: list[ArraySegment], generation: int) -> TOC:
    schema = make_schema()
    schema.attack = attack
    return TOC(schema, segments, generation)


def in_segments(attack: Attack, segments: list[ArraySegment], generation: int) -> TOC:
    return TOC(make_schema(), [*segments, attack], generation)


@pytest.mark.parametrize("place", [in_schema, in_segments])
@pytest.mark.parametrize("is_forged", [True, False], ids=["its checksum too", "its checksum not"])
def test_a_pickle_in_the_table_of_contents_is_never_run(
    archive: Path,
    location: Path,
    write_post: WritePost,
    tmp_path: Path,
    place: Callable[[Attack, list[ArraySegment], int], TOC],
    is_forged: bool,
) -> None:
    def run(command: str, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, [command, *arguments, "--index", str(location)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    write_post(body="一个词")
    assert run("index", str(archive))[0] == 0
    made = tmp_path / "made"
    content = attacked(location, Attack(made), place, is_forged)

    TOC.read(FileStorage(str(data_folder(location))), INDEX_NAME)
    made.rmdir()  # Whoosh has run it

    write_post("2025-05-09/b.md", url="https://weibo.com/9900000001/PqANdwQt3")
    for command, arguments in (("index", ()), ("check", ())):
        status, told = run(command, *arguments)
        assert status == 3
        assert f"_{INDEX_NAME}_1.toc" in told
        assert ("was not written by this program" if is_forged else "have changed") in told
    assert "一个词" in run("search", '"一个词"')[1]
    assert CliRunner().invoke(main, ["copy", str(location), str(tmp_path / "copy")]).exit_code == 0
    assert not made.exists()

    assert run("index", "--rebuild")[0] == 0
    assert content not in [path.read_bytes() for path in location.glob("data-*/*.toc")]
    assert not made.exists()


def attacked(location: Path, attack: Attack, place: Callable[..., TOC], is_forged: bool) -> bytes:
    """Put `attack` into the table of contents of the index at `location`, and return what that is now."""
    data = data_folder(location)
    generation = latest_generation(data)
    manifest = data / f"manifest-{generation}.json"
    record = read_json(manifest)
    segments = TOC.read(FileStorage(str(data)), INDEX_NAME).segments
    storage = RamStorage()
    place(attack, segments, generation).write(storage, INDEX_NAME)
    (name,) = storage.list()
    with storage.open_file(name) as stream:
        content = bytes(stream.read())
    toc_file(data, generation).write_bytes(content)
    if is_forged:
        replace_json(manifest, {**record, "toc": zlib.crc32(content)})
    return content
