"""Reading a query from left to right: operators, quoted texts and words."""

import re

from index.archive.hashtags import hashtag_at, hashtag_key
from searcher.errors import ErrorMessage, QuerySyntaxError
from searcher.query.tree import Hashtag

_OPERATORS = str.maketrans("：（）＂＃－＊～“”", ':()"#-*~""')
_CLOSING_QUOTES = {'"': '"', "＂": "”＂“", "“": "”＂“", "”": "”＂“"}
_KEYWORD = re.compile(r"(?:AND|OR|NOT)(?=[\s()]|\Z)")
# Operators, and the first letters of AND, OR and NOT.
_ESCAPABLE = set('-"#():*~\\－＂＃（）：＊～“”AON')
ESCAPED = re.compile(rf"\\[{re.escape(''.join(sorted(_ESCAPABLE)))}]")


class Scanner:
    """A query with a position in it.

    `plain` is the query with ASCII operators in place of full-width ones, of the same length.
    """

    def __init__(self, query: str) -> None:
        self.query = query
        self.plain = query.translate(_OPERATORS)
        self.at = 0

    def is_done(self) -> bool:
        return self.at == len(self.query)

    def next_is(self, operator: str) -> bool:
        return self.plain.startswith(operator, self.at)

    def next_keyword(self, *keywords: str) -> str:
        """Return which of `keywords` comes next as a word of its own, or an empty string."""
        match = _KEYWORD.match(self.plain, self.at)
        return match[0] if match and match[0] in keywords else ""

    def skip(self, length: int = 0) -> None:
        """Move past `length` characters and the white space after them."""
        self.at += length
        while self.at < len(self.query) and self.query[self.at].isspace():
            self.at += 1

    def peek_run(self) -> str:
        """Return the query up to the next white space or bracket, escapes unresolved."""
        end = self.at
        while end < len(self.query) and not self.query[end].isspace() and self.plain[end] not in "()":
            end += 2 if self.query[end] == "\\" and self.query[end + 1 : end + 2] in _ESCAPABLE else 1
        return self.query[self.at : end]

    def read_run(self) -> str:
        """Move past the run that `peek_run` returns, and return it."""
        run = self.peek_run()
        self.at += len(run)
        return run

    def read_quoted(self) -> str:
        """Move past the quoted text that comes next, and return it without quotes and escapes."""
        start = self.at
        closing = _CLOSING_QUOTES[self.query[start]]
        text: list[str] = []
        at = start + 1
        while (character := self.query[at : at + 1]) and character not in closing:
            at += character == "\\" and self.query[at + 1 : at + 2] in ('"', "\\", *closing)
            text.append(self.query[at])
            at += 1
        if not character:
            raise QuerySyntaxError(ErrorMessage.OPEN_QUOTE, start, start + 1)
        self.at = at + 1
        if not "".join(text).strip():
            raise QuerySyntaxError(ErrorMessage.EMPTY_QUOTES, start, self.at)
        return "".join(text)

    def read_hashtag(self) -> Hashtag | None:
        """Move past the #hashtag# or #hashtag that comes next, and return it; None if the # begins none."""
        start = self.at
        if found := hashtag_at(self.query.replace("＃", "#"), start):
            name, self.at = found
            return Hashtag(name, span=(start, self.at))
        run = self.peek_run()
        name = unescape(run).strip("#＃")
        if not hashtag_key(name):
            return None
        self.at += len(run)
        return Hashtag(name, span=(start, self.at))


def unescape(run: str) -> str:
    """Return `run` without the backslashes that escape the character after them."""
    return ESCAPED.sub(lambda match: match[0][1], run)
