"""Random queries over random archives: what `search` finds, scores, orders and counts, by a reading of every post.

Each index came about in another way: at once, by many updates, with deletions, by merges. What is said here holds of
all of them, and where stock Whoosh can be asked the same of the same segments, it answers alike.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as whoosh_query
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import Matcher
from whoosh.scoring import BaseScorer, WeightingModel
from whoosh.searching import Searcher as WhooshSearcher

from index.archive.hashtags import hashtag_key
from index.archive.post import ARCHIVE_ZONE
from index.segments.record import INDEX_NAME
from index.store import directory, manifest
from index.text.segmenter import DictionarySegmenter
from searcher import SearchRequest, open_searcher
from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import DocIds
from searcher.embedded.evaluator import find_matches
from searcher.embedded.postings import in_all, in_any
from searcher.embedded.scoring import Scorer
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.statistics import SnapshotStatistics
from searcher.engine import Searcher
from searcher.query.parser import parse
from searcher.query.tree import (
    And,
    FieldEquals,
    Fuzzy,
    Hashtag,
    MatchAll,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Scope,
    Terms,
    Wildcard,
)
from searcher.ranking.parameters import TermKind
from searcher.ranking.plan import ExpansionPlan
from searcher.ranking.planner import Planner
from searcher.request import Sort
from searcher.results import Hit, Results
from tests.searcher.embedded.random_archives import HOSTS, PIECES, PLANS, TOPICS, build
from tests.searcher.embedded.reading import EARLIER_SHARE, K1, B, Document, Reading

# Scores are sums of a few float32.
CLOSE = 2e-5


@dataclass(frozen=True)
class Made:
    """Is an index over an archive, and what a reading of the archive says."""

    data: Path
    searcher: Searcher
    reading: Reading


@pytest.fixture(scope="module", params=PLANS.values(), ids=PLANS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    archive, location = build(tmp_path_factory.mktemp("random"), request.param)
    data = directory.data_folder(location)
    segments = manifest.read_manifest(data, directory.latest_generation(data)).segments
    assert len(segments) == request.param.segments
    has_deletions = any(segment.deleted for segment in segments)
    assert has_deletions == request.param.has_deletions
    with open_searcher(location) as searcher:
        yield Made(data, searcher, Reading(archive, DictionarySegmenter(directory.dictionary_file(data))))


def all_hits(searcher: Searcher, request: SearchRequest) -> tuple[list[Hit], Results]:
    """Return the hits of all pages, and the first page."""
    first = searcher.search(request)
    pages = [searcher.search(replace(request, page=page)) for page in range(2, first.pages + 1)]
    hits = [hit for results in (first, *pages) for hit in results.hits]
    assert len(hits) == first.total
    return hits, first


# --- queries --------------------------------------------------------------------------------------------------

scopes = st.sampled_from([*[Scope.ANYWHERE] * 3, *Scope])
pieces = st.sampled_from([piece for piece in PIECES if piece.isalnum()])
joined = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)
stretches = st.builds(lambda text, start, end: text[start : start + end], joined, st.integers(0, 4), st.integers(1, 6))
texts = st.one_of(joined, stretches.filter(bool))
patterns = st.builds("{}*{}".format, *map(st.sampled_from, (["", "g", "gr", "机", "大"], ["e", "t*t", "型", "o"])))
days = st.dates(min_value=date(2024, 10, 1), max_value=date(2025, 8, 1)).map(str)
dates = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(["date", "since", "until"]), days),
    st.builds("date:{}..".format, days),
    st.sampled_from(["date:2025", "date:2025-01", "until:2024"]),
)
leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Terms, st.lists(texts, min_size=1, max_size=3).map(" ".join), scopes),
    st.builds(Phrase, texts, scopes),
    st.builds(Prefix, st.sampled_from(["g", "gr", "gpt", "a", "机", "大模", "r", "2", "zz"]), scopes),
    st.builds(Wildcard, patterns, scopes),
    st.builds(Fuzzy, st.sampled_from(["grad", "gradiant", "rum", "机器"]), scopes),
    st.sampled_from([*TOPICS, "nothing"]).map(Hashtag),
    st.sampled_from(["weibo", HOSTS[0], "nowhere"]).map(lambda value: FieldEquals("source", value)),
    st.sampled_from(["9900000100", "9900000105", "1"]).map(lambda value: FieldEquals("account", value)),
    st.sampled_from(["weibo.com", *HOSTS, "org"]).map(lambda value: FieldEquals("site", value)),
    dates.map(parse),
    st.just(MatchAll()),
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda children: And(tuple(children))),
        st.lists(inner, min_size=2, max_size=3).map(lambda children: Or(tuple(children))),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(node=leaves)
def test_a_simple_query_finds_and_scores_what_it_means(made: Made, node: Node) -> None:
    check(made, str(node))


@pytest.mark.thorough
@settings(deadline=None, max_examples=150)
@given(node=nodes)
def test_a_query_finds_and_scores_what_it_means(made: Made, node: Node) -> None:
    check(made, str(node))


def check(made: Made, query: str) -> None:
    hits, _ = all_hits(made.searcher, SearchRequest(query, page_size=17))
    expected = made.reading.match(parse(query))
    scores = {made.reading.documents[number].id: score for number, score in expected.items()}
    assert {hit.post.id: hit.score for hit in hits} == pytest.approx(scores, rel=CLOSE, abs=CLOSE)
    assert hits == sorted(hits, key=lambda hit: (-hit.score, *newest_first(hit)))


def newest_first(hit: Hit) -> tuple[float, str]:
    """Return a key by which hits that are equally good are in order."""
    return (-hit.post.published.timestamp() if hit.post.published else 2**62, hit.post.id)


# --- filters, facets and order --------------------------------------------------------------------------------

some = st.lists(st.integers(0, 3), max_size=2, unique=True)
requests = st.builds(
    lambda query, source, account, hashtag, since, until, sort: SearchRequest(
        query,
        source=tuple(["weibo", *HOSTS][one] for one in source),
        account=tuple(["9900000100", "9900000101", "9900000103", "none"][one] for one in account),
        hashtag=tuple(["#AI#", "话题", "露营", "none"][one] for one in hashtag),
        since=since and min(since, until or since),
        until=until and max(until, since or until),
        sort=sort,
    ),
    nodes.map(str),
    some,
    some,
    some,
    st.none() | days,
    st.none() | days,
    st.sampled_from(Sort),
)


@pytest.mark.thorough
@settings(deadline=None, max_examples=150)
@given(asked=requests)
def test_filters_narrow_and_facets_ignore_their_own_filter(made: Made, asked: SearchRequest) -> None:
    hits, first = all_hits(made.searcher, asked)
    found = [made.reading.documents[number] for number in made.reading.found(parse(asked.query))]
    tests = passing_tests(asked)
    assert {hit.post.id for hit in hits} == {one.id for one in found if all(test(one) for test in tests.values())}
    for name, values in VALUES.items():
        others = [test for facet, test in tests.items() if facet != name]
        counts = Counter(value for one in found if all(test(one) for test in others) for value in values(one))
        buckets = {as_counted(name, bucket.value): bucket.count for bucket in first.facets[name] if bucket.count}
        assert buckets == counts
        ordered = [(-bucket.count, bucket.value) for bucket in first.facets[name] if bucket.count]
        if name in ("source", "account"):
            assert ordered == sorted(ordered)


VALUES: dict[str, Callable[[Document], Iterable[str]]] = {
    "source": lambda one: [one.source] if one.source else [],
    "account": lambda one: [one.account] if one.account else [],
    "hashtag": lambda one: one.topics,
    "date": lambda one: [one.month] if one.month else [],
}


def as_counted(facet: str, value: str) -> str:
    return hashtag_key(value) if facet == "hashtag" else value


def passing_tests(asked: SearchRequest) -> dict[str, Callable[[Document], bool]]:
    """Return by facet what tells whether a document passes the filter of it."""
    tests: dict[str, Callable[[Document], bool]] = {}
    for name in ("source", "account", "hashtag"):
        if wanted := {as_counted(name, value) for value in getattr(asked, name)}:
            tests[name] = lambda one, name=name, wanted=wanted: not wanted.isdisjoint(VALUES[name](one))
    if asked.since or asked.until:
        tests["date"] = lambda one: bool(one.published) and (asked.since or "") <= day_of(one) <= (asked.until or "9")
    return tests


def day_of(document: Document) -> str:
    assert document.published
    return str(document.published.astimezone(ARCHIVE_ZONE).date())


@pytest.mark.thorough
@settings(deadline=None, max_examples=50)
@given(asked=requests)
def test_hits_come_in_the_order_asked_for(made: Made, asked: SearchRequest) -> None:
    for sort in (Sort.NEWEST, Sort.OLDEST):
        hits, _ = all_hits(made.searcher, replace(asked, sort=sort))
        sign = -1 if sort is Sort.NEWEST else 1
        times = [hit.post.published.timestamp() * sign if hit.post.published else 2**62 for hit in hits]
        assert times == sorted(times)
        keyed = [(time, hit.post.id) for time, hit in zip(times, hits, strict=True)]
        assert keyed == sorted(keyed)


# --- stock Whoosh ---------------------------------------------------------------------------------------------


class OurBM25(WeightingModel):  # type: ignore[misc]
    """Scores in Whoosh as this project does, by what Whoosh reads of the same segments."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def scorer(self, searcher: WhooshSearcher, fieldname: str, text: bytes, qf: int = 1) -> BaseScorer:  # noqa: ARG002
        term = text.decode()
        return _Scorer(searcher, self._reading.factor_of_word(term), self._reading.mean_length)


