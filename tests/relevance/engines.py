"""This project, and what others make of Chinese: each builds from the texts of a set and ranks ids for a query."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlencode

import jieba
import tantivy
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in
from whoosh.query import Or, Term

from index import update
from searcher import SearchRequest, open_searcher
from searcher.query.tree import Terms
from tests.bench import typesense
from tests.relevance.measures import DEPTH
from tests.relevance.sets import RelevanceSet, Text, write_archive

# Ranks the ids of texts for a query.
Rank = Callable[[str], list[str]]


@contextmanager
def this_project(texts: RelevanceSet, folder: Path) -> Iterator[Rank]:
    """Give what `search` gives for the query typed as words."""
    ids = write_archive(texts.texts, folder / "archive")
    update(folder / "index", [folder / "archive"])
    with open_searcher(folder / "index") as searcher:

        def rank(query: str) -> list[str]:
            typed = str(Terms(" ".join(query.split())))
            return [ids[hit.post.id] for hit in searcher.search(SearchRequest(typed, page_size=DEPTH)).hits]

        yield rank


@contextmanager
def tantivy_with_jieba(texts: RelevanceSet, folder: Path) -> Iterator[Rank]:
    """Give what tantivy ranks by BM25 over jieba's words, any of which may match."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(heap_size=64 * 2**20, num_threads=1)
    for text in texts.texts:
        writer.add_document(tantivy.Document(id=text.id, words=" ".join(_words(_whole(text)))))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(query: str) -> list[str]:
        terms = [tantivy.Query.term_query(schema, "words", word, "freq") for word in _words(query)]
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(asked, DEPTH).hits]

    yield rank


@contextmanager
def whoosh_with_jieba(texts: RelevanceSet, folder: Path) -> Iterator[Rank]:
    """Give what stock Whoosh ranks by its BM25F over jieba's words, any of which may match."""
    index = create_in(folder, Schema(id=ID(stored=True), words=TEXT(SpaceSeparatedTokenizer())))
    writer = index.writer()
    for text in texts.texts:
        writer.add_document(id=text.id, words=" ".join(_words(_whole(text))))
    writer.commit()
    with closing(index), index.searcher() as searcher:

        def rank(query: str) -> list[str]:
            asked = Or([Term("words", word) for word in _words(query)])
            return [hit["id"] for hit in searcher.search(asked, limit=DEPTH)]

        yield rank


@contextmanager
def xapian_ngrams(texts: RelevanceSet, folder: Path) -> Iterator[Rank]:
    """Give what Xapian ranks over the n-grams that it makes of Chinese, any of which may match."""
    # Imported here, for not every machine has it.
    from tests.bench.engines.xapian import xapian

    database = xapian.WritableDatabase(str(folder), xapian.DB_CREATE | xapian.DB_DANGEROUS | xapian.DB_NO_SYNC)
    terms = xapian.TermGenerator()
    terms.set_flags(xapian.TermGenerator.FLAG_CJK_NGRAM)
    for text in texts.texts:
        document = xapian.Document()
        document.set_data(text.id)
        terms.set_document(document)
        terms.index_text(_whole(text))
        database.add_document(document)
    enquire = xapian.Enquire(database)

    def rank(query: str) -> list[str]:
        # Its query parser takes some titles for syntax.
        asked = xapian.Document()
        terms.set_document(asked)
        terms.index_text(query)
        enquire.set_query(xapian.Query(xapian.Query.OP_OR, [one.term for one in asked.termlist()]))
        return [match.document.get_data().decode() for match in enquire.get_mset(0, DEPTH)]

    yield rank
    database.close()


@contextmanager
def typesense_chinese(texts: RelevanceSet, folder: Path) -> Iterator[Rank]:
    """Give what Typesense ranks with its segmentation of Chinese, as many words left out as it takes to find ten."""
    names = ("title", "body", "summary")
    with typesense.running(folder):
        typesense.create([{"name": name, "type": "string", "locale": "zh"} for name in names])
        typesense.give(map(asdict, texts.texts))
        settings = {"query_by": ",".join(names), "per_page": DEPTH, "drop_tokens_threshold": DEPTH}

        def rank(query: str) -> list[str]:
            found = typesense.ask("GET", f"/collections/posts/documents/search?{urlencode({'q': query, **settings})}")
            return [hit["document"]["id"] for hit in found["hits"]]

        yield rank


def fts5_with_jieba(texts: RelevanceSet, folder: Path) -> AbstractContextManager[Rank]:
    """Give what SQLite's FTS5 ranks over jieba's words, any of which may match."""
    return _fts5(texts, folder, "unicode61", lambda text: " ".join(_words(text)), _words)


def fts5_trigram(texts: RelevanceSet, folder: Path) -> AbstractContextManager[Rank]:
    """Give what SQLite's FTS5 ranks over its own trigrams, any of which may match."""
    return _fts5(texts, folder, "trigram", lambda text: text, _trigrams)


ENGINES: dict[str, Callable[[RelevanceSet, Path], AbstractContextManager[Rank]]] = {
    "this project": this_project,
    "tantivy, jieba": tantivy_with_jieba,
    "FTS5, jieba": fts5_with_jieba,
    "FTS5, trigram": fts5_trigram,
    "Whoosh, jieba": whoosh_with_jieba,
    "Xapian, n-grams": xapian_ngrams,
    "Typesense, zh": typesense_chinese,
}


@contextmanager
def _fts5(
    texts: RelevanceSet,
    folder: Path,
    tokenizer: str,
    as_indexed: Callable[[str], str],
    terms_of: Callable[[str], list[str]],
) -> Iterator[Rank]:
    database = sqlite3.connect(folder / "index.db")
    database.execute(f"CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, text, tokenize='{tokenizer}')")
    rows = ((text.id, as_indexed(_whole(text))) for text in texts.texts)
    database.executemany("INSERT INTO texts VALUES (?, ?)", rows)

    def rank(query: str) -> list[str]:
        if not (terms := terms_of(query)):
            return []
        asked = " OR ".join(f'"{term}"' for term in terms)
        found = database.execute("SELECT id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", [asked, DEPTH])
        return [row[0] for row in found]

    yield rank
    database.close()


def _whole(text: Text) -> str:
    return "\n".join((text.title, text.body, text.summary))


def _words(text: str) -> list[str]:
    # Without its guesses at unknown words: better for search on every set.
    return [word for word in jieba.cut_for_search(text.lower(), HMM=False) if re.search(r"\w", word)]


def _trigrams(text: str) -> list[str]:
    return list(dict.fromkeys(_all_trigrams(text.replace('"', " "))))


def _all_trigrams(text: str) -> Iterator[str]:
    return (text[at : at + 3] for at in range(len(text) - 2))
