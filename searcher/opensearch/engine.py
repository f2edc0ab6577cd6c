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
from index.opensearch import metadata
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster, MissingError
from index.opensearch.documents import stored_post, token_scores
from index.opensearch.metadata import ClusterIndex
from index.updates.report import UpdateReport
from searcher.explainer import Explainer
from searcher.explanation import Explanation
from searcher.opensearch import facets
from searcher.opensearch.clauses import unscored
from searcher.opensearch.compiler import Compiled, Compiler, Rescored
from searcher.opensearch.evidence import Asked, ClusterEvidence, is_true
from searcher.opensearch.ids import newest_with_id
from searcher.opensearch.labels import hashtag_labels
from searcher.opensearch.proximity import proximity_of, text_of
from searcher.opensearch.related import related_body
from searcher.opensearch.statistics import ClusterStatistics, State, newest_commit
from searcher.opensearch.vocabulary import OpenSearchVocabulary
from searcher.query.parser import parse
from searcher.query.tree import MatchAll, Node
from searcher.ranking.key_terms import key_terms, query_of
from searcher.ranking.parameters import RESCORE_WINDOW, proximity_score
from searcher.ranking.planner import Planner
from searcher.ranking.synonyms import with_synonyms
from searcher.request import SearchRequest, Sort, UnknownPostError, check_limit
from searcher.results import Commit, Hit, Results, Stats, Suggestion
from searcher.snippets import Highlighter
from searcher.suggest.completion import complete
from searcher.suggest.did_you_mean import may_be_misspelled, suggested_queries
from searcher.suggest.vocabulary import label_hashtags

Json = dict[str, Any]
T = TypeVar("T")
# A post with its score, and its hit as the cluster gives it.
_Scored = tuple[Post, float, Json]
# Hits that a cluster returns by their places; later hits are asked for after the hits before them.
_WINDOW = 10_000
# Up to this many, OpenSearch's count of different hashtags is nearly exact; above, it is off by a few percent.
_PRECISION = 40_000
# An index that is replaced again and again fails a question after as many attempts.
_MAX_ATTEMPTS = 3


