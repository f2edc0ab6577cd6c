"""The OpenSearch engine: answers from an index in a cluster."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any, Self, TypeVar

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
from index.errors import MovingIndexError
from index.opensearch import metadata, reports
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster, MissingError
from index.opensearch.documents import stored_post, token_gains
from index.opensearch.metadata import ClusterIndex
from index.updates.report import UpdateReport
from searcher.explanation import Explanation
from searcher.opensearch import facets
from searcher.opensearch.compiler import Compiled, Compiler, Form, similar_words
from searcher.opensearch.explain import Asked, Explainer
from searcher.opensearch.ids import newest_with_id
from searcher.opensearch.labels import hashtag_labels
from searcher.opensearch.proximity import nearness, text_of
from searcher.opensearch.related import alike
from searcher.opensearch.statistics import Known, State, newest_commit
from searcher.opensearch.vocabulary import OpenSearchVocabulary
from searcher.query.parser import parse
from searcher.query.tree import MatchAll, Node, Terms, leaves
from searcher.ranking.parameters import LIFTED, NEARNESS_MOST
from searcher.ranking.synonyms import Synonyms, with_synonyms
from searcher.request import SearchRequest, Sort, UnknownPostError, check_limit
from searcher.results import Commit, Hit, Results, Stats, Suggestion
from searcher.snippets import Highlighter
from searcher.suggest.completion import complete
from searcher.suggest.did_you_mean import may_be_misspelled, suggested_queries
from searcher.suggest.vocabulary import label_hashtags

Json = dict[str, Any]
_Answer = TypeVar("_Answer")
# What a cluster gives at once; further on, hits are asked for after the ones before them.
_WINDOW = 10_000
# Above this, OpenSearch's count of different hashtags is an estimate, by a few in a hundred.
_PRECISION = 40_000
_HAPPENED_SINCE = 3


class OpenSearchSearcher:
    """Answers from the index at an address; an answer is never of fewer shards than the index has."""

    def __init__(self, address: str) -> None:
        self._cluster = Cluster(cluster_location(address))
        self._lock = Lock()
        self._state = self._open()

    def search(self, query: str | SearchRequest, *, page: int = 1, page_size: int = 10) -> Results:
        """Return a page of ranked, faceted answers; raise QuerySyntaxError, RequestError or ClusterError."""
        began = time.perf_counter()
        request = query if isinstance(query, SearchRequest) else SearchRequest(query, page=page, page_size=page_size)
        node = parse(request.query)
        filters = facets.filters_of(request)
        answer = self._of_one_state(lambda state: _Question(self._cluster, state, request, node, filters).answer())
        return Results(
            query=request.query,
            total=answer.total,
            page=request.page,
            page_size=request.page_size,
            hits=answer.hits,
            facets=answer.facets,
            did_you_mean=answer.did_you_mean,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def pages(self, request: SearchRequest) -> Iterator[Results]:
        """Yield every page of `request`; raise MovingIndexError where they turn out not to be of one commit."""
        commit = self.commit()
        first = self.search(replace(request, page=1))
        yield first
        for page in range(2, first.pages + 1):
            yield self.search(replace(request, page=page))
        if self.commit() != commit:
            raise MovingIndexError(
                "The index changed again and again while the hits were read: wait, or narrow the query."
            )

    def post(self, post_id: str) -> Post | None:
        """Return the post with all its saves, or None."""
        found = self._of_one_state(lambda state: self._cluster.get(state.index.posts, post_id, "post"))
        return stored_post(found["_source"]) if found else None

    def posts(self, beginning: str, limit: int = 50) -> tuple[Post, ...]:
        """Return posts whose id begins so, the newest first; raise RequestError or ClusterError."""
        check_limit(limit)
        return self._of_one_state(lambda state: newest_with_id(self._cluster, state, beginning, limit))

    def labels(self, hashtags: tuple[str, ...]) -> tuple[str, ...]:
        """Return the archive's commonest spelling of each topic, one a topic."""
        return self._of_one_state(lambda state: label_hashtags(partial(hashtag_labels, self._cluster, state), hashtags))

    def explain(self, query: str | SearchRequest, post_id: str | None = None) -> Explanation:
        """Return how `query` was read, and what became of a post; raise QuerySyntaxError or UnknownPostError."""
        request = query if isinstance(query, SearchRequest) else SearchRequest(query)
        node = parse(request.query)
        filters = facets.filters_of(request)
        return self._of_one_state(
            lambda state: _Question(self._cluster, state, request, node, filters).explanation(
                None if post_id is None else self._stored(state, post_id)
            )
        )

    def related(self, post_id: str, limit: int = 10) -> tuple[Hit, ...]:
        """Return the posts that share most of what sets a post apart; raise UnknownPostError or RequestError."""
        check_limit(limit)

        def answer(state: State) -> tuple[Hit, ...]:
            post = self._stored(state, post_id)
            return _Question(self._cluster, state, SearchRequest(), MatchAll(), {}).related(post, limit)

        return self._of_one_state(answer)

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return the commonest hashtags and words that complete `prefix`; raise RequestError."""
        check_limit(limit)
        return self._of_one_state(
            lambda state: Known(self._cluster, state).compile(
                lambda known: complete(OpenSearchVocabulary(self._cluster, state, known), prefix, limit)
            )
        )

    def stats(self) -> Stats:
        """Return what the index holds."""
        return self._of_one_state(lambda state: _stats(self._cluster, state.index))

    def commit(self) -> Commit:
        """Return the newest commit."""
        return self._of_one_state(_commit)

    def imports(self, limit: int = 20) -> tuple[UpdateReport, ...]:
        """Return the reports of the last updates that had any news, the newest first; raise RequestError."""
        check_limit(limit)
        return self._of_one_state(lambda state: reports.read_reports(self._cluster, state.index, limit))

    def _stored(self, state: State, post_id: str) -> Post:
        if (found := self._cluster.get(state.index.posts, post_id, "post")) is None:
            raise UnknownPostError(post_id)
        return stored_post(found["_source"])

    def close(self) -> None:
        """End the connections to the cluster."""
        self._cluster.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _of_one_state(self, answer: Callable[[State], _Answer]) -> _Answer:
        """Return an answer from the newest commit; of an index replaced meanwhile, from the one in its place."""
        for _ in range(_HAPPENED_SINCE):
            try:
                return answer(self._current())
            except MissingError:
                with self._lock:
                    self._state = self._open()
        return answer(self._current())

    def _current(self) -> State:
        files, commit, updated = newest_commit(self._cluster, f"{self._cluster.location.name}.files")
        with self._lock:
            if files != self._state.index.files:
                self._state = self._open()
            elif commit != self._state.commit:
                self._state = State(self._state.index, commit, updated)
            return self._state

    def _open(self) -> State:
        index = metadata.active_index(self._cluster)
        metadata.check_fingerprint(index)
        _, commit, updated = newest_commit(self._cluster, index.files)
        return State(index, commit, updated)


class _Question:
    """Is one search of one state of an index."""

    def __init__(
        self, cluster: Cluster, state: State, request: SearchRequest, node: Node, filters: dict[str, Json]
    ) -> None:
        self._cluster = cluster
        self._state = state
        self._request = request
        self._node = node
        self._filters = filters
        self._known = Known(cluster, state)
        self._labels = partial(hashtag_labels, cluster, state)
        self._segmenter = state.index.metadata.segmenter
        self._synonyms = Synonyms(state.index.metadata.user_words.synonyms)

    def answer(self) -> "_Answered":
        compiled = self._known.compile(lambda known: self._compiler(known).compile(self._node))
        is_ranked = compiled.ranked.scores is not None and self._request.sort is Sort.RELEVANCE
        end = self._request.page * self._request.page_size
        start = end - self._request.page_size
        lifted = compiled.forms if is_ranked and start < LIFTED else []
        body = self._body(compiled, is_ranked)
        if end <= _WINDOW:
            first = 0 if lifted else start
            answer = self._search({**body, "from": first, "size": max(end, LIFTED if lifted else 0) - first})
            found = answer["hits"]["hits"]
        else:
            first = start
            answer = self._search({**body, "size": 0})
            found = self._far_hits(body, start, end) if start < answer["hits"]["total"]["value"] else []
        scored = [(stored_post(hit["_source"]), (hit["_score"] or 0.0) if is_ranked else 0.0, hit) for hit in found]
        if lifted:
            scored = _lift(scored, lifted)
        shown = scored[start - first : end - first]
        buckets = facets.buckets(answer, self._request, self._labels)
        total = answer["hits"]["total"]["value"]
        return _Answered(total, self._hits(shown, self._node), buckets, self._did_you_mean(total))

    def _did_you_mean(self, total: int) -> str | None:
        """Return a query that finds more than this one's `total`, if that is next to nothing, or None."""
        if not may_be_misspelled(self._node, total):
            return None
        likely = self._known.compile(
            lambda known: list(
                suggested_queries(
                    self._request.query, self._node, OpenSearchVocabulary(self._cluster, self._state, known)
                )
            )
        )
        meant = [parse(query) for query in likely]
        matches = self._known.compile(lambda known: [self._compiler(known).ranked(one).matches for one in meant])
        passing = [{"bool": {"filter": [one, *self._filters.values()]}} for one in matches]
        asked = [(self._state.index.posts, {"query": one, "size": 0, "track_total_hits": True}) for one in passing]
        totals = [one["hits"]["total"]["value"] for one in self._cluster.searches(asked)] if asked else []
        return next((query for query, count in zip(likely, totals, strict=True) if count > total), None)

    def explanation(self, post: Post | None) -> Explanation:
        """Return how the query was read, and what became of `post` if one is asked about."""
        asked = None if post is None else Asked(post, self._gains(post), self._is_lifted(post))
        return self._known.compile(
            lambda known: Explainer(known, self._compiler(known), asked).explanation(
                self._request, self._node, self._filters
            )
        )

    def related(self, post: Post, limit: int) -> tuple[Hit, ...]:
        """Return up to `limit` posts that are like `post`."""
        gains = self._gains(post)["words"]
        found = self._known.compile(
            lambda known: alike(known, self._compiler(known), self._segmenter, post, gains, limit)
        )
        hits = self._cluster.search(self._state.index.posts, found.body)["hits"]["hits"]
        shown = [(stored_post(hit["_source"]), hit["_score"], hit) for hit in hits]
        return self._hits(shown, found.shared_by)

    def _compiler(self, known: Known) -> Compiler:
        texts = sum(isinstance(leaf, Terms) for leaf in leaves(self._node))
        return Compiler(known, self._segmenter, self._synonyms, texts)

    def _gains(self, post: Post) -> dict[str, dict[str, float]]:
        described = self._state.index.metadata
        return token_gains(post, described.segmenter, described.norm)

    def _is_lifted(self, post: Post) -> bool:
        """Tell whether `post` is one of the best hits."""
        compiled = self._known.compile(lambda known: self._compiler(known).compile(self._node))
        if compiled.ranked.scores is None:
            return False
        body = {**self._body(compiled, is_ranked=True), "size": LIFTED, "_source": False}
        body.pop("aggs")
        hits = self._cluster.search(self._state.index.posts, body)["hits"]["hits"]
        return post.id in [hit["_id"] for hit in hits]

    def _body(self, compiled: Compiled, is_ranked: bool) -> Json:
        return {
            "query": compiled.ranked.query if is_ranked else {"bool": {"filter": [compiled.ranked.matches]}},
            "post_filter": facets.passing(self._filters),
            "aggs": facets.aggregations(self._request, self._filters),
            "sort": _order(self._request.sort, is_ranked),
            "track_scores": is_ranked,
            "track_total_hits": True,
            "_source": ["post"],
        }

    def _search(self, body: Json) -> Json:
        answer = self._cluster.search(self._state.index.posts, body)
        if facets.are_exact(answer):
            return answer
        counted = facets.aggregations(self._request, self._filters, facets.ALL)
        return self._cluster.search(self._state.index.posts, {**body, "aggs": counted})

    def _far_hits(self, body: Json, start: int, end: int) -> list[Json]:
        """Return hits that lie further on than a cluster looks at once."""
        point = self._cluster.point_in_time(self._state.index.posts)
        body = {name: part for name, part in body.items() if name != "aggs"} | {"track_total_hits": False}
        try:
            at = 0
            while at < end:
                size = min(_WINDOW, start - at) if at < start else end - at
                asked = {**body, "size": size, "_source": ["post"] if at >= start else False}
                hits: list[Json] = self._cluster.search_point(point, asked)["hits"]["hits"]
                if at >= start or not hits:
                    return hits
                body["search_after"] = hits[-1]["sort"]
                at += len(hits)
            return []
        finally:
            self._cluster.drop_point(point)

    def _hits(self, shown: list[tuple[Post, float, Json]], node: Node) -> tuple[Hit, ...]:
        variants = self._compiler(self._known).variants
        highlighter = Highlighter(with_synonyms(node, variants), lambda text: similar_words(self._known, text))
        # Read at once for all hits, and remembered.
        self._labels([hashtag_key(spelling) for post, _, _ in shown for spelling in post.hashtags])
        return tuple(
            Hit(post, score, label_hashtags(self._labels, post.hashtags), *highlighter.show(post))
            for post, score, _ in shown
        )


