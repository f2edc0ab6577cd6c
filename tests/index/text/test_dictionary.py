"""The mapped dictionary: it cuts every run of Han as jieba does, with no dictionary to load."""

import gc
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import DamagedIndexError
from index.files.block_file import BlockFile
from index.text.segmenter import DictionarySegmenter, write_dictionary
from tests.conftest import EXAMPLES, NO_REAL_ARCHIVE, REAL_ARCHIVE
from tests.index.text.conftest import Jieba

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAN_RUNS = re.compile(f"[{HAN}]+")
WHOLE = "中华人民共和国中央人民政府驻香港特别行政区联络办公室"


@pytest.fixture(scope="module")
def known(jieba: Jieba) -> list[str]:
    """Give the words of the dictionary that are all Han."""
    return [word for word, frequency in jieba.FREQ.items() if frequency and HAN_RUNS.fullmatch(word)]


def cuts(segmenter: DictionarySegmenter, run: str) -> tuple[list[str], list[str]]:
    return segmenter.cut(run), segmenter.cut_for_search(run)


def cuts_of_jieba(jieba: Jieba, run: str) -> tuple[list[str], list[str]]:
    return jieba.lcut(run, HMM=False), jieba.lcut_for_search(run, HMM=False)


def cuts_of_rjieba(run: str) -> tuple[list[str], list[str]]:
    return list(compiled_jieba().cut(run, False)), list(compiled_jieba().cut_for_search(run, False))


compiled_jieba = cache(rjieba.Jieba)


def runs_of(archive: Path) -> list[str]:
    """Return the different runs of Han of all files of an archive, metadata and HTML included."""
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in archive.rglob("*.md"))
    return sorted({run for text in texts for run in HAN_RUNS.findall(text)})


def assert_cut_alike(segmenter: DictionarySegmenter, jieba: Jieba, runs: list[str]) -> None:
    ours = {run: cuts(segmenter, run) for run in runs}
    assert ours == {run: cuts_of_jieba(jieba, run) for run in runs}
    # What the index was made with. But for ties, which no text here has: test_analyzer holds it to jieba.
    assert ours == {run: cuts_of_rjieba(run) for run in runs}


@pytest.mark.parametrize(
    "run",
    [
        pytest.param("", id="nothing"),
        pytest.param("的", id="a word of one character"),
        pytest.param("撙", id="no word, but words begin with it"),
        pytest.param("撙节", id="a word whose first character is none"),
        pytest.param("撙一撙节撙", id="a word whose first character is none, and that character alone"),
        pytest.param("\u4e00\u9fa5\u9fa6\u9fd5", id="the ends of what jieba looks up"),
        pytest.param("\u9fd5\u9fd6\u9fff\u4dbf", id="beyond what jieba looks up"),
        pytest.param("鿕鿕", id="the last character, which begins no word"),
        pytest.param("\u9fd6", id="one character beyond what jieba looks up"),
        pytest.param("二〇二五年", id="a zero parts a number"),
        pytest.param("中国〇〇中国", id="two words of their own"),
        pytest.param("㐀中国㐀", id="Extension A"),
        pytest.param("\U00020000中国\U00020000\U00030000人", id="supplementary planes"),
        pytest.param("\uf900中\uf900国\ufaff", id="compatibility ideographs"),
        pytest.param("一一一", id="a tie of three"),
        pytest.param("一" * 101, id="ties, where the compiled jieba rounds otherwise"),
        pytest.param("一一二一一〇一一一", id="ties in two blocks"),
        pytest.param("十十百百千千万万", id="numbers"),
        pytest.param("哈哈哈哈哈哈哈", id="repeated"),
        pytest.param("人工智能大语言模型量化", id="a usual run"),
        pytest.param("乒乓球拍卖完了", id="ambiguous: a bat or an auction"),
        pytest.param("南京市长江大桥", id="ambiguous: a bridge or a mayor"),
        pytest.param("研究生命起源", id="ambiguous: research or a student"),
        pytest.param("結合成分子時", id="traditional"),
        pytest.param("中国人民解放军总后勤部中国人民", id="a long word, and its beginning at the end"),
        pytest.param("一" * 4000 + "中国" * 4000 + "撙" * 4000 + "鿖一" * 2000, id="thousands of characters"),
    ],
)
def test_a_run_is_cut_as_jieba_cuts_it(segmenter: DictionarySegmenter, jieba: Jieba, run: str) -> None:
    assert cuts(segmenter, run) == cuts_of_jieba(jieba, run)
    assert "".join(segmenter.cut(run)) == run


@pytest.mark.parametrize("end", range(1, len(WHOLE) + 1))
def test_a_run_may_end_within_a_word(segmenter: DictionarySegmenter, jieba: Jieba, end: int) -> None:
    for start in range(end):
        assert cuts(segmenter, WHOLE[start:end]) == cuts_of_jieba(jieba, WHOLE[start:end])


def test_a_long_word_is_followed_through_its_parts(segmenter: DictionarySegmenter) -> None:
    assert segmenter.cut("人工智能") == ["人工智能"]
    assert segmenter.cut_for_search("人工智能") == ["人工", "智能", "人工智能"]
    assert segmenter.cut_for_search("中国") == ["中国"]


