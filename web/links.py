"""Every URL that the pages need."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from flask import url_for

from searcher.request import SearchRequest, Sort


def search_url(request: SearchRequest) -> str:
    """Return the address of the page of hits that `request` asks for."""
    return _with_params(url_for("search"), request.to_params())


def post_url(post_id: str, request: SearchRequest) -> str:
    """Return the address of a post's page, which leads back to `request`."""
    return _with_params(url_for("post", post_id=post_id), request.to_params())


def sort_url(request: SearchRequest, sort: Sort) -> str:
    """Return the address of the first page of `request` in another order."""
    return search_url(replace(request, sort=sort, page=1))


def page_url(request: SearchRequest, page: int) -> str:
    """Return the address of another page of `request`."""
    return search_url(replace(request, page=page))


def query_url(query: str) -> str:
    """Return the address of the hits for `query` alone."""
    return search_url(SearchRequest(query))


def hashtag_url(hashtag: str) -> str:
    """Return the address of the posts under `hashtag` alone."""
    return search_url(SearchRequest(hashtag=(hashtag,)))


def clear_url(request: SearchRequest) -> str:
    """Return the address of `request` without its filters."""
    return search_url(SearchRequest(request.query, sort=request.sort, page_size=request.page_size))


def language_url(path: str, params: Iterable[tuple[str, str]], language: str) -> str:
    """Return the address of the present page in another language."""
    return _with_params(path, [*((n, v) for n, v in params if n != "lang"), ("lang", language)])


def outside_url(url: str) -> str:
    """Return `url` if it may stand in a page as a link or an image, else an empty string."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def _with_params(path: str, params: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(params)}" if params else path
