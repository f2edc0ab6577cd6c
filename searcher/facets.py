"""What the filters of a request select, and how facets show it, whichever engine counts."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from index.archive.hashtags import hashtag_key
from searcher.errors import ErrorMessage
from searcher.query import dates
from searcher.request import LIST_PARAMETERS, DateUnit, RequestError, SearchRequest, as_indexed
from searcher.results import Bucket

# Buckets given of a facet that may have thousands; chosen ones are always among them.
MAX_BUCKETS = 50
_DATE_FORMS = {DateUnit.YEAR: r"\d{4}", DateUnit.MONTH: r"\d{4}-\d{2}", DateUnit.DAY: r"\d{4}-\d{2}-\d{2}"}
_SOURCE_LABELS = {"weibo": "微博", "arxiv": "arXiv"}


def chosen(request: SearchRequest, name: str) -> list[str]:
    """Return the values that `request` chooses of a facet, as they are indexed, each once."""
    return list(dict.fromkeys(as_indexed(name, value) for value in getattr(request, name)))


def chosen_values(request: SearchRequest) -> dict[str, list[str]]:
    """Return by facet the values that `request` chooses of it; raise RequestError for a hashtag that is none."""
    if nameless := [value for value in request.hashtag if not hashtag_key(value)]:
        raise RequestError(ErrorMessage.NO_HASHTAG, value=nameless[0])
    return {name: chosen(request, name) for name in LIST_PARAMETERS if getattr(request, name)}


def chosen_time(request: SearchRequest) -> dates.Period | None:
    """Return from when and to before when posts are asked for, None if at any time or none; raise RequestError."""
    if not (request.since or request.until):
        return None
    start = _moment("since", request.since, dates.start_of)
    end = _moment("until", request.until, dates.end_of)
    if start and end and start >= end:
        raise RequestError(ErrorMessage.NO_TIME_BETWEEN, since=request.since, until=request.until)
    return start, end


def value_bucket(value: str, count: int, selected: bool) -> Bucket:
    """Return the bucket of a value that is called by its own name, or as its source is."""
    return Bucket(value, _SOURCE_LABELS.get(value, value), count, selected)


def date_buckets(counts: Mapping[str, int], request: SearchRequest) -> tuple[Bucket, ...]:
    """Return the buckets of the years, months or days with `counts`, and of a chosen one, the latest first."""
    selected = request.since if request.since == request.until else None
    if selected and re.fullmatch(_DATE_FORMS[request.date_by], selected):
        counts = {selected: 0, **counts}
    return tuple(Bucket(value, value, counts[value], value == selected) for value in sorted(counts, reverse=True))


def _moment(name: str, text: str | None, read: Callable[[str], datetime]) -> datetime | None:
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        raise RequestError(ErrorMessage.NO_TIME, name=name, value=text, forms=dates.POINTS) from None
