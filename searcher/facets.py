"""The selected values of a request and the buckets of its facets, the same for both engines."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from index.schema.fields import FILTERS
from searcher.errors import ErrorMessage
from searcher.query import dates
from searcher.request import DateUnit, RequestError, SearchRequest
from searcher.results import Bucket

# Most buckets of a facet, the selected ones apart, which are always given.
MAX_BUCKETS = 50
_DATE_FORMS = {DateUnit.YEAR: r"\d{4}", DateUnit.MONTH: r"\d{4}-\d{2}", DateUnit.DAY: r"\d{4}-\d{2}-\d{2}"}
_SOURCE_LABELS = {"weibo": "微博", "arxiv": "arXiv"}


def selected_values(request: SearchRequest) -> dict[str, list[str]]:
    """Return the values of each filter that is set as they are indexed, each once.

    Raises RequestError for a hashtag without a name.
    """
    for value in request.filters.get("hashtag", ()):
        if not FILTERS["hashtag"].normalize(value):
            raise RequestError(ErrorMessage.NO_HASHTAG, value=value)
    return {name: list(dict.fromkeys(map(FILTERS[name].normalize, values))) for name, values in request.filters.items()}


def selected_time(request: SearchRequest) -> dates.Period | None:
    """Return the time of `since` to before the end of `until`, None where neither is set; raise RequestError."""
    if not (request.since or request.until):
        return None
    start = _moment("since", request.since, dates.start_of)
    end = _moment("until", request.until, dates.end_of)
    if start and end and start >= end:
        raise RequestError(ErrorMessage.NO_TIME_BETWEEN, since=request.since, until=request.until)
    return start, end


def value_bucket(value: str, count: int, selected: bool) -> Bucket:
    """Return the bucket of a value; its label is the name of the site if the value is a known source."""
    return Bucket(value, _SOURCE_LABELS.get(value, value), count, selected)


def date_buckets(counts: Mapping[str, int], request: SearchRequest) -> tuple[Bucket, ...]:
    """Return the buckets of the years, months or days in `counts` and of the selected one, the latest first."""
    selected = request.since if request.since == request.until else None
    if selected and re.fullmatch(_DATE_FORMS[request.date_by], selected):
        counts = {selected: 0, **counts}
    return tuple(Bucket(value, value, counts[value], value == selected) for value in sorted(counts, reverse=True))


def _moment(name: str, text: str | None, read: Callable[[str], datetime]) -> datetime | None:
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        raise RequestError(ErrorMessage.NO_TIME, name=name, value=text, forms=dates.POINTS) from None
