"""The fields of the query language: one row for each `name:value`."""

from dataclasses import dataclass
from enum import Enum, auto

from searcher.query.tree import Scope


class Kind(Enum):
    """What stands behind the colon of a field."""

    # A value as the index holds it, in another case at most.
    KEYWORD = auto()
    HASHTAG = auto()
    # A text that stands in one part of the post.
    TEXT = auto()
    # The part of the post for every text beside it.
    SCOPE = auto()
    # A day, week, month or year, or a range of them.
    DATE = auto()
    # A whole number, or a range of them.
    COUNT = auto()


@dataclass(frozen=True, slots=True)
class QueryField:
    """A row of the table of query fields."""

    name: str
    kind: Kind


# In the order in which messages name them.
_ROWS = (
    *(QueryField(name, Kind.KEYWORD) for name in ("id", "source", "site", "account", "type")),
    QueryField("hashtag", Kind.HASHTAG),
    QueryField("in", Kind.SCOPE),
    *(QueryField(scope.value, Kind.TEXT) for scope in Scope if scope is not Scope.ANYWHERE),
    *(QueryField(name, Kind.DATE) for name in ("date", "since", "until", "saved")),
    QueryField("saves", Kind.COUNT),
)
QUERY_FIELDS = {field.name: field for field in _ROWS}
# The values of `in:`, each of which is a field too.
SCOPES = [field.name for field in _ROWS if field.kind is Kind.TEXT]