class _Scorer(BaseScorer):  # type: ignore[misc]
    def __init__(self, searcher: WhooshSearcher, factor: float, mean: float) -> None:
        self._searcher, self._factor, self._mean = searcher, factor, mean

    def supports_block_quality(self) -> bool:
        return False

    def score(self, matcher: Matcher) -> float:
        weight = matcher.weight()
        length = self._searcher.doc_field_length(matcher.id(), "words")
        gain = self._factor * (K1 + 1) * weight / (weight + K1 * (1 - B + B * length / self._mean))
        return float(gain * EARLIER_SHARE if weight < 0.25 else gain)


def whoosh_finds(made: Made, asked: whoosh_query.Query) -> dict[str, float]:
    with FileStorage(str(made.data)).open_index(INDEX_NAME).reader() as reader:
        results = WhooshSearcher(reader, weighting=OurBM25(made.reading)).search(asked, limit=None)
        return {hit["id"]: hit.score for hit in results}


def ours_finds_words(made: Made, words: list[str], combine: Callable[[list[DocIds], int], DocIds]) -> dict[str, float]:
    snapshot = Snapshot.open(made.data.parent)
    statistics = SnapshotStatistics(snapshot)
    planner = Planner(statistics)
    terms = [planner.term(word, TermKind.WORD, statistics.token_count(TermKind.WORD, word)) for word in words]
    doc_ids = combine([statistics.term(term).doc_ids for term in terms], snapshot.size)
    return by_id(snapshot, doc_ids, Scorer(statistics, planner).sum_of_terms(terms, doc_ids))


