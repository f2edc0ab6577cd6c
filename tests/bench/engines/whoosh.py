"""Stock Whoosh, with its own codec."""

import os
from collections.abc import Iterable
from pathlib import Path

import whoosh
from whoosh import columns, fields, index, query
from whoosh.sorting import Count, FieldFacet

from tests.bench.documents import BenchDocument, pairs
from tests.bench.engines.base import Answer, count_lists, join_list
from tests.bench.questions import FACETS, Question


class Whoosh:
    """Is Whoosh with a writer process for each core and segments left as they are written."""

    name = "Whoosh"
    version = whoosh.versionstring()

    def build(self, folder: Path, documents: Iterable[BenchDocument]) -> None:
        facet = fields.ID(sortable=columns.RefBytesColumn())
        schema = fields.Schema(
            words=fields.KEYWORD(scorable=True),
            characters=fields.KEYWORD(scorable=True),
            pairs=fields.TEXT(phrase=True),
            **dict.fromkeys(FACETS, facet),
            account=facet,
            published=fields.NUMERIC(numtype=int, bits=64, sortable=True),
            id=fields.ID(stored=True),
            post=fields.STORED(),
        )
        writer = index.create_in(folder, schema).writer(procs=os.cpu_count(), limitmb=256, multisegment=True)
        for document in documents:
            # Lists are taken as tokens that an analyzer has already cut.
            writer.add_document(
                words=document.words,
                characters=document.characters,
                pairs=document.pairs,
                source=document.source,
                account=document.account,
                month=document.month,
                hashtag=join_list(document.hashtags),
                published=document.published,
                id=document.id,
                post=document.stored,
            )
        writer.commit()

    def open(self, folder: Path) -> None:
        self._searcher = index.open_dir(folder).searcher()

    def supports(self, question: Question) -> bool:  # noqa: ARG002
        return True

    def answer(self, question: Question) -> Answer:
        results = self._searcher.search(
            _query(question),
            limit=10,
            sortedby=FieldFacet("published", reverse=True) if question.by_date else None,
            groupedby={name: FieldFacet(name, maptype=Count) for name in question.facets} or None,
        )
        facets: dict[str, dict[str, int]] = {name: count_lists(results.groups(name)) for name in question.facets}
        return Answer([hit["id"] for hit in results[:10]], len(results), facets)


def _query(question: Question) -> query.Query:
    texts = question.texts
    if question.kind == "phrase":
        return query.Phrase("pairs", pairs(texts[0]))
    if question.kind in ("prefix", "wildcard"):
        return (query.Prefix if question.kind == "prefix" else query.Wildcard)("words", texts[0])
    terms = [query.Term("words", text) for text in texts]
    return terms[0] if question.kind == "term" else (query.And if question.kind == "and" else query.Or)(terms)
