"""This project's index and evaluation, below its query language: the same tokens in, the same questions."""

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from index.schema.document import Document, Text
from index.schema.zones import Zone
from index.store import directory, manifest
from index.store.catalog_layers import FileCatalog
from index.store.writer import IndexWriter
from index.text.dictionary import write_dictionary
from searcher.embedded.evaluator import Evaluator, Match
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.sorting import page_of
from searcher.query.tree import Phrase, Prefix, Wildcard
from searcher.request import SearchRequest, Sort
from tests.bench.documents import BenchDocument
from tests.bench.engines.base import Answer
from tests.bench.questions import FACETS, Question


class Ours:
    """Is this project's index, fed by one process like the others'; `searcher index` feeds it from several."""

    name = "this project"
    version = metadata.version("archive-searcher")

    def build(self, folder: Path, documents: Iterable[BenchDocument]) -> None:
        data = directory.new_data_folder(folder)
        write_dictionary(directory.dictionary_file(data))
        writer = IndexWriter(data)
        for document in documents:
            writer.add(_document(document))
        segments = writer.prepare()
        manifest.write_manifest(data, writer.next_generation, segments, FileCatalog(), writer.checksum)
        writer.commit()
        directory.activate(folder, data)

    def open(self, folder: Path) -> None:
        self.snapshot = Snapshot.open(folder)
        self._names = {name: [value.decode() for value in self.snapshot.facet(name).values] for name in FACETS}

    def supports(self, question: Question) -> bool:  # noqa: ARG002
        return True

    def answer(self, question: Question) -> Answer:
        matched = self._match(Evaluator(self.snapshot), question)
        request = SearchRequest("", sort=Sort.NEWEST if question.by_date else Sort.RELEVANCE)
        ranked = page_of(self.snapshot, matched, matched.numbers, request)
        facets = {name: self._count(name, matched) for name in question.facets}
        return Answer([self.snapshot.id(number) for number, _ in ranked], len(matched.numbers), facets)

    def _match(self, evaluator: Evaluator, question: Question) -> Match:
        texts = question.texts
        match question.kind:
            case "and":
                return evaluator.all_words(texts)
            case "term" | "or":
                return evaluator.any_words(texts)
            case "phrase":
                return evaluator.match(Phrase(texts[0]))
            case "prefix":
                return evaluator.as_one_word(Prefix(texts[0]))
            case "wildcard":
                return evaluator.as_one_word(Wildcard(texts[0]))

    def _count(self, name: str, matched: Match) -> dict[str, int]:
        counts = self.snapshot.facet(name).count(matched.numbers)
        names, held = self._names[name], counts.nonzero()[0]
        return {names[place]: count for place, count in zip(held.tolist(), counts[held].tolist(), strict=True)}


def _document(document: BenchDocument) -> Document:
    texts = [Text(Zone.BODY, text, ()) for text in document.texts]
    texts.append(Text(Zone.BODY, "", document.words))
    facets = {"source": document.source, "account": document.account, "month": document.month, "site": "", "type": ""}
    return Document(
        texts=texts,
        facets={
            "id": [document.id],
            "hashtag": document.hashtags,
            "spelling": document.hashtags,
            **{name: [value] if value else [] for name, value in facets.items()},
        },
        numbers={"published": document.published},
        blobs={"post": document.stored},
    )
