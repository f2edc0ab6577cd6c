"""The embedded engine: answers from a Whoosh index in a folder."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Self, TypeVar

import numpy as np

from index.archive.post import Post
from index.errors import DamagedIndexError
from index.files.paths import readable
from index.schema.fields import NO_TIME
from index.store.manifest import Manifest, read_reports
from index.updates.report import UpdateReport
from searcher.embedded.facets import count_facets
from searcher.embedded.fuzzy import similar_words
from searcher.embedded.ids import newest_with_id
from searcher.embedded.related import related
from searcher.embedded.result_set import ResultSet
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.vocabulary import SnapshotVocabulary
from searcher.explanation import Explanation
from searcher.query.tree import Node
from searcher.ranking.synonyms import with_synonyms
from searcher.request import SearchRequest, UnknownPostError, check_limit
from searcher.results import Commit, Hit, Results, Stats, Suggestion
from searcher.snippets import Highlighter
from searcher.suggest.completion import complete
from searcher.suggest.did_you_mean import may_be_misspelled, suggested_queries
from searcher.suggest.vocabulary import label_hashtags

T = TypeVar("T")


class EmbeddedSearcher:
    """A searcher over the index in a folder; each answer is of the commit that is the newest when it is asked for."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._lock = Lock()
        self._snapshot = _open(location)

    def search(self, query: str | SearchRequest, *, page: int = 1, page_size: int = 10) -> Results:
        """Return a page of ranked, faceted answers; raise QuerySyntaxError or RequestError."""
        began = time.perf_counter()
        request = query if isinstance(query, SearchRequest) else SearchRequest(query, page=page, page_size=page_size)
        return _results(ResultSet.find(request, self._current()), began)

    def pages(self, request: SearchRequest) -> Iterator[Results]:
        """Yield every page of `request`, all of one commit; raise QuerySyntaxError or RequestError."""
        began = time.perf_counter()
        results = ResultSet.find(replace(request, page=1), self._current())
        first = _results(results, began)
        yield first
        for page in range(2, first.pages + 1):
            ranked = results.page(replace(request, page=page))
            yield replace(first, page=page, hits=tuple(_hits(results.snapshot, ranked, results.node)))

    def explain(self, query: str | SearchRequest, post_id: str | None = None) -> Explanation:
        """Return the explanation of `query`, and of a post; raise QuerySyntaxError or UnknownPostError."""
        from searcher.embedded.evidence import explain  # imported on demand: a search does not need it

        request = query if isinstance(query, SearchRequest) else SearchRequest(query)
        return explain(ResultSet.find(request, self._current()), post_id)

    def post(self, post_id: str) -> Post | None:
        """Return the post with all its saves, or None."""
        snapshot = self._current()
        doc_id = snapshot.find_post(post_id)
        return None if doc_id is None else snapshot.post(doc_id)

    def posts(self, beginning: str, limit: int = 50) -> tuple[Post, ...]:
        """Return posts whose id begins so, the newest first; raise RequestError."""
        check_limit(limit)
        snapshot = self._current()
        return tuple(snapshot.post(doc_id) for doc_id in newest_with_id(snapshot, beginning, limit))

    def labels(self, hashtags: tuple[str, ...]) -> tuple[str, ...]:
        """Return the archive's commonest spelling of each hashtag, once each."""
        return label_hashtags(SnapshotVocabulary(self._current()).labels, hashtags)

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return the commonest hashtags and words that complete `prefix`; raise RequestError."""
        check_limit(limit)
        return complete(SnapshotVocabulary(self._current()), prefix, limit)

    def related(self, post_id: str, limit: int = 10) -> tuple[Hit, ...]:
        """Return the posts that share most of the key terms of a post; raise UnknownPostError or RequestError."""
        check_limit(limit)
        snapshot = self._current()
        doc_id = snapshot.find_post(post_id)
        if doc_id is None:
            raise UnknownPostError(post_id)
        ranked, node = related(snapshot, doc_id, limit)
        return tuple(_hits(snapshot, ranked, node))

    def stats(self) -> Stats:
        """Return the statistics of the index."""
        snapshot, present = _despite_commits(self._current_with_manifest)
        sources = snapshot.facet("source")
        names = [value.decode() for value in sources.values]
        counts = dict(zip(names, sources.count(snapshot.live_ids).tolist(), strict=True))
        published = snapshot.published[snapshot.live_ids]
        times = published[published != NO_TIME]
        return Stats(
            posts=len(snapshot.live_ids),
            saves=present.saves,
            sources={
                name: count for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count
            },
            hashtags=int(np.count_nonzero(snapshot.facet("hashtag").count(snapshot.live_ids))),
            first_published=datetime.fromtimestamp(int(times.min()), UTC) if len(times) else None,
            last_published=datetime.fromtimestamp(int(times.max()), UTC) if len(times) else None,
            archives=tuple(map(readable, present.archives)),
            updated=present.updated,
        )

    def commit(self) -> Commit:
        """Return the newest commit."""
        snapshot = self._current()
        made = datetime.fromisoformat(snapshot.manifest.updated)
        return Commit(f"{snapshot.data.name}/{snapshot.generation}", made)

    def imports(self, limit: int = 20) -> tuple[UpdateReport, ...]:
        """Return the reports of the last updates that had any news, the newest first."""
        check_limit(limit)

        def read() -> tuple[UpdateReport, ...]:
            snapshot, present = self._current_with_manifest()
            return read_reports(snapshot.data, present.imports[-limit:][::-1])

        return _despite_commits(read)

    def close(self) -> None:
        """Let go of the index's files."""
        # The files are mapped: they are let go of with the last array over them.
        del self._snapshot

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _current_with_manifest(self) -> tuple[Snapshot, Manifest]:
        snapshot = self._current()
        return snapshot, snapshot.present_manifest()

    def _current(self) -> Snapshot:
        """Return the snapshot of the newest commit."""
        with self._lock:
            if not self._snapshot.is_current(self._location):
                # The old snapshot is not closed: other threads may be answering from it.
                self._snapshot = _open(self._location)
            return self._snapshot


