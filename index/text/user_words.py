"""User words: a text file of words for jieba to know, and of words that mean the same.

    # a comment
    具身智能
    大模型 = LLM = 大语言模型

Each index keeps a copy of the words it was made with, and cuts its texts and queries by them.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.errors import UserWordsError
from index.files.durable import synced_file
from index.files.paths import user_settings_folder
from index.text.folding import fold
from index.text.segmenter import LOOKED_UP
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
        return parse_words(content.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserWordsError(f"Line {line} of your words in {path} is not in UTF-8: save the file as UTF-8.") from error


def parse_words(content: str, path: Path = Path()) -> UserWords:
    """Return the words of `content`; raise UserWordsError, which names `path`, for the first line without meaning."""
    dictionary: set[str] = set()
    synonyms: list[tuple[str, ...]] = []
    line_numbers: dict[str, int] = {}
    for number, raw in enumerate(content.split("\n"), 1):
        line = fold(raw).strip(" ")
        if not line or line.startswith("#"):
            continue
        words = tuple(word.strip(" ") for word in line.split("="))
        if problem := _find_problem(words, number, line_numbers):
            raise UserWordsError(f"Line {number} of your words in {path}, {raw.strip()[:_SHOWN]!r}, {problem}.")
        if len(words) == 1:
            dictionary.update(words)
        else:
            synonyms.append(words)
    return UserWords(frozenset(dictionary), tuple(synonyms))


def _find_problem(words: tuple[str, ...], number: int, line_numbers: dict[str, int]) -> str:
    """Return why a line has no meaning, or an empty string; synonyms are added to `line_numbers`."""
    if len(words) == 1:
        remedy = "write one, or words that mean the same with = between them"
        is_word = _WORD.fullmatch(words[0])
        return "" if is_word else f"is no word of 2 to {_MAX_WORD_LENGTH} Chinese characters: {remedy}"
    if len(words) > MAX_SYNONYMS:
        return f"has {len(words)} words that mean the same: write at most {MAX_SYNONYMS}"
    for word in words:
        if len(word) > _MAX_SYNONYM_LENGTH or not has_only_words(word):
            remedy = "write words of letters, digits and Chinese characters there, each of up to"
            return f"has {word[:_SHOWN]!r} beside a =: {remedy} {_MAX_SYNONYM_LENGTH}"
        if word in line_numbers:
            remedy = "write all words that mean the same in one line, each once"
            return f"has {word!r}, which stands in line {line_numbers[word]} too: {remedy}"
        line_numbers[word] = number
    return ""


def write_words(path: Path, words: UserWords) -> None:
    """Write `words` to a new file."""
    with synced_file(path) as stream:
        stream.write(words.text.encode())