class OpenSearchSearcher:
    """A searcher over the index at an address; no answer is of fewer shards than the index has."""

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
        return self._of_one_state(lambda state: _Question(self._cluster, state, request, node, filters).results(began))

    def pages(self, request: SearchRequest) -> Iterator[Results]:
        """Yield every page of `request`; raise MovingIndexError if they turn out not to be of one commit."""
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
        """Return the archive's commonest spelling of each hashtag, once each."""
        return self._of_one_state(lambda state: label_hashtags(partial(hashtag_labels, self._cluster, state), hashtags))

    def explain(self, query: str | SearchRequest, post_id: str | None = None) -> Explanation:
        """Return the explanation of `query`, and of a post; raise QuerySyntaxError or UnknownPostError."""
        request = query if isinstance(query, SearchRequest) else SearchRequest(query)
        node = parse(request.query)
        filters = facets.filters_of(request)
        return self._of_one_state(
            lambda state: _Question(self._cluster, state, request, node, filters).explanation(
                None if post_id is None else self._stored(state, post_id)
            )
        )

    def related(self, post_id: str, limit: int = 10) -> tuple[Hit, ...]:
        """Return the posts that share most of the key terms of a post; raise UnknownPostError or RequestError."""
        check_limit(limit)

        def answer(state: State) -> tuple[Hit, ...]:
            post = self._stored(state, post_id)
            return _Question(self._cluster, state, SearchRequest(), MatchAll(), {}).related(post, limit)

        return self._of_one_state(answer)

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return the commonest hashtags and words that complete `prefix`; raise RequestError."""
        check_limit(limit)

        def answer(state: State) -> tuple[Suggestion, ...]:
            statistics = ClusterStatistics(self._cluster, state)
            vocabulary = OpenSearchVocabulary(self._cluster, state, statistics)
            return statistics.resolve(lambda: complete(vocabulary, prefix, limit))

        return self._of_one_state(answer)

    def stats(self) -> Stats:
        """Return the statistics of the index."""
        return self._of_one_state(lambda state: _stats(self._cluster, state.index))

    def commit(self) -> Commit:
        """Return the newest commit."""
        return self._of_one_state(_commit)

    def imports(self, limit: int = 20) -> tuple[UpdateReport, ...]:
        """Return the reports of the last updates that had any news, the newest first; raise RequestError."""
        check_limit(limit)
        return self._of_one_state(lambda state: metadata.read_reports(self._cluster, state.index, limit))

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

    def _of_one_state(self, answer: Callable[[State], T]) -> T:
        """Return an answer from the newest commit; if the index is replaced meanwhile, from its replacement."""
        for _ in range(_MAX_ATTEMPTS):
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
        _, commit, updated = newest_commit(self._cluster, index.files)
        return State(index, commit, updated)


class _Question:
    """One request to one state of an index."""

    def __init__(
        self, cluster: Cluster, state: State, request: SearchRequest, node: Node, filters: dict[str, Json]
    ) -> None:
        self._cluster = cluster
        self._state = state
        self._request = request
        self._node = node
        self._filters = filters
        self._statistics = ClusterStatistics(cluster, state)
        self._planner = Planner(self._statistics, node)
        self._compiler = Compiler(self._statistics, self._planner)
        self._labels = partial(hashtag_labels, cluster, state)

    def results(self, began: float) -> Results:
        """Return the page asked for; `began` is when the request came in, by the performance counter."""
        compiled = self._compiled()
        is_ranked = compiled.is_scored and self._request.sort is Sort.RELEVANCE
        end = self._request.page * self._request.page_size
        start = end - self._request.page_size
        rescored = compiled.rescored if is_ranked and start < RESCORE_WINDOW else []
        body = self._body(compiled, is_ranked)
        if end <= _WINDOW:
            first = 0 if rescored else start
            answer = self._search({**body, "from": first, "size": max(end, RESCORE_WINDOW if rescored else 0) - first})
            found = answer["hits"]["hits"]
        else:
            first = start
            answer = self._search({**body, "size": 0})
            found = self._far_hits(body, start, end) if start < answer["hits"]["total"]["value"] else []
        scored = [(stored_post(hit["_source"]), (hit["_score"] or 0.0) if is_ranked else 0.0, hit) for hit in found]
        if rescored:
            scored = self._rescore(scored, rescored)
        buckets = facets.buckets(answer, self._request, self._labels)
        total = answer["hits"]["total"]["value"]
        return Results(
            query=self._request.query,
            total=total,
            page=self._request.page,
            page_size=self._request.page_size,
            hits=self._hits(scored[start - first : end - first], self._node),
            facets=buckets,
            did_you_mean=self._did_you_mean(total),
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def explanation(self, post: Post | None) -> Explanation:
        """Return the explanation of the query, and of `post` if there is one."""
        saturations = self._saturations(post) if post else {}
        is_rescored = bool(post and self._is_rescored(post))
        return self._statistics.resolve(lambda: self._explained(post, saturations, is_rescored))

    def related(self, post: Post, limit: int) -> tuple[Hit, ...]:
        """Return up to `limit` posts that share most of the key terms of `post`."""
        words = self._saturations(post)["words"]
        terms = self._statistics.resolve(lambda: key_terms(post, self._planner, self._statistics))
        body = related_body(terms, post, words, limit)
        hits = self._cluster.search(self._state.index.posts, body)["hits"]["hits"]
        return self._hits([(stored_post(hit["_source"]), hit["_score"], hit) for hit in hits], query_of(terms))

    def _compiled(self) -> Compiled:
        return self._statistics.resolve(lambda: self._compiler.compile(self._planner.plan(self._node)))

    def _did_you_mean(self, total: int) -> str | None:
        """Return a query that finds more than `total`, if that is next to nothing, or None."""
        if not may_be_misspelled(self._node, total):
            return None
        vocabulary = OpenSearchVocabulary(self._cluster, self._state, self._statistics)
        suggested = self._statistics.resolve(
            lambda: list(suggested_queries(self._request.query, self._node, vocabulary))
        )
        nodes = [parse(query) for query in suggested]
        matches = self._statistics.resolve(lambda: [self._compiler.matches(self._planner.plan(node)) for node in nodes])
        totals = self._statistics.resolve(lambda: [self._statistics.count(self._passing(query)) for query in matches])
        return next((query for query, count in zip(suggested, totals, strict=True) if count > total), None)

    def _explained(self, post: Post | None, saturations: dict[str, dict[str, float]], is_rescored: bool) -> Explanation:
        plan = self._planner.plan(self._node)
        passing = self._passing(self._compiler.matches(plan))
        total = self._statistics.count(passing)
        explainer = Explainer(self._planner, self._statistics, self._statistics, post)
        if post is None:
            evidence = ClusterEvidence(plan, self._statistics, self._compiler, None)
            return explainer.explanation(self._request, evidence, total)
        is_hit = is_true(passing, post, self._statistics)
        asked = Asked(post, saturations, is_hit, is_rescored)
        failed = tuple(name for name, query in self._filters.items() if not is_true(query, post, self._statistics))
        evidence = ClusterEvidence(plan, self._statistics, self._compiler, asked)
        return explainer.explanation(self._request, evidence, total, is_hit=is_hit, failed=failed)

    def _passing(self, matches: Json) -> Json:
        """Return a query for the posts that match and pass the filters."""
        return {"bool": {"filter": [matches, *self._filters.values()]}}

    def _saturations(self, post: Post) -> dict[str, dict[str, float]]:
        metadata = self._state.index.metadata
        return token_scores(post, metadata.segmenter, metadata.norm)

    def _is_rescored(self, post: Post) -> bool:
        """Return whether `post` is one of the hits that are rescored."""
        compiled = self._compiled()
        if not compiled.rescored:
            return False
        body = {**self._body(compiled, is_ranked=True), "size": RESCORE_WINDOW, "_source": False}
        body.pop("aggs")
        hits = self._cluster.search(self._state.index.posts, body)["hits"]["hits"]
        return post.id in [hit["_id"] for hit in hits]

    def _rescore(self, scored: list[_Scored], rescored: list[Rescored]) -> list[_Scored]:
        """Return `scored` with the proximity of the query's texts added to the scores of the best."""
        best = [(post, score + self._gain(post, hit, rescored), hit) for post, score, hit in scored[:RESCORE_WINDOW]]
        # Only rescored hits change places; hits with equal scores keep their order.
        return [*sorted(best, key=lambda item: -item[1]), *scored[RESCORE_WINDOW:]]

    def _gain(self, post: Post, hit: Json, rescored: list[Rescored]) -> float:
        """Return what `post` gains by proximity: of each group of scores the best counts, before and after."""
        named: dict[str, float] = hit.get("matched_queries") or {}
        held = ""
        before: dict[int, float] = {}
        after: dict[int, float] = {}
        for text in rescored:
            if score := named.get(text.name):
                held = held or text_of(post)
                proximity = proximity_of(text.score.text, held)
                lift = proximity_score(proximity, score, self._statistics.post_count, text.score.boost)
                before[text.group] = max(before.get(text.group, 0.0), score)
                after[text.group] = max(after.get(text.group, 0.0), score + lift)
        return sum(after.values()) - sum(before.values())

    def _body(self, compiled: Compiled, is_ranked: bool) -> Json:
        return {
            "query": compiled.query if is_ranked else unscored(compiled.matches),
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
        body = {name: part for name, part in body.items() if name != "aggs"} | {"track_total_hits": False}
        with self._cluster.point_in_time(self._state.index.posts) as search:
            at = 0
            while at < end:
                size = min(_WINDOW, start - at) if at < start else end - at
                hits = search({**body, "size": size, "_source": ["post"] if at >= start else False})
                if at >= start or not hits:
                    return hits
                body["search_after"] = hits[-1]["sort"]
                at += len(hits)
        return []

    def _hits(self, shown: list[_Scored], node: Node) -> tuple[Hit, ...]:
        # Read at once for all hits, and remembered.
        self._labels([hashtag_key(spelling) for post, _, _ in shown for spelling in post.hashtags])
        highlighter = Highlighter(with_synonyms(node, self._planner.variants), self._similar_words)
        return tuple(
            Hit(post, score, label_hashtags(self._labels, post.hashtags), *highlighter.show(post))
            for post, score, _ in shown
        )

    def _similar_words(self, text: str) -> list[str]:
        return self._statistics.resolve(lambda: self._statistics.similar_words(text))


def _order(sort: Sort, is_ranked: bool) -> list[Json]:
    """Return a total order of posts; a post without a time comes last."""
    time_order = {"published": {"order": "asc" if sort is Sort.OLDEST else "desc", "missing": "_last"}}
    by_score: list[Json] = [{"_score": "desc"}] if is_ranked else []
    return [*by_score, time_order, {"id": "asc"}]


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
        sources=dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
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
