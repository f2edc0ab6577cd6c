"""Tantivy, through its Python bindings."""

import re
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from tantivy import Document, Index, Occur, Query, SchemaBuilder

from tests.bench.documents import BenchDocument, pairs
from tests.bench.engines.base import Answer
from tests.bench.questions import FACETS, Question

_HEAP = 512 * 2**20
# More than any facet has values: then the counts are exact.
_BUCKETS = 65_000


class Tantivy:
    """Is tantivy with its default merge policy and as many indexing threads as it chooses."""

    name = "tantivy"
    version = metadata.version("tantivy")

    def __init__(self, stored_words: bool = False) -> None:
        builder = SchemaBuilder()
        for field, option, stored in (
            ("words", "freq", stored_words),
            ("characters", "freq", False),
            ("pairs", "position", False),
        ):
            builder.add_text_field(field, stored=stored, tokenizer_name="whitespace", index_option=option)
        for field in (*FACETS, "account"):
            builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field("published", fast=True, indexed=True)
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_bytes_field("post", stored=True)
        self.schema = builder.build()

    def build(self, folder: Path, documents: Iterable[BenchDocument]) -> None:
        writer = Index(self.schema, path=str(folder)).writer(_HEAP)
        for document in documents:
            writer.add_document(Document.from_dict(_fields(document), self.schema))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self.index = Index.open(str(folder))
        self.schema = self.index.schema
        self.searcher = self.index.searcher()

    def supports(self, question: Question) -> bool:  # noqa: ARG002
        return True

    def answer(self, question: Question) -> Answer:
        query = self._query(question)
        order = "published" if question.by_date else None
        result: Any = self.searcher.search(query, 10, order_by_field=order)
        ids = [str(self.searcher.doc(address)["id"][0]) for _, address in result.hits]
        return Answer(ids, result.count, self.facets(query, question.facets))

    def facets(self, query: Query, names: Iterable[str]) -> dict[str, dict[str, int]]:
        """Return how many of the documents that `query` matches have each value."""
        if not names:
            return {}
        counted = self.searcher.aggregate(query, {name: {"terms": {"field": name, "size": _BUCKETS}} for name in names})
        return {
            name: {bucket["key"]: bucket["doc_count"] for bucket in facet["buckets"]} for name, facet in counted.items()
        }

    def _query(self, question: Question) -> Query:
        texts = question.texts
        if question.kind == "phrase":
            return Query.phrase_query(self.schema, "pairs", [*pairs(texts[0])])
        if question.kind == "prefix":
            return Query.regex_query(self.schema, "words", re.escape(texts[0]) + ".*")
        if question.kind == "wildcard":
            return Query.regex_query(self.schema, "words", ".*".join(map(re.escape, texts[0].split("*"))))
        terms = [Query.term_query(self.schema, "words", text, "freq") for text in texts]
        occur = Occur.Must if question.kind == "and" else Occur.Should
        return terms[0] if question.kind == "term" else Query.boolean_query([(occur, term) for term in terms])


def _fields(document: BenchDocument) -> dict[str, Any]:
    return {
        "words": " ".join(document.words),
        "characters": " ".join(document.characters),
        "pairs": " ".join(document.pairs),
        "source": document.source,
        "account": document.account,
        "month": document.month,
        "hashtag": document.hashtags,
        "published": document.published,
        "id": document.id,
        "post": document.stored,
    }
