"""The fields of the query language: one row for each `name:value`."""

from dataclasses import dataclass
from enum import Enum, auto

from index.schema.fields import FIELDS
from searcher.query.tree import PublishedBetween, SavedBetween, Scope


class ValueKind(Enum):
    """The kind of value that a field takes."""

    KEYWORD = auto()  # one of the values that the index holds in the field of the same name
    HASHTAG = auto()
    TEXT = auto()  # a text in one part of the post
    SCOPE = auto()  # the part of the post for the texts beside it
    DATE = auto()  # a day, week, month or year, or a range of them
    COUNT = auto()  # a whole number, or a range of them


DateNode = PublishedBetween | SavedBetween


@dataclass(frozen=True, slots=True)
class QueryField:
    """A row of the table: the parser reads `name:` and a value of `kind`, and completions propose it.

    A date stands for a period of `date_form` and becomes a `date_node`.
    """

    name: str
    kind: ValueKind
    date_node: type[DateNode] = PublishedBetween
    date_form: str = "{}"


# In the order in which messages name them.
_ROWS = (
    *(QueryField(name, ValueKind.KEYWORD) for name, row in FIELDS.items() if row.in_queries and not row.has_spellings),
    QueryField("hashtag", ValueKind.HASHTAG),
    QueryField("in", ValueKind.SCOPE),
    *(QueryField(scope.value, ValueKind.TEXT) for scope in Scope if scope is not Scope.ANYWHERE),
    QueryField("date", ValueKind.DATE),
    QueryField("since", ValueKind.DATE, date_form="{}.."),
    QueryField("until", ValueKind.DATE, date_form="..{}"),
    QueryField("saved", ValueKind.DATE, SavedBetween),
    QueryField("saves", ValueKind.COUNT),
)
QUERY_FIELDS = {field.name: field for field in _ROWS}
# The values of `in:`, each of which is a field, too.
SCOPES = [field.name for field in _ROWS if field.kind is ValueKind.TEXT]
