"""SQLite's FTS5, through the standard library.

A contentless table for each kind of token, so that a query for words walks no postings of pairs; what documents are
counted by stands apart from their records, so that counting reads few pages.
"""

import sqlite3
import string
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.documents import BenchDocument, pairs
from tests.bench.engines.base import Answer
from tests.bench.questions import Question

# To this tokenizer every letter beyond ASCII is one of a token; with the marks as well it cuts at white space alone.
_MARKS = string.punctuation.replace("'", "''").replace('"', '""')
_TABLES = f"""
    PRAGMA journal_mode = off;
    PRAGMA synchronous = off;
    PRAGMA cache_size = -131072;
    CREATE VIRTUAL TABLE words USING fts5(token, content='', tokenize="ascii tokenchars '{_MARKS}'");
    CREATE VIRTUAL TABLE characters USING fts5(token, content='', tokenize="ascii tokenchars '{_MARKS}'");
    CREATE VIRTUAL TABLE pairs USING fts5(token, content='', tokenize="ascii tokenchars '{_MARKS}'");
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, instance);
    CREATE TABLE documents(number INTEGER PRIMARY KEY, id TEXT, post BLOB);
    CREATE TABLE properties(
      number INTEGER PRIMARY KEY, source INTEGER, account INTEGER, month INTEGER, published INTEGER
    );
    CREATE TABLE hashtags(number INTEGER, hashtag INTEGER, PRIMARY KEY (number, hashtag)) WITHOUT ROWID;
    CREATE TABLE names(code INTEGER PRIMARY KEY, name TEXT);
"""
_FACET_TABLES = {"source": "properties", "month": "properties", "hashtag": "hashtags"}
_TOKENS = ("words", "characters", "pairs")


class Fts5:
    """Is FTS5 with its segments merged into one."""

    name = "SQLite FTS5"
    version = sqlite3.sqlite_version

    def build(self, folder: Path, documents: Iterable[BenchDocument]) -> None:
        database = sqlite3.connect(folder / "index.db")
        database.executescript(_TABLES)
        for table in _TOKENS:
            database.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', {64 * 2**20})")
        inserting = _Inserting(database)
        for number, document in enumerate(documents):
            inserting.insert(number, document)
        inserting.finish()
        database.close()

    def open(self, folder: Path) -> None:
        self._database = sqlite3.connect(f"{(folder / 'index.db').as_uri()}?mode=ro&immutable=1", uri=True)
        self._database.executescript("PRAGMA mmap_size = 2147418112; PRAGMA cache_size = -131072")
        self._names: dict[int, str] = dict(self._database.execute("SELECT code, name FROM names").fetchall())

    def supports(self, question: Question) -> bool:  # noqa: ARG002
        return True

    def answer(self, question: Question) -> Answer:
        table = "pairs" if question.kind == "phrase" else "words"
        match = self._match(question)
        order = "published DESC" if question.by_date else "rank"
        properties = f"JOIN properties ON properties.number = {table}.rowid" if question.by_date else ""
        best = f"SELECT {table}.rowid FROM {table} {properties} WHERE {table} MATCH ? ORDER BY {order} LIMIT 10"
        numbers = [row[0] for row in self._database.execute(best, [match])]
        return Answer(
            [self._one("SELECT id FROM documents WHERE number = ?", number) for number in numbers],
            self._one(f"SELECT count(*) FROM {table} WHERE {table} MATCH ?", match),
            {name: self._count(name, match) for name in question.facets},
        )

    def _match(self, question: Question) -> str:
        """Return the question in FTS5's query language."""
        texts = question.texts
        if question.kind == "phrase":
            return " + ".join(_quote(pair) for pair in pairs(texts[0]))
        if question.kind == "prefix":
            return _quote(texts[0]) + "*"
        if question.kind == "wildcard":
            texts = tuple(self._expand(texts[0]))
        return (" AND " if question.kind == "and" else " OR ").join(_quote(text) for text in texts)

    def _expand(self, pattern: str) -> Iterator[str]:
        """Yield the words that match `pattern`; FTS5 has no wildcards but at the end."""
        first = pattern[0]
        rows = self._database.execute(
            "SELECT DISTINCT term FROM vocabulary WHERE term >= ? AND term < ? AND term GLOB ?",
            [first, chr(ord(first) + 1), pattern],
        )
        return (row[0] for row in rows)

    def _count(self, facet: str, match: str) -> dict[str, int]:
        joined = f"words JOIN {_FACET_TABLES[facet]} ON number = words.rowid"
        rows = self._database.execute(f"SELECT {facet}, count(*) FROM {joined} WHERE words MATCH ? GROUP BY 1", [match])
        return {self._names[code]: count for code, count in rows}

    def _one(self, statement: str, value: object) -> Any:
        return self._database.execute(statement, [value]).fetchone()[0]


class _Inserting:
    """Writes documents, with a number in place of each name that documents are counted by."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._codes: dict[str, int] = {}

    def insert(self, number: int, document: BenchDocument) -> None:
        for table, tokens in zip(_TOKENS, (document.words, document.characters, document.pairs), strict=True):
            self._database.execute(f"INSERT INTO {table}(rowid, token) VALUES (?, ?)", [number, " ".join(tokens)])
        codes = [self._code(name) for name in (document.source, document.account, document.month)]
        hashtags = [(number, self._code(hashtag)) for hashtag in document.hashtags]
        self._database.execute("INSERT INTO documents VALUES (?, ?, ?)", [number, document.id, document.stored])
        self._database.execute("INSERT INTO properties VALUES (?, ?, ?, ?, ?)", [number, *codes, document.published])
        self._database.executemany("INSERT INTO hashtags VALUES (?, ?)", hashtags)

    def finish(self) -> None:
        self._database.executemany("INSERT INTO names(name, code) VALUES (?, ?)", self._codes.items())
        for table in _TOKENS:
            self._database.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        self._database.commit()

    def _code(self, name: str) -> int:
        return self._codes.setdefault(name, len(self._codes))


def _quote(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
