"""A search as a user states it: query, filters, sort and page; to and from URL parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from index.archive.hashtags import hashtag_key
from searcher.errors import ErrorMessage, UserError

_Choice = TypeVar("_Choice", bound=StrEnum)

MAX_PAGE_SIZE = 100
MAX_PAGE = 1_000_000
# Values of one filter: a page has a link for each, and in each of these all the others.
MAX_VALUES = 50


class RequestError(UserError):
    """Says which parameter of a request has no meaning, and what it may be."""

    code = "bad_request"


class UnknownPostError(UserError):
    """Says that the index has no post of an id."""

    code = "not_found"

    def __init__(self, post_id: str) -> None:
        super().__init__(ErrorMessage.NO_POST, post=post_id)


def check_limit(limit: int) -> None:
    """Raise RequestError if `limit` is no number of answers that are given at once."""
    _check_range("limit", limit, MAX_PAGE_SIZE)


class Sort(StrEnum):
    """Names an order of hits; the times are of publication."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class DateUnit(StrEnum):
    """Names what the facet of publish dates counts by."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"

    def of(self, day: str) -> str:
        """Return the year, the month or the day that `day` is or is part of."""
        return day[: _DATE_LENGTHS[self]]


_DATE_LENGTHS = {DateUnit.YEAR: 4, DateUnit.MONTH: 7, DateUnit.DAY: 10}


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Asks for one page of the posts that match `query` and every filter.

    The values of one filter are alternatives. `since` and `until` are dates as the query language takes
    them, both included; None leaves that side open. Pages count from 1. `date_by` is what dates are counted by;
    of hashtags those are counted whose name holds `hashtag_like`, beside the chosen ones.
    """

    query: str = ""
    source: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    hashtag: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    claimed_source: tuple[str, ...] = ()
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
        for name in LIST_PARAMETERS:
            if (count := len(getattr(self, name))) > MAX_VALUES:
                raise RequestError(ErrorMessage.TOO_MANY_VALUES, name=name, count=count, most=MAX_VALUES)

    @classmethod
    def from_params(cls, params: Mapping[str, Iterable[str]]) -> "SearchRequest":
        """Return the request that URL parameters ask for; raise RequestError where one has no meaning.

        Parameters that are not of a request, and empty ones, are passed over.
        """
        values = {name: [value for value in params.get(name, ()) if value.strip()] for name in _NAMES}
        last = {name: given[-1] for name, given in values.items() if given}
        return cls(
            query=last.get("q", ""),
            **{name: tuple(dict.fromkeys(values[name])) for name in LIST_PARAMETERS},
            since=last.get("since"),
            until=last.get("until"),
            sort=_choice("sort", last.get("sort"), Sort.RELEVANCE),
            page=whole_number("page", last.get("page", "1")),
            page_size=whole_number("page_size", last.get("page_size", "10")),
            date_by=_choice("date_by", last.get("date_by"), DateUnit.MONTH),
            hashtag_like=last.get("hashtag_like", ""),
        )

    def to_params(self) -> list[tuple[str, str]]:
        """Return the URL parameters of this request, in a fixed order, without those that say the default."""
        params = [("q", self.query)] if self.query else []
        params += [(name, value) for name in LIST_PARAMETERS for value in getattr(self, name)]
        params += [(name, value) for name in ("since", "until") if (value := getattr(self, name))]
        params += [("sort", self.sort.value)] if self.sort is not Sort.RELEVANCE else []
        params += [("page", str(self.page))] if self.page != 1 else []
        params += [("page_size", str(self.page_size))] if self.page_size != 10 else []
        params += [("date_by", self.date_by.value)] if self.date_by is not DateUnit.MONTH else []
        params += [("hashtag_like", self.hashtag_like)] if self.hashtag_like else []
        return params

    def toggled(self, facet: str, value: str) -> "SearchRequest":
        """Return this request, from its first page, with the bucket `value` of `facet` put on or taken off."""
        if facet == "date":
            chosen = (None, None) if (self.since, self.until) == (value, value) else (value, value)
            return replace(self, since=chosen[0], until=chosen[1], page=1)
        present: tuple[str, ...] = getattr(self, facet)
        kept = tuple(one for one in present if as_indexed(facet, one) != as_indexed(facet, value))
        values: dict[str, Any] = {facet: kept if len(kept) < len(present) else (*present, value)}
        return replace(self, page=1, **values)


LIST_PARAMETERS = ("source", "account", "hashtag", "type", "claimed_source")
_NAMES = ("q", *LIST_PARAMETERS, "since", "until", "sort", "page", "page_size", "date_by", "hashtag_like")


def as_indexed(facet: str, value: str) -> str:
    """Return the form of a facet's value that all its spellings share: of hashtags the key, of sources lower case."""
    if facet == "hashtag":
        return hashtag_key(value)
    return value.lower() if facet == "source" else value


def _choice(name: str, text: str | None, default: _Choice) -> _Choice:
    kind = type(default)
    try:
        return kind(text) if text else default
    except ValueError:
        raise RequestError(ErrorMessage.NO_CHOICE, name=name, value=text, choices=", ".join(kind)) from None


def _check_range(name: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise RequestError(ErrorMessage.OUT_OF_RANGE, name=name, number=number, most=most)


def whole_number(name: str, text: str) -> int:
    """Return the number that the parameter `name` says; raise RequestError if it says none."""
    if not (text.strip().isascii() and text.strip().isdecimal() and len(text.strip()) <= 9):
        raise RequestError(ErrorMessage.NO_NUMBER, name=name, value=text[:40])
    return int(text)
