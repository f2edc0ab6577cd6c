"""The embedded engine: answers from a Whoosh index in a folder."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.archive import readable
from index.errors import DamagedIndexError
from index.hashtags import hashtag_key
from index.post import Post
from index.schema import NO_TIME
from searcher.embedded.evaluate import Evaluator, Match, similar_tokens
from searcher.embedded.facets import Filters, count_facets
from searcher.embedded.snapshot import Mask, Snapshot
from searcher.embedded.snippets import Highlighter
from searcher.parser import parse
from searcher.query import Node
from searcher.request import SearchRequest, Sort
from searcher.results import Hit, Results, Stats


class EmbeddedSearcher:
    """Answers from the index in a folder; each answer is of one commit, the newest when it was asked for."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._lock = Lock()
        self._snapshot = _open(location)

    def search(self, query: str | SearchRequest, *, page: int = 1, page_size: int = 10) -> Results:
        """Return a page of ranked, faceted answers; raise QuerySyntaxError or RequestError."""
        began = time.perf_counter()
        request = query if isinstance(query, SearchRequest) else SearchRequest(query, page=page, page_size=page_size)
        node = parse(request.query)
        snapshot = self._current()
        matched = Evaluator(snapshot).match(node)
        filters = Filters.of(request, snapshot)
        mask = filters.apply(matched.mask)
        numbers = _page(_Order(snapshot, matched, request.sort), mask, request)
        return Results(
            query=request.query,
            total=int(mask.sum()),
            page=request.page,
            page_size=request.page_size,
            hits=tuple(_hits(snapshot, numbers, matched, node)),
            facets=count_facets(matched.mask, filters, request, snapshot),
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def post(self, post_id: str) -> Post | None:
        """Return the post with all its saves, or None."""
        snapshot = self._current()
        number = snapshot.number_of(post_id)
        return None if number is None else snapshot.post(number)

    def labels(self, hashtags: tuple[str, ...]) -> tuple[str, ...]:
        """Return the archive's commonest spelling of each topic, one a topic."""
        return _labels(self._current(), hashtags)

    def stats(self) -> Stats:
        """Return what the index holds."""
        snapshot = self._current()
        sources = snapshot.facet("source")
        counts = dict(zip(sources.values, sources.count(snapshot.live).tolist(), strict=True))
        times = snapshot.published[snapshot.live & (snapshot.published != NO_TIME)]
        return Stats(
            posts=int(snapshot.live.sum()),
            saves=snapshot.manifest.saves,
            sources={name: count for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])) if count},
            hashtags=int(np.count_nonzero(snapshot.facet("hashtag").count(snapshot.live))),
            first_published=datetime.fromtimestamp(int(times.min()), UTC) if len(times) else None,
            last_published=datetime.fromtimestamp(int(times.max()), UTC) if len(times) else None,
            archives=tuple(map(readable, snapshot.manifest.archives)),
            updated=snapshot.manifest.updated,
        )

    def close(self) -> None:
        """Let go of the index's files."""
        # The files are mapped: they are let go of with the last array over them.
        del self._snapshot

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _current(self) -> Snapshot:
        """Return the snapshot of the newest commit, opening it if there has been one since."""
        with self._lock:
            if not self._snapshot.is_current(self._location):
                # The old one is not closed: other threads may be answering from it.
                self._snapshot = _open(self._location)
            return self._snapshot


def _open(location: Path) -> Snapshot:
    """Return the newest snapshot; a commit that ends while it is being opened makes it try again."""
    for _ in range(5):
        try:
            return Snapshot.open(location)
        except (DamagedIndexError, FileNotFoundError):
            time.sleep(0.02)
    return Snapshot.open(location)


@dataclass(frozen=True, slots=True)
class _Order:
    snapshot: Snapshot
    matched: Match
    sort: Sort

    def keys(self, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return sort keys of documents, the first in order lowest."""
        if self.sort is Sort.RELEVANCE:
            return -self.matched.scores[numbers].astype(np.float64)
        times = self.snapshot.published[numbers].astype(np.float64)
        if self.sort is Sort.NEWEST:
            return -times
        return np.where(times == NO_TIME, np.inf, times)  # what has no time comes last in either order


def _page(order: _Order, mask: Mask, request: SearchRequest) -> list[int]:
    """Return the documents of the page asked for; ties go to the newer, then by id."""
    numbers = np.flatnonzero(mask)
    end = request.page * request.page_size
    start = end - request.page_size
    if start >= len(numbers):
        return []
    keys = order.keys(numbers)
    if end < len(numbers):
        last = np.partition(keys, end - 1)[end - 1]
        numbers, keys = numbers[keys <= last], keys[keys <= last]
    published = -order.snapshot.published[numbers]
    by_time = np.lexsort((published, keys))
    # Ids are asked for only where the place of a document depends on them.
    ranked = by_time[: _tied_end(keys[by_time], published[by_time], end)]
    ids = {number: order.snapshot.id(number) for number in numbers[ranked].tolist()}
    ordered = sorted(ranked.tolist(), key=lambda at: (keys[at], published[at], ids[int(numbers[at])]))
    return [int(numbers[at]) for at in ordered[start:end]]


def _tied_end(keys: NDArray[np.float64], published: NDArray[np.int64], end: int) -> int:
    """Return the first place from `end` on that is not tied with the one before it."""
    while 0 < end < len(keys) and (keys[end], published[end]) == (keys[end - 1], published[end - 1]):
        end += 1
    return end


def _hits(snapshot: Snapshot, numbers: list[int], matched: Match, node: Node) -> list[Hit]:
    highlighter = Highlighter(node, lambda text: similar_tokens(snapshot, text))
    hits = []
    for number in numbers:
        post = snapshot.post(number)
        matched_in, snippet = highlighter.show(post, bytes(snapshot.texts(number)))
        hits.append(Hit(post, float(matched.scores[number]), _labels(snapshot, post.hashtags), matched_in, snippet))
    return hits


def _labels(snapshot: Snapshot, hashtags: tuple[str, ...]) -> tuple[str, ...]:
    labels = snapshot.hashtag_labels
    return tuple(dict.fromkeys(labels.get(hashtag_key(spelling), spelling) for spelling in hashtags))
