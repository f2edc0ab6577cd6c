"""This project, and what others make of Chinese: each builds from the texts of a set and ranks ids for a query."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import jieba
import tantivy

from index import update
from searcher import SearchRequest, open_searcher
from searcher.query import Words
from tests.relevance.measures import DEPTH
from tests.relevance.sets import RelevanceSet, write_archive

# Ranks the ids of texts for a query.
Rank = Callable[[str], list[str]]


def this_project(texts: RelevanceSet, folder: Path) -> Rank:
    """Return what `search` gives for the query typed as words."""
    ids = write_archive(texts.texts, folder / "archive")
    update(folder / "index", [folder / "archive"])
    searcher = open_searcher(folder / "index")

    def rank(query: str) -> list[str]:
        typed = str(Words(" ".join(query.split())))
        return [ids[hit.post.id] for hit in searcher.search(SearchRequest(typed, page_size=DEPTH)).hits]

    return rank


def tantivy_with_jieba(texts: RelevanceSet, folder: Path) -> Rank:
    """Return what tantivy ranks by BM25 over jieba's words, any of which may match."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(heap_size=64 * 2**20, num_threads=1)
    for text in texts.texts:
        words = " ".join(_words("\n".join((text.title, text.body, text.summary))))
        writer.add_document(tantivy.Document(id=text.id, words=words))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(query: str) -> list[str]:
        terms = [tantivy.Query.term_query(schema, "words", word, "freq") for word in _words(query)]
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(asked, DEPTH).hits]

    return rank


def fts5_with_jieba(texts: RelevanceSet, folder: Path) -> Rank:
    """Return what SQLite's FTS5 ranks over jieba's words, any of which may match."""
    return _fts5(texts, folder, "unicode61", lambda text: " ".join(_words(text)), _words)


def fts5_trigram(texts: RelevanceSet, folder: Path) -> Rank:
    """Return what SQLite's FTS5 ranks over its own trigrams, any of which may match."""
    return _fts5(texts, folder, "trigram", lambda text: text, _trigrams)


ENGINES: dict[str, Callable[[RelevanceSet, Path], Rank]] = {
    "this project": this_project,
    "tantivy, jieba": tantivy_with_jieba,
    "FTS5, jieba": fts5_with_jieba,
    "FTS5, trigram": fts5_trigram,
}


def _fts5(
    texts: RelevanceSet,
    folder: Path,
    tokenizer: str,
    as_indexed: Callable[[str], str],
    terms_of: Callable[[str], list[str]],
) -> Rank:
    database = sqlite3.connect(folder / "index.db")
    database.execute(f"CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, text, tokenize='{tokenizer}')")
    rows = ((text.id, as_indexed("\n".join((text.title, text.body, text.summary)))) for text in texts.texts)
    database.executemany("INSERT INTO texts VALUES (?, ?)", rows)

    def rank(query: str) -> list[str]:
        if not (terms := terms_of(query)):
            return []
        asked = " OR ".join(f'"{term}"' for term in terms)
        found = database.execute("SELECT id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", [asked, DEPTH])
        return [row[0] for row in found]

    return rank


def _words(text: str) -> list[str]:
    # Without its guesses at unknown words: better for search on every set.
    return [word for word in jieba.cut_for_search(text.lower(), HMM=False) if re.search(r"\w", word)]


def _trigrams(text: str) -> list[str]:
    return list(dict.fromkeys(_all_trigrams(text.replace('"', " "))))


def _all_trigrams(text: str) -> Iterator[str]:
    return (text[at : at + 3] for at in range(len(text) - 2))
