"""The error page; a mistake in the query is marked where it is."""

from flask import Response, request

from searcher.request import RequestError, SearchRequest
from web.http.errors import Failure
from web.http.parameters import search_parameters
from web.i18n.texts import LANGUAGES
from web.pages import urls
from web.pages.facets import make_chips
from web.pages.layout import make_layout, render_page

# Characters shown of a long query on either side of its mistake.
_CONTEXT = 60


def show(failure: Failure) -> Response:
    """Show an error, in the reader's language if possible."""
    try:
        asked = search_parameters()
    except RequestError:
        asked = SearchRequest(request.args.get("q", ""))
    layout = make_layout(asked)
    heading = f"error_{failure.code}"
    language = layout.text.language if layout.text.language in failure.messages else "en"
    response = render_page(
        "error.html",
        layout,
        sentence=failure.messages[language],
        sentence_language=LANGUAGES[language],
        details="" if failure.is_complete or language == "en" else failure.messages["en"],
        heading=layout.text(heading if layout.text.has(heading) else "error"),
        marked=mark(asked.query, *failure.span) if failure.span else None,
        chips=make_chips(layout.text, asked),
    )
    # While a query is being typed, a mistake in it is an expected answer.
    is_typing = failure.status == 400 and urls.IN_PLACE in request.args
    response.status_code = 200 if is_typing else failure.status
    return response


def mark(query: str, start: int, end: int) -> tuple[str, str, str]:
    """Return `query` split before and after its mistake, with text far from it cut off."""
    before, wrong, after = query[:start], query[start:end], query[end:]
    return (
        before if len(before) <= _CONTEXT else f"…{before[-_CONTEXT:]}",
        wrong if len(wrong) <= 2 * _CONTEXT else f"{wrong[: 2 * _CONTEXT]}…",
        after if len(after) <= _CONTEXT else f"{after[:_CONTEXT]}…",
    )
