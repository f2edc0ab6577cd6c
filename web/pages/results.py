"""The page of hits, which is the start page too."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Response

from searcher.engine import Searcher
from searcher.request import DateUnit, SearchRequest, Sort
from searcher.results import Fragment, Hit, Results
from web.http.parameters import search_parameters
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.facets import FacetView, make_chips, make_facets, source_labels, toggle_link
from web.pages.histogram import Histogram, make_histogram
from web.pages.layout import Link, Moment, all_facets, make_layout, make_moment, render_page, source_name

# Pages linked on either side of the present one.
_NEAR_PAGES = 2
_TOPICS = 6
# Zones whose snippet needs no label.
_UNLABELED = ("", "body")
_EXPORTS = {"json": "JSON", "csv": "CSV", "md": "Markdown"}


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit."""

    title: str
    url: str
    original: str
    source: str
    account: Link | None
    published: Moment | None
    saves: str
    images: str
    picture: str
    hashtags: tuple[Link, ...]
    snippet: tuple[Fragment, ...]
    snippet_from: str
    found_in: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Links to other pages; None in `pages` stands for a gap."""

    pages: tuple[Link | None, ...]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class ResultsView:
    """The page of hits; without any, `nothing` tells why."""

    heading: str
    label: str
    total: str
    took: str
    hits: tuple[HitView, ...]
    histogram: Histogram | None
    facets: tuple[FacetView, ...]
    chips: tuple[Link, ...]
    clear_url: str
    sorts: tuple[Link, ...]
    exports: tuple[Link, ...]
    feed_url: str
    pager: Pager | None
    nothing: str
    did_you_mean: Link | None
    past_end: Link | None


def show(searcher: Searcher) -> Response:
    """Show a page of hits; without a query, all posts, newest first."""
    asked = search_parameters()
    is_unranked = not asked.query and asked.sort is Sort.RELEVANCE
    results = searcher.search(replace(asked, sort=Sort.NEWEST if is_unranked else asked.sort, date_by=DateUnit.DAY))
    layout = make_layout(asked)
    view = _view(layout.text, asked, results, layout.preferences.pictures)
    return render_page("search.html", layout, view=view, topics=() if results.total else _topics(searcher))


def _topics(searcher: Searcher) -> tuple[Link, ...]:
    """Return searches for the most frequent hashtags."""
    labels = [f"#{bucket.label}#" for bucket in all_facets(searcher).get("hashtag", ())[:_TOPICS]]
    return tuple(Link(label, urls.query_url(label)) for label in labels)


def _view(text: Texts, request: SearchRequest, results: Results, pictures: bool) -> ResultsView:
    """Return the view of `results`, with dates by day; its links change `request`."""
    chips, last = make_chips(text, request, results), results.pages
    return ResultsView(
        heading=text("answers", query=request.query) if request.query else text("everything"),
        label=" · ".join((request.query, *(chip.label for chip in chips))).removeprefix(" · ") or text("everything"),
        total=text.counted("total", results.total),
        took=text("took", ms=f"{results.took_ms:.1f}"),
        hits=tuple(_hits(text, request, results, pictures)),
        histogram=make_histogram(text, request, results.facets.get("date", ())),
        facets=make_facets(text, request, results),
        chips=chips,
        clear_url=urls.clear_url(request),
        exports=tuple(Link(label, urls.export_url(request, form)) for form, label in _EXPORTS.items()),
        feed_url=urls.feed_url(request),
        sorts=tuple(_sorts(text, request)),
        pager=_pager(request, last) if 1 < last >= request.page else None,
        nothing="" if results.total else _nothing(text, request.query, bool(chips)),
        did_you_mean=_did_you_mean(request, results.did_you_mean),
        past_end=Link(text("past_end", n=last), urls.page_url(request, last)) if 0 < last < request.page else None,
    )


def _hits(text: Texts, request: SearchRequest, results: Results, pictures: bool) -> Iterator[HitView]:
    labels = source_labels(results)
    for hit in results.hits:
        source = hit.post.source
        yield _hit(text, request, hit, source_name(text, source, labels.get(source, "")), pictures)


def _hit(text: Texts, request: SearchRequest, hit: Hit, source: str, pictures: bool) -> HitView:
    post = hit.post
    images = post.latest.content.images
    account = text("account", account=post.account)
    return HitView(
        title=post.title or text("untitled"),
        url=urls.post_url(post.id, request),
        original=urls.outside_url(post.url),
        source=source,
        account=toggle_link(request, "account", post.account, account) if post.account else None,
        published=make_moment(post.published),
        saves=text.counted("saves", len(post.saves)),
        images=text.counted("images", len(images)) if images else "",
        picture=next(filter(None, map(urls.outside_url, images)), "") if pictures else "",
        hashtags=tuple(toggle_link(request, "hashtag", hashtag, hashtag) for hashtag in hit.hashtags),
        snippet=hit.snippet,
        snippet_from="" if hit.snippet_in in _UNLABELED else text(f"in_{hit.snippet_in}"),
        found_in=_found_in(text, hit),
    )


def _found_in(text: Texts, hit: Hit) -> str:
    """Return the zones that matched, other than title, body and that of the snippet, as a text."""
    shown = {"title", "body", hit.snippet_in}
    zones = [text(f"in_{zone}") for zone in hit.matched_in if zone not in shown]
    return text("matched_in", places=text("list").join(zones)) if zones else ""


def _did_you_mean(request: SearchRequest, query: str | None) -> Link | None:
    return Link(query, urls.search_url(replace(request, query=query, page=1))) if query else None


def _sorts(text: Texts, request: SearchRequest) -> Iterator[Link]:
    """Yield the sort orders; without a query, relevance would mean newest and is left out."""
    if request.query:
        for sort in Sort:
            yield Link(text(f"sort_{sort}"), urls.sort_url(request, sort), sort is request.sort)
    else:
        is_oldest = request.sort is Sort.OLDEST
        yield Link(text("sort_newest"), urls.sort_url(request, Sort.RELEVANCE), not is_oldest)
        yield Link(text("sort_oldest"), urls.sort_url(request, Sort.OLDEST), is_oldest)


def _pager(request: SearchRequest, last: int) -> Pager:
    here = request.page
    near = range(max(1, here - _NEAR_PAGES), min(last, here + _NEAR_PAGES) + 1)
    pages: list[Link | None] = []
    before = 0
    for number in sorted({1, *near, last}):
        if number > before + 1:
            pages.append(None)
        pages.append(Link(str(number), urls.page_url(request, number), number == here))
        before = number
    return Pager(
        pages=tuple(pages),
        previous=urls.page_url(request, here - 1) if here > 1 else "",
        next=urls.page_url(request, here + 1) if here < last else "",
    )


def _nothing(text: Texts, query: str, is_filtered: bool) -> str:
    if query:
        return text("nothing_filtered" if is_filtered else "nothing_query", query=query)
    return text("nothing_filters" if is_filtered else "nothing_archive")
