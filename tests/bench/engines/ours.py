"""This project's index and evaluation, below its query language: the same tokens in, the same questions."""

from collections.abc import Iterable
from functools import partial
from importlib import metadata
from pathlib import Path

from index.schema.document import Document, Text
from index.schema.zones import Zone
from index.store import directory, manifest
from index.store.writer import IndexWriter
from index.text.folding import fold
from index.text.segmenter import write_dictionary
from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import DocIds
from searcher.embedded.evaluator import find_matches
from searcher.embedded.postings import in_all, in_any
from searcher.embedded.scoring import Scorer
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.sorting import ScoreFunction, page_of
from searcher.embedded.statistics import SnapshotStatistics
from searcher.query.tree import Phrase, Prefix, Scope, Wildcard
from searcher.ranking.parameters import TermKind
from searcher.ranking.plan import ExpansionPlan, PhrasePlan, Plan
from searcher.ranking.planner import Planner
from searcher.request import SearchRequest, Sort
from tests.bench.documents import BenchDocument
from tests.bench.engines.base import Answer
from tests.bench.questions import FACETS, Question

WORD = TermKind.WORD


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
        commit = manifest.Commit(data, writer.next_generation, segments, toc=writer.checksum)
        manifest.write_manifest(commit)
        writer.commit()
        directory.activate(folder, data)

    def open(self, folder: Path) -> None:
        self.snapshot = Snapshot.open(folder)
        self._names = {name: [value.decode() for value in self.snapshot.facet(name).values] for name in FACETS}

    def supports(self, question: Question) -> bool:  # noqa: ARG002
        return True

    def answer(self, question: Question) -> Answer:
        doc_ids, score = self._find(question)
        request = SearchRequest("", sort=Sort.NEWEST if question.by_date else Sort.RELEVANCE)
        ranked = page_of(self.snapshot, doc_ids, score, request)
        facets = {name: self._count(name, doc_ids) for name in question.facets}
        return Answer([self.snapshot.id(doc_id) for doc_id, _ in ranked], len(doc_ids), facets)

    def _find(self, question: Question) -> tuple[DocIds, ScoreFunction]:
        statistics = SnapshotStatistics(self.snapshot)
        planner = Planner(statistics)
        scorer = Scorer(statistics, planner)
        texts = question.texts
        match question.kind:
            case "and" | "or" | "term":
                lists = [statistics.postings(WORD, word).doc_ids for word in texts]
                combine = in_all if question.kind == "and" else in_any

                def score(doc_ids: DocIds) -> Scores:
                    terms = [planner.term(word, WORD, statistics.token_count(WORD, word)) for word in texts]
                    return scorer.sum_of_terms(terms, doc_ids)

                return combine(lists, self.snapshot.size), score
            case "phrase":
                plan: Plan = PhrasePlan(Phrase(texts[0]), fold(texts[0]), Scope.ANYWHERE)
            case "prefix":
                plan = ExpansionPlan(Prefix(texts[0]))
            case "wildcard":
                plan = ExpansionPlan(Wildcard(texts[0]))
        match = find_matches(plan, statistics)
        return match.doc_ids, partial(scorer.scores, match)

    def _count(self, name: str, doc_ids: DocIds) -> dict[str, int]:
        counts = self.snapshot.facet(name).count(doc_ids)
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
