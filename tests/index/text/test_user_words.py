"""The file of user words: its content, refused lines, and the index that is made with them."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import update
from index.errors import OutdatedIndexError, UserWordsError
from index.files.checked_json import read_json
from index.text.user_words import UserWords, read_words, user_words_file, write_words
from searcher import open_searcher
from tests.conftest import WritePost


@pytest.fixture
def words_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of the user words, where no file is yet."""
    path = tmp_path / "my words.txt"
    monkeypatch.setenv("SEARCHER_WORDS", str(path))
    return path


@pytest.mark.parametrize(
    ("content", "known", "synonyms"),
    [
        pytest.param("", (), (), id="an empty file"),
        pytest.param("# 大模型\n\n  \n\t# x = y = \n", (), (), id="comments and blank lines"),
        pytest.param("具身智能\n  世界模型\t\r\n具身智能", ("具身智能", "世界模型"), (), id="words to know"),
        pytest.param("大模型 = LLM=大语言模型", (), (("大模型", "llm", "大语言模型"),), id="words that mean the same"),
        pytest.param("量化 ＝ ＱＵＡＮＴ", (), (("量化", "quant"),), id="full width"),
        pytest.param("強化學習\n繁體 = 正體", ("强化学习",), (("繁体", "正体"),), id="traditional"),
        pytest.param(
            "large  language model = C++ = GPT-4o模型",
            (),
            (("large language model", "c++", "gpt-4o模型"),),
            id="several words, and mixed ones",
        ),
        pytest.param("\ufeff具身", ("具身",), (), id="a byte order mark"),
        pytest.param("一" * 20, ("一" * 20,), (), id="the longest word to know"),
        pytest.param(f"{'a' * 40} = b", (), (("a" * 40, "b"),), id="the longest word that means the same"),
        pytest.param("a=b=c=d=e=f=g=h=i", (), (tuple("abcdefghi"),), id="the longest line"),
    ],
)
def test_what_a_file_says(words_file: Path, content: str, known: tuple[str, ...], synonyms: tuple[object, ...]) -> None:
    words_file.write_text(content, encoding="utf-8")
    assert read_words(words_file) == UserWords(frozenset(known), synonyms)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        pytest.param("具", 1, "no word of 2 to 20 Chinese characters", id="one character"),
        pytest.param("# a\n" + "一" * 21, 2, "no word of 2 to 20 Chinese characters", id="too many characters"),
        pytest.param("LLM", 1, "with = between them", id="Latin alone"),
        pytest.param("具身 智能", 1, "no word", id="two words on a line"),
        pytest.param("二〇二五", 1, "no word", id="a character that jieba doesn't know"),
        pytest.param("具身智能 3 n", 1, "no word", id="as jieba's own files are"),
        pytest.param("a = ", 1, "has '' beside a =: write words", id="nothing beside a ="),
        pytest.param("\n\n=", 3, "has '' beside", id="a = alone"),
        pytest.param("a = b!", 1, "has 'b!' beside", id="a mark in a word"),
        pytest.param(f"a = {'b' * 41}", 1, "up to 40", id="a long word"),
        pytest.param("LLM = llm", 1, "has 'llm', which stands in line 1 too", id="one word twice"),
        pytest.param("a = b\nc = d\nB = e", 3, "has 'b', which stands in line 1 too", id="one word in two lines"),
        pytest.param("=".join("abcdefghij"), 1, "write at most 9", id="too many words"),
    ],
)
def test_a_line_without_meaning_is_named(words_file: Path, content: str, line: int, said: str) -> None:
    words_file.write_text(content, encoding="utf-8")
    with pytest.raises(UserWordsError) as raised:
        read_words(words_file)
    assert raised.value.code == "words"
    message = str(raised.value)
    assert message.startswith(f"Line {line} of your words in {words_file}, ")
    assert said in message
    assert message.endswith(".")


def test_what_is_no_text_is_named(words_file: Path) -> None:
    words_file.write_bytes("具身\n智能\n".encode() + "具身".encode("gb18030"))
    with pytest.raises(UserWordsError, match=r"^Line 3 of your words .* is not in UTF-8: save the file as UTF-8\.$"):
        read_words(words_file)
    words_file.unlink()
    words_file.mkdir()
    with pytest.raises(UserWordsError, match=r"my words\.txt can't be opened: .*\.$"):
        read_words(words_file)


