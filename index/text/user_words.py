"""User words: a text file of words for jieba to know, and of words that mean the same.

    # a comment
    具身智能
    大模型 = LLM = 大语言模型

Each index keeps a copy of the words it was made with, and cuts its texts and queries by them.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.errors import UserWordsError
from index.files.durable import synced_file
from index.files.paths import user_settings_folder
from index.text.dictionary import LOOKED_UP
from index.text.folding import fold
from index.text.tokenizer import has_only_words

# Characters of a word for jieba, and of a synonym.
_MAX_WORD_LENGTH = 20
_MAX_SYNONYM_LENGTH = 40
# Synonyms of one line: a query is asked again for each of the others.
MAX_SYNONYMS = 9
# Characters of a line that an error shows.
_SHOWN = 60
_WORD = re.compile(f"{LOOKED_UP}{{2,{_MAX_WORD_LENGTH}}}")
NONE = "none"


@dataclass(frozen=True)
class UserWords:
    """The words of a user, folded: additions to jieba's dictionary, and groups of synonyms."""

    dictionary: frozenset[str] = frozenset()
    synonyms: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def text(self) -> str:
        """Return a file of these words, the same one for any order of lines and any comments in the user's."""
        return "".join(f"{line}\n" for line in (*sorted(self.dictionary), *sorted(map(" = ".join, self.synonyms))))

    @property
    def fingerprint(self) -> str:
        """Return a hash of the words, or NONE if there are none."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16] if self.text else NONE


def user_words_file() -> Path:
    """Return the file of the user's words: SEARCHER_WORDS, or words.txt in the platform's folder for settings."""
    return Path(os.environ.get("SEARCHER_WORDS") or user_settings_folder() / "words.txt")


def read_words(path: Path) -> UserWords:
    """Return the words of the file at `path`, none if there is no file; raise UserWordsError if it can't be read."""
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
    """Return the words of `text`, the text of some UserWords."""
    return _parse(_lines(text, Path()))


def write_words(path: Path, words: UserWords) -> None:
    """Write `words` to a new file."""
    with synced_file(path) as stream:
        stream.write(words.text.encode())


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with words, which are folded."""

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
    dictionary: set[str] = set()
    synonyms: list[tuple[str, ...]] = []
    line_numbers: dict[str, int] = {}
    for line in lines:
        if len(line.words) == 1:
            dictionary.add(_dictionary_word(line))
        else:
            synonyms.append(_synonyms(line, line_numbers))
    return UserWords(frozenset(dictionary), tuple(synonyms))


def _dictionary_word(line: _Line) -> str:
    (word,) = line.words
    if not _WORD.fullmatch(word):
        raise line.error(
            f"is no word of 2 to {_MAX_WORD_LENGTH} Chinese characters",
            "write one, or words that mean the same with = between them",
        )
    return word


def _synonyms(line: _Line, line_numbers: dict[str, int]) -> tuple[str, ...]:
    """Return the synonyms of a line, and add each to `line_numbers`, which has those of earlier lines."""
    if len(line.words) > MAX_SYNONYMS:
        raise line.error(f"has {len(line.words)} words that mean the same", f"write at most {MAX_SYNONYMS}")
    for word in line.words:
        if len(word) > _MAX_SYNONYM_LENGTH or not has_only_words(word):
            raise line.error(
                f"has {word[:_SHOWN]!r} beside a =",
                f"write words of letters, digits and Chinese characters there, each of up to {_MAX_SYNONYM_LENGTH}",
            )
        if word in line_numbers:
            raise line.error(
                f"has {word!r}, which stands in line {line_numbers[word]} too",
                "write all words that mean the same in one line, each once",
            )
        line_numbers[word] = line.number
    return line.words
