"""A request and its URL parameters."""

from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.request import MAX_PAGE, MAX_PAGE_SIZE, DateUnit, RequestError, SearchRequest, Sort

# A blank text is no value: a form sends its empty fields too.
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
values = st.lists(texts, unique=True, max_size=3).map(tuple)
dates = st.none() | st.sampled_from(["2025", "2025-05", "2025-05-09", "7d"])
requests = st.builds(
    SearchRequest,
    query=texts | st.just(""),
    source=values,
    account=values,
    hashtag=values,
    type=values,
    claimed_source=values,
    since=dates,
    until=dates,
    sort=st.sampled_from(Sort),
    page=st.integers(1, MAX_PAGE),
    page_size=st.integers(1, MAX_PAGE_SIZE),
    date_by=st.sampled_from(DateUnit),
    hashtag_like=texts | st.just(""),
)


@settings(deadline=None, max_examples=200)
@given(requests)
def test_a_request_comes_back_from_its_url(request: SearchRequest) -> None:
    assert SearchRequest.from_params(parse_qs(urlencode(request.to_params()))) == request


@settings(deadline=None, max_examples=200)
@given(requests, st.sampled_from(["source", "account", "hashtag"]), texts)
def test_a_bucket_toggled_twice_leaves_the_first_page(request: SearchRequest, facet: str, value: str) -> None:
    start = replace(request, **{facet: ()})
    assert start.toggled(facet, value).toggled(facet, value) == replace(start, page=1)


@settings(deadline=None, max_examples=100)
@given(requests, st.sampled_from(["2025-05", "2024-12"]))
def test_a_month_toggled_twice_leaves_no_dates(request: SearchRequest, month: str) -> None:
    start = replace(request, since=None, until=None)
    assert start.toggled("date", month).toggled("date", month) == replace(start, page=1)


def test_a_selected_bucket_is_added_to_the_others() -> None:
    request = SearchRequest("a", source=("weibo",), page=3).toggled("source", "arxiv")
    assert (request.source, request.page, request.query) == (("weibo", "arxiv"), 1, "a")


def test_a_hashtag_is_removed_in_any_spelling() -> None:
    assert SearchRequest(hashtag=("City Ride", "露营")).toggled("hashtag", "#cityride#").hashtag == ("露营",)


def test_a_second_month_replaces_the_first() -> None:
    request = SearchRequest().toggled("date", "2025-05").toggled("date", "2025-04")
    assert (request.since, request.until) == ("2025-04", "2025-04")


def test_a_url_omits_defaults() -> None:
    assert SearchRequest().to_params() == []
    request = SearchRequest("a b", source=("x", "y"), since="2025", sort=Sort.NEWEST, page=2, page_size=20)
    assert request.to_params() == [
        *(("q", "a b"), ("source", "x"), ("source", "y"), ("since", "2025")),
        *(("sort", "newest"), ("page", "2"), ("page_size", "20")),
    ]


def test_unknown_and_empty_parameters_are_ignored() -> None:
    params = {"q": ["a", "b"], "since": [""], "source": ["x", " ", "x"], "page": ["", "2"], "lang": ["en"]}
    assert SearchRequest.from_params(params) == SearchRequest("b", source=("x",), page=2)


BAD = [
    ("page", "0", f"page is 0; it must be from 1 to {MAX_PAGE}."),
    ("page", "1000001", f"page is 1000001; it must be from 1 to {MAX_PAGE}."),
    ("page", "-1", "page is '-1'; it must be a whole number."),
    ("page", "two", "page is 'two'; it must be a whole number."),
    ("page", "1.5", "page is '1.5'; it must be a whole number."),
    ("page", "²", "page is '²'; it must be a whole number."),
    ("page", "9" * 5000, f"page is '{'9' * 40}'; it must be a whole number."),
    ("page_size", "0", f"page_size is 0; it must be from 1 to {MAX_PAGE_SIZE}."),
    ("page_size", "101", f"page_size is 101; it must be from 1 to {MAX_PAGE_SIZE}."),
    ("page_size", "all", "page_size is 'all'; it must be a whole number."),
    ("sort", "best", "sort is 'best'; it must be one of relevance, newest, oldest."),
]


@pytest.mark.parametrize(("name", "value", "sentence"), BAD, ids=[f"{row[0]}={row[1][:9]}" for row in BAD])
def test_a_bad_parameter_is_named_with_its_choices(name: str, value: str, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        SearchRequest.from_params({name: [value]})
    assert caught.value.as_json() == {"code": "bad_request", "message": sentence}
