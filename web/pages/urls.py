"""The URLs of the pages."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import request, url_for

from searcher.request import SearchRequest, Sort

# The parameter that scripts send when they replace parts of the page in place.
IN_PLACE = "in_place"


def search_url(asked: SearchRequest, **changes: Any) -> str:
    """Return the URL of the page of hits for `asked` with `changes`."""
    return _with_params(url_for("search"), replace(asked, **changes).to_params())


def post_url(post_id: str, asked: SearchRequest) -> str:
    """Return the URL of a post's page, which links back to `asked`."""
    return _with_params(url_for("post", post_id=post_id), asked.to_params())


def dates_url(asked: SearchRequest, since: str | None, until: str | None) -> str:
    """Return the URL of the first page of `asked` with another date range."""
    return search_url(asked, since=since, until=until, page=1)


def preference_url(name: str, value: str) -> str:
    """Return the URL of the page being answered with the preference `name` set to `value`."""
    kept = [param for param in request.args.items(multi=True) if param[0] not in (name, IN_PLACE)]
    return _with_params(request.path, [*kept, (name, value)])


def kept_params(asked: SearchRequest, *but: str) -> list[tuple[str, str]]:
    """Return the parameters of `asked` for hidden fields of a form: without the page, and without those in `but`."""
    return [(name, value) for name, value in replace(asked, page=1).to_params() if name not in but]


def export_url(asked: SearchRequest, form: str) -> str:
    """Return the URL of all hits of `asked` as one document."""
    all_hits = replace(asked, page=1, page_size=10, hashtag_like="")
    return _with_params(url_for("export", form=form), all_hits.to_params())


def feed_url(asked: SearchRequest) -> str:
    """Return the URL of the feed of `asked`."""
    all_hits = replace(asked, page=1, page_size=10, sort=Sort.RELEVANCE, hashtag_like="")
    return _with_params(url_for("feed"), all_hits.to_params())


def outside_url(url: str) -> str:
    """Return `url` if it is a web address, else an empty string: only those become links and images of a page."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def _with_params(path: str, params: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(params)}" if params else path
