"""All hits of a search as one document to take away."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from flask import Response, request

from index.errors import MovingIndexError
from searcher.engine import Searcher
from searcher.errors import ErrorMessage
from searcher.export import markdown, spreadsheet
from searcher.request import MAX_PAGE_SIZE, RequestError, SearchRequest
from searcher.results import Hit, Results, dump_json, hit_json

MAX_EXPORT = 10_000
# Times that commits may come between the pages of one export, where an engine can't do without, before it is given up.
_TRIES = 5


def export(searcher: Searcher, form: str) -> Response:
    """Answer with every hit that the URL parameters ask for, as `json`, `csv` or `md`; all of one commit."""
    asked = replace(SearchRequest.from_params(request.args.to_dict(flat=False)), page=1, page_size=MAX_PAGE_SIZE)
    media_type, write = FORMS[form]
    content = _of_one_commit(lambda: _whole(searcher, asked, write))
    headers = {"Content-Disposition": f"attachment; filename=searcher.{form}"}
    return Response(content, mimetype=media_type, headers=headers)


def _of_one_commit(read: Callable[[], str]) -> str:
    for _ in range(_TRIES - 1):
        try:
            return read()
        except MovingIndexError:
            continue
    return read()


def _whole(searcher: Searcher, asked: SearchRequest, write: Callable[[Results, Iterator[Hit]], str]) -> str:
    pages = searcher.pages(asked)
    first = next(pages)
    if first.total > MAX_EXPORT:
        raise RequestError(ErrorMessage.TOO_MANY_TO_EXPORT, total=first.total, most=MAX_EXPORT)
    return write(first, (hit for page in chain((first,), pages) for hit in page.hits))


def _json(first: Results, hits: Iterator[Hit]) -> str:
    found = [hit_json(hit) for hit in hits]
    return dump_json({**first.as_json(), "page_size": max(1, len(found)), "hits": found})


def _csv(_: Results, hits: Iterator[Hit]) -> str:
    # Without the mark, Excel takes UTF-8 for the encoding of the machine's language.
    return f"\ufeff{spreadsheet(hits)}"


def _markdown(first: Results, hits: Iterator[Hit]) -> str:
    return markdown(first.query, hits)


FORMS: dict[str, tuple[str, Callable[[Results, Iterator[Hit]], str]]] = {
    "json": ("application/json", _json),
    "csv": ("text/csv", _csv),
    "md": ("text/markdown", _markdown),
}
