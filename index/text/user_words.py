"""The user's own words: a text file of words that jieba is to know, and of words that mean the same.

    # a comment
    具身智能
    大模型 = LLM = 大语言模型

Each index keeps a copy of what the file said when it was made, by which its texts and its queries are cut.
"""

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.errors import UserWordsError
from index.files.durable import synced_file
from index.text.dictionary import LOOKED_UP
from index.text.folding import fold
from index.text.tokenizer import has_only_words

# Characters of a word that jieba is to know, and of one that means the same as others.
_LONGEST_KNOWN = 20
_LONGEST_ALIKE = 40
# Words of a line that mean the same: a query is asked again for each of the others.
MAX_SYNONYMS = 9
# Characters of a line that an error shows.
_SHOWN = 60
_KNOWN = re.compile(f"{LOOKED_UP}{{2,{_LONGEST_KNOWN}}}")
NONE = "none"


@dataclass(frozen=True)
class UserWords:
    """Is what a file of the user's own words says, folded: words to know, and groups of words that mean the same."""

    dictionary: frozenset[str] = frozenset()
    synonyms: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def text(self) -> str:
        """Return the content of a file that says the same, whatever its order of lines and its comments were."""
        return "".join(f"{line}\n" for line in (*sorted(self.dictionary), *sorted(map(" = ".join, self.synonyms))))

    @property
    def fingerprint(self) -> str:
        """Return a hash of what is said, or NONE if that is nothing."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16] if self.text else NONE


def user_words_file() -> Path:
    """Return where the user keeps words: where SEARCHER_WORDS says, or in the platform's folder for settings."""
    return Path(os.environ.get("SEARCHER_WORDS") or settings_folder() / "words.txt")


def settings_folder() -> Path:
    """Return where the user keeps settings of this program: below the platform's folder for settings."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base, "searcher")


def read_words(path: Path) -> UserWords:
    """Return what the file at `path` says, nothing if there is none; raise UserWordsError if it can't be read."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return UserWords()
    except OSError as error:
        raise UserWordsError(f"The file of your words {path} can't be opened: {error.strerror}.") from error
    try:
        return _parse(_lines(content.decode("utf-8-sig"), path))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserWordsError(f"Line {line} of your words in {path} is not in UTF-8: save the file as UTF-8.") from error


def parse_words(text: str) -> UserWords:
    """Return what `text`, the text of some UserWords, says."""
    return _parse(_lines(text, Path()))


def write_words(path: Path, words: UserWords) -> None:
    """Write a new file that says `words`."""
    with synced_file(path) as stream:
        stream.write(words.text.encode())


@dataclass(frozen=True, slots=True)
class _Line:
    """Is a line that says something; its words are folded."""

    path: Path
    number: int
    raw: str
    words: tuple[str, ...]

    def error(self, problem: str, remedy: str) -> UserWordsError:
        shown = f"{self.raw[:_SHOWN]!r}"
        return UserWordsError(f"Line {self.number} of your words in {self.path}, {shown}, {problem}: {remedy}.")


def _lines(content: str, path: Path) -> Iterator[_Line]:
    for number, raw in enumerate(content.split("\n"), 1):
        folded = fold(raw).strip(" ")
        if folded and not folded.startswith("#"):
            yield _Line(path, number, raw.strip(), tuple(word.strip(" ") for word in folded.split("=")))


def _parse(lines: Iterator[_Line]) -> UserWords:
    known: set[str] = set()
    groups: list[tuple[str, ...]] = []
    places: dict[str, int] = {}
    for line in lines:
        if len(line.words) == 1:
            known.add(_known(line))
        else:
            groups.append(_alike(line, places))
    return UserWords(frozenset(known), tuple(groups))


def _known(line: _Line) -> str:
    (word,) = line.words
    if not _KNOWN.fullmatch(word):
        raise line.error(
            f"is no word of 2 to {_LONGEST_KNOWN} Chinese characters",
            "write one, or words that mean the same with = between them",
        )
    return word


def _alike(line: _Line, places: dict[str, int]) -> tuple[str, ...]:
    """Return the words of a line that mean the same, and note in `places` which line each stands in."""
    if len(line.words) > MAX_SYNONYMS:
        raise line.error(f"has {len(line.words)} words that mean the same", f"write at most {MAX_SYNONYMS}")
    for word in line.words:
        if len(word) > _LONGEST_ALIKE or not has_only_words(word):
            raise line.error(
                f"has {word[:_SHOWN]!r} beside a =",
                f"write words of letters, digits and Chinese characters there, each of up to {_LONGEST_ALIKE}",
            )
        if word in places:
            raise line.error(
                f"has {word!r}, which stands in line {places[word]} too",
                "write all words that mean the same in one line, each once",
            )
        places[word] = line.number
    return line.words
