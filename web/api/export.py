"""All hits of a search as one document to download."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from flask import Response

from index.errors import MovingIndexError
from searcher.engine import Searcher
from searcher.errors import ErrorMessage
from searcher.export import markdown, spreadsheet
from searcher.request import MAX_PAGE_SIZE, RequestError, SearchRequest
from searcher.results import Hit, Results, dump_json
from web.http.parameters import search_parameters

_Writer = Callable[[Results, Iterator[Hit]], str]
MAX_EXPORT = 10_000
# Attempts at an export on a backend that cannot read all pages of one commit while new ones arrive.
_ATTEMPTS = 5


def export(searcher: Searcher, form: str) -> Response:
    """Answer with every hit of a search on one commit, as `json`, `csv` or `md`."""
    asked = replace(search_parameters(), page=1, page_size=MAX_PAGE_SIZE)
    media_type, write = FORMS[form]
    content = _retry(lambda: _document(searcher, asked, write))
    headers = {"Content-Disposition": f"attachment; filename=searcher.{form}"}
    return Response(content, mimetype=media_type, headers=headers)


def _retry(read: Callable[[], str]) -> str:
    for _ in range(_ATTEMPTS - 1):
        try:
            return read()
        except MovingIndexError:
            continue
    return read()


def _document(searcher: Searcher, asked: SearchRequest, write: _Writer) -> str:
    pages = searcher.pages(asked)
    first = next(pages)
    if first.total > MAX_EXPORT:
        raise RequestError(ErrorMessage.TOO_MANY_TO_EXPORT, total=first.total, most=MAX_EXPORT)
    return write(first, (hit for page in chain((first,), pages) for hit in page.hits))


def _json(first: Results, hits: Iterator[Hit]) -> str:
    hits_json = [hit.as_json() for hit in hits]
    return dump_json({**first.as_json(), "page_size": max(1, len(hits_json)), "hits": hits_json})


def _csv(_: Results, hits: Iterator[Hit]) -> str:
    # Without the byte order mark, Excel reads the file in the system's legacy encoding.
    return f"\ufeff{spreadsheet(hits)}"


def _markdown(first: Results, hits: Iterator[Hit]) -> str:
    return markdown(first.query, hits)


FORMS: dict[str, tuple[str, _Writer]] = {
    "json": ("application/json", _json),
    "csv": ("text/csv", _csv),
    "md": ("text/markdown", _markdown),
}