def ours_finds(made: Made, node: Prefix | Wildcard) -> dict[str, float]:
    snapshot = Snapshot.open(made.data.parent)
    statistics = SnapshotStatistics(snapshot)
    match = find_matches(ExpansionPlan(node), statistics)
    return by_id(snapshot, match.doc_ids, Scorer(statistics, Planner(statistics)).scores(match, match.doc_ids))


def by_id(snapshot: Snapshot, doc_ids: DocIds, scores: Scores) -> dict[str, float]:
    return {snapshot.id(doc_id): score for doc_id, score in zip(doc_ids.tolist(), scores.tolist(), strict=True)}


tokens = st.lists(
    st.sampled_from(["机器", "机器人", "的", "gpt", "4o", "a", "run", "running", "none"]), min_size=1, max_size=4
)


@pytest.mark.thorough
@settings(deadline=None, max_examples=60)
@given(words=tokens)
def test_whoosh_finds_and_scores_words_alike(made: Made, words: list[str]) -> None:
    terms = [whoosh_query.Term("words", word) for word in words]
    for kind, combine in ((whoosh_query.And, in_all), (whoosh_query.Or, in_any)):
        theirs = whoosh_finds(made, kind(terms))
        assert ours_finds_words(made, words, combine) == pytest.approx(theirs, rel=CLOSE)


@pytest.mark.parametrize("text", ["g", "gr", "机", "大模", "a", "zz"])
def test_whoosh_finds_the_same_words_by_how_they_begin(made: Made, text: str) -> None:
    ours = ours_finds(made, Prefix(text))
    assert ours.keys() == whoosh_finds(made, whoosh_query.Prefix("words", text)).keys()


@pytest.mark.parametrize("pattern", ["g*e", "*型", "g*a*e", "机*", "*", "*器*", "g**"])
def test_whoosh_finds_the_same_words_by_a_pattern(made: Made, pattern: str) -> None:
    ours = ours_finds(made, Wildcard(pattern))
    assert ours.keys() == whoosh_finds(made, whoosh_query.Wildcard("words", pattern)).keys()
