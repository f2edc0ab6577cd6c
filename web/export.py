"""All hits of a search as one document to take away."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import Response, request

from index.errors import SearcherError
from searcher.documents import markdown, spreadsheet
from searcher.engine import Searcher
from searcher.request import MAX_PAGE_SIZE, RequestError, SearchRequest
from searcher.results import Hit, Results, dump_json, hit_json

MAX_EXPORT = 10_000
# Commits that may come between the pages of one export before it is given up.
_TRIES = 5


class MovingIndexError(SearcherError):
    """Says that commits came again and again while an export was made: wait, or ask for less."""

    code = "index_moving"


class _Overtaken(Exception):
    """Says that a commit came between two pages: together they may hold a hit twice, or miss one."""


def export(searcher: Searcher, form: str) -> Response:
    """Answer with every hit that the URL parameters ask for, as `json`, `csv` or `md`; all of one commit."""
    asked = replace(SearchRequest.from_params(request.args.to_dict(flat=False)), page=1, page_size=MAX_PAGE_SIZE)
    media_type, write = FORMS[form]
    for _ in range(_TRIES):
        try:
            content = _whole(searcher, asked, write)
        except _Overtaken:
            continue
        headers = {"Content-Disposition": f"attachment; filename=searcher.{form}"}
        return Response(content, mimetype=media_type, headers=headers)
    raise MovingIndexError("The index changed again and again while the hits were read: wait, or narrow the query.")


def _whole(searcher: Searcher, asked: SearchRequest, write: Callable[[Results, Iterator[Hit]], str]) -> str:
    commit = searcher.commit()
    first = searcher.search(asked)
    if first.total > MAX_EXPORT:
        raise RequestError(
            f"{first.total:,} posts would be exported, and at most {MAX_EXPORT:,} are: narrow the query or the dates."
        )

    def hits() -> Iterator[Hit]:
        yield from first.hits
        for page in range(2, first.pages + 1):
            yield from searcher.search(replace(asked, page=page)).hits
        if searcher.commit() != commit:
            raise _Overtaken

    return write(first, hits())


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
