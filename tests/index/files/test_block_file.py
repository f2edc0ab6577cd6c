"""A file of blocks gives back what was written, or says that it is damaged."""

import struct
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from index.errors import DamagedIndexError
from index.files.block_file import MAGIC, BlockFile, BlockWriter

KINDS = ["u1", "<u2", "<u4", "<u8", "<i8", "<f4", "<f8", ">u4", ">i8"]
numbers = st.sampled_from(KINDS).flatmap(
    lambda kind: arrays.arrays(kind, st.integers(0, 9), elements=arrays.from_dtype(np.dtype(kind), allow_nan=False))
)
contents = st.dictionaries(st.text(max_size=5), numbers | st.binary(max_size=20), max_size=6)


def write(path: Path, content: dict[str, NDArray[np.generic] | bytes]) -> BlockFile:
    with path.open("wb") as stream:
        writer = BlockWriter(stream)
        for name, block in content.items():
            writer.add(name, block)
        writer.close()
    return BlockFile(path)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Give a file of three blocks, of which one is padded and one is empty."""
    path = tmp_path / "small"
    write(path, {"a": b"odd", "none": b"", "b": np.array([1, 2**63], np.uint64)})
    return path


@settings(deadline=None, max_examples=200)
@given(contents)
def test_what_was_written_is_read(content: dict[str, NDArray[np.generic] | bytes]) -> None:
    with TemporaryDirectory() as folder:
        file = write(Path(folder, "blocks"), content)
    assert file.names() == list(content)
    assert file.check() == []
    for name, block in content.items():
        assert name in file
        if isinstance(block, bytes):
            assert bytes(file.bytes(name)) == block
            assert file.array(name).dtype == np.uint8
        else:
            assert file.array(name).dtype == block.dtype.newbyteorder("<")
            assert file.array(name).tolist() == block.tolist()


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(st.integers(0, 255), max_size=5), max_size=5))
def test_pieces_make_one_block_of_its_own_dtype(pieces: list[list[int]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "blocks")
        with path.open("wb") as stream:
            writer = BlockWriter(stream)
            with writer.open("pieces", np.uint16) as append:
                for piece in pieces:
                    append(np.array(piece, np.int64))
            writer.close()
        file = BlockFile(path)
    assert file.array("pieces").dtype == "<u2"
    assert file.array("pieces").tolist() == [number for piece in pieces for number in piece]
    assert file.check() == []


@settings(deadline=None, max_examples=100)
@given(contents)
def test_every_block_begins_at_a_multiple_of_8(content: dict[str, NDArray[np.generic] | bytes]) -> None:
    with TemporaryDirectory() as folder:
        file = write(Path(folder, "blocks"), content)
    start = np.frombuffer(file._map, np.uint8).ctypes.data
    assert [(file.array(name).ctypes.data - start) % 8 for name in file.names() if len(file.array(name))] == [
        0 for name in file.names() if len(file.array(name))
    ]
    assert all(file.array(name).flags.aligned for name in file.names())


def test_an_array_cannot_be_written_to(small: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        BlockFile(small).array("b")[0] = 3


def test_an_array_outlives_the_file_it_came_from(small: Path) -> None:
    array = BlockFile(small).array("b")
    small.unlink()
    assert array.tolist() == [1, 2**63]


def test_an_unknown_block_is_not_there(small: Path) -> None:
    file = BlockFile(small)
    assert "c" not in file
    with pytest.raises(DamagedIndexError, match="no c"):
        file.array("c")


def test_a_block_whose_writing_failed_is_not_named(tmp_path: Path) -> None:
    with (tmp_path / "blocks").open("wb") as stream:
        writer = BlockWriter(stream)
        with pytest.raises(ValueError, match="no number"):
            write_half(writer)
        writer.add("whole", b"all of it")
        writer.close()
    file = BlockFile(tmp_path / "blocks")
    assert file.names() == ["whole"]
    assert bytes(file.bytes("whole")) == b"all of it"


def write_half(writer: BlockWriter) -> None:
    with writer.open("failed", "u1") as append:
        append(np.array([1]))
        append(np.array(["no number"]))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"ARRSEG02", b"PK\x03\x04" + bytes(100), b"# A post\n" * 50, bytes(100), b"ARRSEG01" + bytes(100)],
    ids=["empty", "a byte", "only the beginning", "a zip", "a text", "zeros", "another version"],
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(DamagedIndexError, match="foreign"):
        BlockFile(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedIndexError, match="it is gone"):
        BlockFile(tmp_path / "missing")


def test_a_file_cut_at_any_byte_is_refused(small: Path) -> None:
    whole = small.read_bytes()
    for length in range(len(whole)):
        small.write_bytes(whole[:length])
        with pytest.raises(DamagedIndexError):
            BlockFile(small)


def test_a_file_with_more_behind_it_is_refused(small: Path) -> None:
    small.write_bytes(small.read_bytes() + b"\0")
    with pytest.raises(DamagedIndexError):
        BlockFile(small)


def test_every_flipped_bit_is_found(small: Path) -> None:
    whole = small.read_bytes()
    missed = [(at, bit) for at in range(len(whole)) for bit in range(8) if not is_found(small, whole, at, 1 << bit)]
    assert missed == []


def test_every_inverted_byte_is_found(small: Path) -> None:
    whole = small.read_bytes()
    assert [at for at in range(len(whole)) if not is_found(small, whole, at, 0xFF)] == []


def is_found(path: Path, whole: bytes, at: int, change: int) -> bool:
    """Tell whether the file of bytes `whole` is known to be damaged when the byte `at` has changed."""
    path.write_bytes(whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :])
    try:
        return bool(BlockFile(path).check())
    except DamagedIndexError:
        return True


@pytest.mark.parametrize(
    "directory",
    [
        b"",
        b"[1]",
        b"\xff",
        b"[" * 100_000,
        b'{"a": 1}',
        b'{"a": [8, 8, 0]}',
        b'{"a": [8, 8, 0, "no type"]}',
        b'{"a": [8, 8, 0, "O"]}',
        b'{"a": [8, 8.0, 0, "<u8"]}',
        b'{"a": [8, 7, 0, "<u8"]}',
        b'{"a": [0, 8, 0, "<u8"]}',
        b'{"a": [8, 16, 0, "<u8"]}',
        b'{"a": [16, -8, 0, "<u8"]}',
    ],
    ids=lambda directory: repr(directory[:24]),
)
def test_a_directory_that_this_program_did_not_write_is_refused(tmp_path: Path, directory: bytes) -> None:
    path = tmp_path / "blocks"
    footer = struct.pack("<II8s", len(directory), zlib.crc32(directory), MAGIC)
    path.write_bytes(MAGIC + bytes(8) + directory + footer)
    with pytest.raises(DamagedIndexError, match="directory"):
        BlockFile(path)
