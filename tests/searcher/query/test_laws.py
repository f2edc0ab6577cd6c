"""Laws that every query obeys, over the example archive."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from searcher import Searcher, SearchRequest
from searcher.errors import QuerySyntaxError
from searcher.query.parser import parse
from searcher.query.tree import Phrase, Scope, Terms
from searcher.request import DateUnit
from tests.engines import times
from tests.searcher.query.test_parser import queries as typed
from tests.searcher.test_oracle import EVERYTHING, holders, literals, queries
from tests.searcher.test_search import choosing

FACETS = ("source", "account", "hashtag", "date", "claimed_source")
months = st.sampled_from(["2024", "2025", "2025-04", "2025-05", "2025-05-06"])
requests = st.builds(
    lambda query, source, account, hashtag, month, date_by: SearchRequest(
        query, source=source, account=account, hashtag=hashtag, since=month, until=month, date_by=date_by
    ),
    queries | st.just(""),
    st.lists(st.sampled_from(["weibo", "arxiv", "nowhere"]), max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from(["9900000001", "9900000002", "1"]), max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from(["露营", "City Ride", "大模型", "none"]), max_size=2, unique=True).map(tuple),
    st.none() | months,
    st.sampled_from(DateUnit),
)


def ids(searcher: Searcher, request: SearchRequest) -> frozenset[str]:
    results = searcher.search(replace(request, page_size=100))
    assert results.total == len(results.hits)
    return frozenset(hit.post.id for hit in results.hits)


@settings(deadline=None, max_examples=times(40))
@given(request=requests, data=st.data())
def test_a_bucket_counts_the_hits_of_a_click(examples: Searcher, request: SearchRequest, data: st.DataObject) -> None:
    for facet, buckets in examples.search(request).facets.items():
        if buckets:
            bucket = data.draw(st.sampled_from(buckets))
            assert examples.search(choosing(request, facet, bucket.value)).total == bucket.count


@settings(deadline=None, max_examples=times(60))
@given(request=requests)
def test_filters_never_add_hits(examples: Searcher, request: SearchRequest) -> None:
    found = ids(examples, request)
    for facet in ("source", "account", "hashtag"):
        assert found <= ids(examples, replace(request, **{facet: ()}))
    assert found <= ids(examples, replace(request, since=None))
    assert found <= ids(examples, replace(request, until=None))


@settings(deadline=None, max_examples=times(150))
@given(query=typed)
def test_a_query_or_its_negation_finds_everything(examples: Searcher, query: str) -> None:
    try:
        written = str(parse(query))
        either, both = (SearchRequest(f"({written}) {joint} NOT ({written})") for joint in ("OR", "AND"))
        found = ids(examples, either)
    except QuerySyntaxError:
        assume(False)  # what has no meaning has no opposite; twice as long, a query may be too long
    assert found == EVERYTHING
    assert ids(examples, both) == frozenset()


@settings(deadline=None, max_examples=times(60))
@given(text=literals, scope=st.sampled_from(Scope))
def test_words_find_whatever_the_quoted_text_finds(examples: Searcher, text: str, scope: Scope) -> None:
    line = " ".join(text.split())
    bare, quoted = (SearchRequest(str(kind(line, scope))) for kind in (Terms, Phrase))
    assert ids(examples, quoted) <= ids(examples, bare)


LEAST = ["的", "了", "是", "营", "the", "and", "of", "a", "g", "1", "？", "，", "。", "#", "-", ".", "🍳", "("]


@pytest.mark.parametrize("text", LEAST)
def test_the_shortest_texts_find_every_post_that_holds_them(examples: Searcher, text: str) -> None:
    """Stop words, single characters, letters, digits, punctuation and emoji, quoted and unquoted."""
    quoted = ids(examples, SearchRequest(str(Phrase(text))))
    assert quoted == holders(text) != frozenset()
    assert ids(examples, SearchRequest(str(Terms(text)))) >= quoted