def _open(location: Path) -> Snapshot:
    return _despite_commits(lambda: Snapshot.open(location))


def _despite_commits(read: Callable[[], T]) -> T:
    """Return the result of `read`; try again if a commit ended while it read."""
    for _ in range(5):
        try:
            return read()
        except (DamagedIndexError, FileNotFoundError):
            time.sleep(0.02)
    return read()


def _results(results: ResultSet, began: float) -> Results:
    request = results.request
    return Results(
        query=request.query,
        total=len(results.passing),
        page=request.page,
        page_size=request.page_size,
        hits=tuple(_hits(results.snapshot, results.page(request), results.node)),
        facets=count_facets(results.filters, request, results.snapshot),
        did_you_mean=_did_you_mean(results),
        took_ms=(time.perf_counter() - began) * 1000,
    )


def _did_you_mean(results: ResultSet) -> str | None:
    """Return a query that finds more than `results` has, if that is next to nothing, or None."""
    total = len(results.passing)
    if not may_be_misspelled(results.node, total):
        return None
    suggested = suggested_queries(results.request.query, results.node, SnapshotVocabulary(results.snapshot))
    return next((query for query in suggested if _total(results, query) > total), None)


def _total(results: ResultSet, query: str) -> int:
    return len(ResultSet.find(replace(results.request, query=query), results.snapshot).passing)


def _hits(snapshot: Snapshot, ranked: list[tuple[int, float]], node: Node) -> list[Hit]:
    highlighter = Highlighter(with_synonyms(node, snapshot.variants), lambda text: similar_words(snapshot, text))
    vocabulary = SnapshotVocabulary(snapshot)
    hits = []
    for doc_id, score in ranked:
        post = snapshot.post(doc_id)
        matched_in, snippet, snippet_in = highlighter.show(post)
        hits.append(Hit(post, score, label_hashtags(vocabulary.labels, post.hashtags), matched_in, snippet, snippet_in))
    return hits