class _Answered:
    """Is what a question gave."""

    def __init__(self, total: int, hits: tuple[Hit, ...], found: dict[str, Any], did_you_mean: str | None) -> None:
        self.total = total
        self.hits = hits
        self.facets = found
        self.did_you_mean = did_you_mean


def _order(sort: Sort, is_ranked: bool) -> list[Json]:
    """Return an order in which no two posts are equal; what has no time comes last."""
    time_order = {"published": {"order": "asc" if sort is Sort.OLDEST else "desc", "missing": "_last"}}
    by_score: list[Json] = [{"_score": "desc"}] if is_ranked else []
    return [*by_score, time_order, {"id": "asc"}]


def _lift(found: list[tuple[Post, float, Json]], forms: list[Form]) -> list[tuple[Post, float, Json]]:
    """Return what was found with the best hits raised by how near together each holds the texts of the query."""
    best = [(post, score + _gained(post, hit, forms), hit) for post, score, hit in found[:LIFTED]]
    # Only what was lifted changes places; of equal scores the order is as it was.
    return [*sorted(best, key=lambda one: -one[1]), *found[LIFTED:]]


def _gained(post: Post, hit: Json, forms: list[Form]) -> float:
    scores: dict[str, float] = hit.get("matched_queries") or {}
    text = ""
    before: dict[int, float] = {}
    after: dict[int, float] = {}
    for form in forms:
        if not (score := scores.get(form.name)):
            continue
        text = text or text_of(post)
        near = min(form.weight * nearness(text, form.text), NEARNESS_MOST * score)
        before[form.group] = max(before.get(form.group, 0.0), score)
        after[form.group] = max(after.get(form.group, 0.0), score + near)
    return sum(after.values()) - sum(before.values())


