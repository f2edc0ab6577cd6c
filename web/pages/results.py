"""The page of hits, which is the start page too."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Response

from searcher.engine import Searcher
from searcher.request import DateUnit, SearchRequest, Sort
from searcher.results import Hit
from web.http.parameters import search_parameters
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.facets import make_chips, make_facets, source_labels, toggle_link
from web.pages.histogram import make_histogram
from web.pages.layout import Link, all_facets, make_layout, render_page, source_name

# Pages linked on either side of the present one.
_NEAR_PAGES = 2
_TOPICS = 6
# Zones whose snippet needs no label.
_UNLABELED = ("", "body")


def show(searcher: Searcher) -> Response:
    """Show a page of hits; without a query, all posts, newest first."""
    asked = search_parameters()
    is_unranked = not asked.query and asked.sort is Sort.RELEVANCE
    results = searcher.search(replace(asked, sort=Sort.NEWEST if is_unranked else asked.sort, date_by=DateUnit.DAY))
    layout = make_layout(asked)
    text, chips, labels = layout.text, make_chips(layout.text, asked, results), source_labels(results)
    frequent = () if results.total else all_facets(searcher).get("hashtag", ())[:_TOPICS]
    return render_page(
        "search.html",
        layout,
        results=results,
        hits=[_hit(text, asked, hit, labels) for hit in results.hits],
        histogram=make_histogram(text, asked, results.facets.get("date", ())),
        facets=make_facets(text, asked, results),
        chips=chips,
        label=" · ".join((asked.query, *(chip.label for chip in chips))).removeprefix(" · ") or text("everything"),
        clear_url=urls.search_url(SearchRequest(asked.query, sort=asked.sort, page_size=asked.page_size)),
        sorts=list(_sorts(text, asked)),
        pager=list(_pager(asked, results.pages)) if 1 < results.pages >= asked.page else [],
        nothing="" if results.total else _nothing(text, asked.query, bool(chips)),
        topics=[Link(f"#{topic.label}#", urls.search_url(SearchRequest(f"#{topic.label}#"))) for topic in frequent],
    )


def _hit(text: Texts, request: SearchRequest, hit: Hit, labels: dict[str, str]) -> dict[str, object]:
    post = hit.post
    account = text("account", account=post.account)
    return {
        "post": post,
        "title": post.title or text("untitled"),
        "original": urls.outside_url(post.url),
        "source": source_name(text, post.source, labels.get(post.source, "")),
        "account": toggle_link(request, "account", post.account, account) if post.account else None,
        "picture": next(filter(None, map(urls.outside_url, post.latest.content.images)), ""),
        "hashtags": [toggle_link(request, "hashtag", hashtag, hashtag) for hashtag in hit.hashtags],
        "snippet": hit.snippet,
        "snippet_from": "" if hit.snippet_in in _UNLABELED else text(f"in_{hit.snippet_in}"),
        "found_in": _found_in(text, hit),
    }


def _found_in(text: Texts, hit: Hit) -> str:
    """Return the zones that matched, other than title, body and that of the snippet, as a text."""
    shown = {"title", "body", hit.snippet_in}
    zones = [text(f"in_{zone}") for zone in hit.matched_in if zone not in shown]
    return text("matched_in", places=text("list").join(zones)) if zones else ""


def _sorts(text: Texts, request: SearchRequest) -> Iterator[Link]:
    """Yield the sort orders; without a query, relevance would mean newest and is left out."""
    if request.query:
        for sort in Sort:
            yield Link(text(f"sort_{sort}"), urls.search_url(request, sort=sort, page=1), sort is request.sort)
    else:
        is_oldest = request.sort is Sort.OLDEST
        yield Link(text("sort_newest"), urls.search_url(request, sort=Sort.RELEVANCE, page=1), not is_oldest)
        yield Link(text("sort_oldest"), urls.search_url(request, sort=Sort.OLDEST, page=1), is_oldest)


def _pager(request: SearchRequest, last: int) -> Iterator[int | None]:
    """Yield the numbers of the first and the last page, and of those near the present one; None stands for a gap."""
    near = range(max(1, request.page - _NEAR_PAGES), min(last, request.page + _NEAR_PAGES) + 1)
    before = 0
    for number in sorted({1, *near, last}):
        if number > before + 1:
            yield None
        yield number
        before = number


def _nothing(text: Texts, query: str, is_filtered: bool) -> str:
    if query:
        return text("nothing_filtered" if is_filtered else "nothing_query", query=query)
    return text("nothing_filters" if is_filtered else "nothing_archive")
