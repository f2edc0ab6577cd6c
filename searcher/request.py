"""A search as a user states it: query, filters, sort and page; to and from URL parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, make_dataclass, replace
from enum import StrEnum
from typing import Any

from index.schema.fields import FILTERS
from searcher.errors import ErrorMessage, UserError

MAX_PAGE_SIZE = 100
MAX_PAGE = 1_000_000
# Values of one filter. A page has a link for each, and every link repeats all the values.
MAX_VALUES = 50


class RequestError(UserError):
    """A parameter of a request without meaning; the message says what it may be."""

    code = "bad_request"


class UnknownPostError(UserError):
    """The id of a post that the index does not have."""

    code = "not_found"

    def __init__(self, post_id: str) -> None:
        super().__init__(ErrorMessage.NO_POST, post=post_id)


def check_limit(limit: int) -> None:
    """Raise RequestError unless `limit` is from 1 to MAX_PAGE_SIZE."""
    _check_range("limit", limit, MAX_PAGE_SIZE)


class Sort(StrEnum):
    """An order of hits; newest and oldest by time of publication."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class DateUnit(StrEnum):
    """A length of time by which the facet of publish dates counts."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"

    def truncate(self, day: str) -> str:
        """Return the year, the month or the whole of `day`, which is YYYY-MM-DD."""
        return day[: _DATE_LENGTHS[self]]


_DATE_LENGTHS = {DateUnit.YEAR: 4, DateUnit.MONTH: 7, DateUnit.DAY: 10}


# One attribute for each filter of the table of fields: a tuple of values, empty where the filter is not set.
_Filters: Any = make_dataclass(
    "_Filters", [(name, tuple[str, ...], ()) for name in FILTERS], kw_only=True, frozen=True, slots=True
)


@dataclass(frozen=True, slots=True)
class SearchRequest(_Filters):  # type: ignore[misc]  # the table is read when the program starts
    """A request for one page of the posts that match `query` and every filter.

    The values of one filter, such as `source` or `hashtag`, are alternatives. `since` and `until` are dates as the
    query language takes them, both included; None leaves that side open. Pages count from 1. Dates are counted by
    `date_by`. The hashtags counted are those whose name holds `hashtag_like`, and the selected ones.
    """

    query: str = ""
    since: str | None = None
    until: str | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 10
    date_by: DateUnit = DateUnit.MONTH
    hashtag_like: str = ""

    def __post_init__(self) -> None:
        _check_range("page", self.page, MAX_PAGE)
        _check_range("page_size", self.page_size, MAX_PAGE_SIZE)
        for name, values in self.filters.items():
            if (count := len(values)) > MAX_VALUES:
                raise RequestError(ErrorMessage.TOO_MANY_VALUES, name=name, count=count, most=MAX_VALUES)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """Return the values of each filter that is set, in the order of the table."""
        return {name: values for name in FILTERS if (values := getattr(self, name))}

    @classmethod
    def from_params(cls, params: Mapping[str, Iterable[str]]) -> "SearchRequest":
        """Return the request of URL parameters; unknown and empty ones are ignored.

        Raises RequestError where a parameter has no meaning.
        """
        names = ("q", *FILTERS, *_DEFAULTS)
        values = {name: [value for value in params.get(name, ()) if value.strip()] for name in names}
        read: dict[str, Any] = {name: tuple(dict.fromkeys(values[name])) for name in FILTERS}
        read |= {name: _read(name, values[name][-1]) for name in _DEFAULTS if values[name]}
        return cls(values["q"][-1] if values["q"] else "", **read)

    def to_params(self) -> list[tuple[str, str]]:
        """Return the URL parameters of this request in a fixed order, without those at their default."""
        params = [("q", self.query)] if self.query else []
        params += [(name, value) for name, values in self.filters.items() for value in values]
        for name, default in _DEFAULTS.items():
            if (value := getattr(self, name)) and value != default:
                params.append((name, str(value)))
        return params

    def toggled(self, facet: str, value: str) -> "SearchRequest":
        """Return the first page of this request with the bucket `value` of `facet` selected, or no longer selected."""
        if facet == "date":
            date = None if (self.since, self.until) == (value, value) else value
            return replace(self, since=date, until=date, page=1)
        normalize = FILTERS[facet].normalize
        present = self.filters.get(facet, ())
        kept = tuple(other for other in present if normalize(other) != normalize(value))
        values: dict[str, Any] = {facet: kept if len(kept) < len(present) else (*present, value)}
        return replace(self, page=1, **values)


def _read(name: str, text: str) -> Any:
    """Return the value of the parameter `name` in the type of its default."""
    kind = type(_DEFAULTS[name])
    if kind is int:
        return whole_number(name, text)
    if not issubclass(kind, StrEnum):
        return text
    try:
        return kind(text)
    except ValueError:
        raise RequestError(ErrorMessage.NO_CHOICE, name=name, value=text, choices=", ".join(kind)) from None


def _check_range(name: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise RequestError(ErrorMessage.OUT_OF_RANGE, name=name, number=number, most=most)


def whole_number(name: str, text: str) -> int:
    """Return `text` as a number; raise RequestError, which names the parameter `name`, if it is none."""
    if not (text.strip().isascii() and text.strip().isdecimal() and len(text.strip()) <= 9):
        raise RequestError(ErrorMessage.NO_NUMBER, name=name, value=text[:40])
    return int(text)


# The parameters beside the query and the filters.
_DEFAULTS = {field.name: field.default for field in fields(SearchRequest) if field.name not in ("query", *FILTERS)}