def _stats(cluster: Cluster, index: ClusterIndex) -> Stats:
    body = {
        "size": 0,
        "track_total_hits": True,
        "aggs": {
            "saves": {"sum": {"field": "saves"}},
            "sources": {"terms": {"field": "source", "size": facets.ALL}},
            "hashtags": {"cardinality": {"field": "hashtag", "precision_threshold": _PRECISION}},
            "first": {"min": {"field": "published"}},
            "last": {"max": {"field": "published"}},
        },
    }
    answer = cluster.search(index.posts, body)
    found = answer["aggregations"]
    counts = {bucket["key"]: bucket["doc_count"] for bucket in found["sources"]["buckets"]}
    parts = metadata.read_partitions(cluster, index)
    return Stats(
        posts=answer["hits"]["total"]["value"],
        saves=int(found["saves"]["value"]),
        sources=dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
        hashtags=found["hashtags"]["value"],
        first_published=_moment(found["first"]["value"]),
        last_published=_moment(found["last"]["value"]),
        archives=tuple(metadata.archives_of(index, parts)),
        updated=metadata.updated(parts),
    )


def _commit(state: State) -> Commit:
    name = hashlib.sha256(state.commit.encode()).hexdigest()[:16]
    return Commit(f"{state.index.posts}/{name}", datetime.fromisoformat(state.updated))


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)
