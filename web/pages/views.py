"""The pages."""

from dataclasses import dataclass, replace

from flask import Response, make_response, render_template, request

from searcher.engine import Searcher
from searcher.request import DateUnit, RequestError, SearchRequest, Sort, whole_number
from searcher.results import Results
from web.api.json import known_post
from web.http.errors import Failure
from web.http.preferences import keep
from web.i18n.texts import LANGUAGES
from web.pages import urls
from web.pages.completion import complete
from web.pages.facets import make_chips
from web.pages.help import make_help
from web.pages.imports import IMPORTS, make_imports
from web.pages.layout import Frame, Link, make_frame
from web.pages.post import make_post_view
from web.pages.results import make_results_view
from web.pages.statistics import make_statistics, topic_request, topics_of

_TOPICS = 6
_RELATED = 6
# How much of a long query is shown on either side of its mistake.
_AROUND = 60


@dataclass(frozen=True, slots=True)
class MarkedQuery:
    """Is a query with the stretch that has no meaning set apart."""

    before: str
    wrong: str
    after: str


def search(searcher: Searcher) -> Response:
    """Show a page of hits; without a query, everything, newest first."""
    asked = _asked()
    is_unranked = not asked.query and asked.sort is Sort.RELEVANCE
    results = searcher.search(replace(asked, sort=Sort.NEWEST if is_unranked else asked.sort, date_by=DateUnit.DAY))
    frame = make_frame(request, asked)
    view = make_results_view(frame.text, asked, results, frame.preferences.pictures)
    topics = () if results.total else _topics(searcher)
    return _page("search.html", frame, view=view, topics=topics)


def post(searcher: Searcher, post_id: str) -> Response:
    """Show a post with all its saves."""
    found = known_post(searcher, post_id)
    asked = _asked()
    frame = make_frame(request, asked)
    related = searcher.related(post_id, _RELATED)
    view = make_post_view(frame.text, found, searcher.labels(found.hashtags), related, asked)
    return _page("post.html", frame, view=view)


def statistics(searcher: Searcher) -> Response:
    """Show pictures of what the index holds."""
    everything = _everything(searcher)
    topics = topics_of(everything)
    of_topics = [searcher.search(topic_request(topic, topics)) for topic in topics]
    frame = make_frame(request, SearchRequest())
    year = request.args.get("year", "")
    view = make_statistics(frame.text, searcher.stats(), everything, of_topics, year)
    return _page("statistics.html", frame, view=view)


def imports(searcher: Searcher) -> Response:
    """Show what the last updates of the index did."""
    frame = make_frame(request, SearchRequest())
    return _page("imports.html", frame, imports=make_imports(frame.text, searcher.imports(IMPORTS)))


def help_(searcher: Searcher) -> Response:
    """Show how to write a query, by what this archive holds."""
    frame = make_frame(request, SearchRequest())
    return _page("help.html", frame, view=make_help(frame.text, _everything(searcher)))


def completions(searcher: Searcher) -> Response:
    """Show what completes the word before the cursor, as the choices below the search box."""
    frame = make_frame(request, SearchRequest())
    query = request.args.get("q", "")
    cursor = whole_number("cursor", request.args.get("cursor") or str(len(query)))
    return _page("completions.html", frame, completions=complete(frame.text, searcher, query, cursor))


def failed(failure: Failure) -> Response:
    """Show what went wrong: a mistake in the query at its place, anything else as a sentence."""
    try:
        asked = _asked()
    except RequestError:
        asked = SearchRequest(request.args.get("q", ""))
    marked = mark(asked.query, *failure.place) if failure.place else None
    frame = make_frame(request, asked)
    heading = f"error_{failure.code}"
    language = frame.preferences.language
    spoken = language if language in failure.sentences else "en"
    response = _page(
        "error.html",
        frame,
        sentence=failure.sentences[spoken],
        sentence_language=LANGUAGES[spoken],
        details="" if failure.is_whole or spoken == "en" else failure.sentences["en"],
        heading=frame.text(heading if frame.text.has(heading) else "error"),
        marked=marked,
        chips=make_chips(frame.text, asked),
    )
    # A mistake that is shown while the query is still being typed is what was asked for.
    is_typing = failure.status == 400 and urls.IN_PLACE in request.args
    response.status_code = 200 if is_typing else failure.status
    return response


def mark(query: str, start: int, end: int) -> MarkedQuery:
    """Return `query` with its mistake set apart, and cut off far away from it."""
    before, wrong, after = query[:start], query[start:end], query[end:]
    return MarkedQuery(
        before=before if len(before) <= _AROUND else f"…{before[-_AROUND:]}",
        wrong=wrong if len(wrong) <= 2 * _AROUND else f"{wrong[: 2 * _AROUND]}…",
        after=after if len(after) <= _AROUND else f"{after[:_AROUND]}…",
    )


def _asked() -> SearchRequest:
    return SearchRequest.from_params(request.args.to_dict(flat=False))


def _everything(searcher: Searcher) -> Results:
    return searcher.search(SearchRequest(page_size=1, date_by=DateUnit.DAY))


def _topics(searcher: Searcher) -> tuple[Link, ...]:
    """Return searches that are sure to find something: the archive's commonest hashtags."""
    buckets = _everything(searcher).facets.get("hashtag", ())
    return tuple(Link(f"#{b.label}#", urls.query_url(f"#{b.label}#")) for b in buckets[:_TOPICS])


def _page(template: str, frame: Frame, **shown: object) -> Response:
    response = make_response(render_template(template, frame=frame, text=frame.text, **shown))
    response.headers["Content-Language"] = frame.language
    response.vary.update(("Accept-Language", "Cookie"))
    keep(request, response)
    return response
