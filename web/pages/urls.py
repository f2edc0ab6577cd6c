"""The URLs of the pages."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from flask import url_for

from searcher.request import SearchRequest, Sort

# The parameter that scripts send when they replace parts of the page in place.
IN_PLACE = "in_place"


def search_url(request: SearchRequest) -> str:
    """Return the URL of the page of hits for `request`."""
    return _with_params(url_for("search"), request.to_params())


def post_url(post_id: str, request: SearchRequest) -> str:
    """Return the URL of a post's page, which links back to `request`."""
    return _with_params(url_for("post", post_id=post_id), request.to_params())


def sort_url(request: SearchRequest, sort: Sort) -> str:
    """Return the URL of the first page of `request` in another order."""
    return search_url(replace(request, sort=sort, page=1))


def page_url(request: SearchRequest, page: int) -> str:
    """Return the URL of another page of `request`."""
    return search_url(replace(request, page=page))


def query_url(query: str) -> str:
    """Return the URL of the hits for `query` alone."""
    return search_url(SearchRequest(query))


def hashtag_url(hashtag: str) -> str:
    """Return the URL of the posts with `hashtag` alone."""
    return search_url(SearchRequest(hashtag=(hashtag,)))


def clear_url(request: SearchRequest) -> str:
    """Return the URL of `request` without its filters."""
    return search_url(SearchRequest(request.query, sort=request.sort, page_size=request.page_size))


def dates_url(request: SearchRequest, since: str | None, until: str | None) -> str:
    """Return the URL of the first page of `request` with another date range."""
    return search_url(replace(request, since=since, until=until, page=1))


def preference_url(path: str, params: Iterable[tuple[str, str]], name: str, value: str) -> str:
    """Return the URL `path` with `params` and the preference `name` set to `value`."""
    return _with_params(path, [*(param for param in params if param[0] not in (name, IN_PLACE)), (name, value)])


def kept_params(request: SearchRequest, *but: str) -> tuple[tuple[str, str], ...]:
    """Return the parameters of `request` for hidden fields of a form: without the page, and without those in `but`."""
    return tuple((name, value) for name, value in replace(request, page=1).to_params() if name not in but)


def year_url(year: str) -> str:
    """Return the URL of the statistics of one year."""
    return _with_params(url_for("statistics"), [("year", year)])


def raw_url(post_id: str, save: int) -> str:
    """Return the URL of the file of a post's n-th save."""
    return _with_params(url_for("raw", post_id=post_id), [("save", str(save))])


def export_url(request: SearchRequest, form: str) -> str:
    """Return the URL of all hits of `request` as one document."""
    asked = replace(request, page=1, page_size=10, hashtag_like="")
    return _with_params(url_for("export", form=form), asked.to_params())


def feed_url(request: SearchRequest) -> str:
    """Return the URL of the feed of `request`."""
    asked = replace(request, page=1, page_size=10, sort=Sort.RELEVANCE, hashtag_like="")
    return _with_params(url_for("feed"), asked.to_params())


def outside_url(url: str) -> str:
    """Return `url` if it is a web address, else an empty string: only those become links and images of a page."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def _with_params(path: str, params: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(params)}" if params else path