@pytest.mark.thorough
def test_every_character_that_jieba_may_look_up_is_cut_alike(segmenter: DictionarySegmenter, jieba: Jieba) -> None:
    blocks = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, 0x20100)]
    assert_cut_alike(segmenter, jieba, ["\u3007", *map(chr, blocks)])
    assert_cut_alike(segmenter, jieba, [chr(point) + "一" + chr(point) for point in range(0x4E00, 0xA000)])


@pytest.mark.thorough
def test_words_of_the_dictionary_are_cut_alike(segmenter: DictionarySegmenter, jieba: Jieba, known: list[str]) -> None:
    long = [word for word in known if len(word) >= 5]
    assert len(long) > 5000
    assert_cut_alike(segmenter, jieba, long + known[::50])


@pytest.mark.thorough
@pytest.mark.parametrize(("archive", "fewest"), [(EXAMPLES, 500), (REAL_ARCHIVE, 5000)], ids=["examples", "real"])
def test_runs_of_an_archive_are_cut_alike(
    segmenter: DictionarySegmenter, jieba: Jieba, archive: Path, fewest: int
) -> None:
    if not archive.is_dir():
        pytest.skip(NO_REAL_ARCHIVE)
    runs = runs_of(archive)
    runs = runs[:: max(1, len(runs) // 10_000)]
    assert len(runs) > fewest
    assert_cut_alike(segmenter, jieba, runs)


CHARACTERS = st.one_of(
    st.sampled_from("〇鿕鿖撙的一"),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5),
    st.characters(min_codepoint=0x3400, max_codepoint=0x3FFFF, categories=("Lo", "Nl")).filter(HAN_RUNS.fullmatch),
)


@settings(deadline=None, max_examples=500)
@given(pieces=st.lists(st.one_of(st.integers(0, 300_000), CHARACTERS), min_size=1))
def test_any_run_is_cut_as_jieba_cuts_it(
    segmenter: DictionarySegmenter, jieba: Jieba, known: list[str], pieces: list[int | str]
) -> None:
    run = "".join(known[piece] if isinstance(piece, int) else piece for piece in pieces)
    assert cuts(segmenter, run) == cuts_of_jieba(jieba, run)


@settings(deadline=None, max_examples=500)
@given(run=st.text("一二十百哈〇", min_size=1))
def test_ties_are_decided_as_jieba_decides_them(segmenter: DictionarySegmenter, jieba: Jieba, run: str) -> None:
    assert cuts(segmenter, run) == cuts_of_jieba(jieba, run)


def test_the_cache_is_bounded(written: Path, jieba: Jieba, known: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.text.segmenter._CACHED_PAIRS", 8)
    segmenter = DictionarySegmenter(written)
    run = "".join(known[::5000])
    assert cuts(segmenter, run) == cuts_of_jieba(jieba, run)
    assert 0 < segmenter._beginning.cache_info().currsize <= 8


def test_a_dropped_segmenter_leaves_no_file_mapped(tmp_path: Path, written: Path) -> None:
    (tmp_path / "dropped").write_bytes(written.read_bytes())
    segmenter = DictionarySegmenter(tmp_path / "dropped")
    gc.collect()
    gc.disable()
    try:
        assert segmenter.cut("人工智能模型") == ["人工智能", "模型"]
        del segmenter
        assert str(tmp_path / "dropped") not in Path("/proc/self/maps").read_text(encoding="utf-8")
    finally:
        gc.enable()


def test_threads_share_a_segmenter(
    written: Path, segmenter: DictionarySegmenter, known: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = ["".join(known[start::20000]) for start in range(100)]
    expected = [cuts(segmenter, run) for run in runs]
    monkeypatch.setattr("index.text.segmenter._CACHED_PAIRS", 64)
    shared = DictionarySegmenter(written)
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda run: cuts(shared, run), runs * 4)
        assert list(found) == expected * 4


def test_the_file_is_whole_and_always_the_same(written: Path, tmp_path: Path) -> None:
    assert BlockFile(written).check() == []
    write_dictionary(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == written.read_bytes()


def test_neither_writing_nor_cutting_loads_jieba(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from index.text.segmenter import *; path = pathlib.Path(sys.argv[1]);"
        "write_dictionary(path); print(DictionarySegmenter(path).cut('人工智能模型'),"
        " {'jieba', 'rjieba'} & set(sys.modules))"
    )
    command = [sys.executable, "-X", "utf8", "-c", code, str(tmp_path / "dictionary")]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    assert done.stdout == "['人工智能', '模型'] set()\n"


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedIndexError, match="it is gone"):
        DictionarySegmenter(tmp_path / "dictionary")


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param(0, 0, id="emptied"),
        pytest.param(0, 1000, id="cut off early"),
        pytest.param(0, -1, id="cut off by a byte"),
        pytest.param(1, None, id="without its beginning"),
    ],
)
def test_a_file_that_is_not_whole_is_damage(written: Path, tmp_path: Path, start: int, stop: int | None) -> None:
    (tmp_path / "dictionary").write_bytes(written.read_bytes()[start:stop])
    with pytest.raises(DamagedIndexError):
        DictionarySegmenter(tmp_path / "dictionary")


def test_a_changed_byte_is_found_by_the_checksums(written: Path, tmp_path: Path) -> None:
    content = bytearray(written.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "dictionary").write_bytes(content)
    assert len(BlockFile(tmp_path / "dictionary").check()) == 1