def test_no_file_is_no_words(words_file: Path) -> None:
    assert read_words(words_file) == read_words(words_file / "below no folder") == UserWords()
    assert UserWords().fingerprint == "none"


LINES = st.lists(
    st.lists(st.text("具身智能大模型的aGT4-+ ＝=#!〇\u3000\ufeffé", max_size=6), max_size=3).map(" = ".join), max_size=5
).map("\n".join)


@settings(deadline=None, max_examples=300)
@given(content=st.binary(max_size=40) | LINES.map(str.encode) | st.text().map(str.encode))
def test_any_file_has_words_that_survive_writing_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any words.txt"
    path.write_bytes(content)
    try:
        words = read_words(path)
    except UserWordsError:
        return
    write_words(path, words)
    again = read_words(path)
    assert (again.dictionary, set(again.synonyms)) == (words.dictionary, set(words.synonyms))
    assert again.fingerprint == words.fingerprint
    assert (words.fingerprint == "none") == (words == UserWords())


@pytest.mark.parametrize(
    ("platform", "variable", "ending"),
    [
        ("linux", "XDG_CONFIG_HOME", "base/searcher/words.txt"),
        ("linux", "", "home/.config/searcher/words.txt"),
        ("linux", "XDG_CONFIG_HOME=", "home/.config/searcher/words.txt"),
        ("darwin", "", "home/Library/Application Support/searcher/words.txt"),
        ("win32", "APPDATA", "base/searcher/words.txt"),
        ("win32", "", "home/AppData/Roaming/searcher/words.txt"),
    ],
)
def test_words_lie_in_the_platforms_folder_for_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, ending: str
) -> None:
    for name in ("SEARCHER_WORDS", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "platform", platform)
    if variable:
        monkeypatch.setenv(variable.rstrip("="), "" if variable.endswith("=") else str(tmp_path / "base"))
    assert user_words_file() == tmp_path / ending


# --- the index and its words ---------------------------------------------------------------------------------


def test_other_words_outdate_an_index_until_it_is_rebuilt(
    words_file: Path, location: Path, archive: Path, write_post: WritePost
) -> None:
    write_post(body="具身智能")
    update(location, [archive])
    for content in ("具身智能\n", "世界模型", "大模型 = LLM", None):
        if content:
            words_file.write_text(content, encoding="utf-8")
        else:
            words_file.unlink()
        for attempt in (lambda: open_searcher(location), lambda: update(location)):
            with pytest.raises(OutdatedIndexError, match=r"words was \w+ and is \w+\): run .* --rebuild`\.$"):
                attempt()
        assert update(location, rebuild=True).rebuilt
        assert update(location).unchanged
        with open_searcher(location) as searcher:
            assert searcher.search("具身智能").total == 1


def test_what_says_the_same_keeps_the_index(
    words_file: Path, location: Path, archive: Path, write_post: WritePost
) -> None:
    write_post(body="具身智能")
    words_file.write_text("具身智能\n世界模型\n大模型 = LLM\n", encoding="utf-8")
    update(location, [archive])
    words_file.write_text("# words\n大模型=llm\n世界模型\n\n具身智能", encoding="utf-8")
    assert update(location).unchanged


def test_a_broken_words_file_leaves_the_index_as_it_is(
    words_file: Path, location: Path, archive: Path, write_post: WritePost
) -> None:
    write_post(body="具身智能")
    words_file.write_text("具身智能", encoding="utf-8")
    update(location, [archive])
    (manifest,) = location.glob("data-*/manifest-*.json")
    before = manifest.read_bytes()
    words_file.write_text("具身智能\nLLM", encoding="utf-8")
    for attempt in (
        lambda: open_searcher(location),
        lambda: update(location),
        lambda: update(location, [archive], rebuild=True),
    ):
        with pytest.raises(UserWordsError, match="Line 2"):
            attempt()
    assert manifest.read_bytes() == before
    words_file.write_text("具身智能", encoding="utf-8")
    write_post("b.md", url="https://b.example/", body="又一篇具身智能")
    assert update(location).added.count == 1
    record = read_json(max(location.glob("data-*/manifest-*.json")))
    assert record["fingerprint"]["words"] == read_words(words_file).fingerprint
