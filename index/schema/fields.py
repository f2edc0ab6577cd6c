"""The table of fields: one row for everything that posts are filtered, counted or found by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from index.archive.hashtags import hashtag_key
from index.archive.identity import host_of
from index.archive.post import ARCHIVE_ZONE, Post

# Grows with every change of what an index holds of a post.
SCHEMA_VERSION = 5
# Stands in the column of publish times where there is none.
NO_TIME = -(2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A row of the table.

    `read` returns a post's values as they are indexed, and `normalize` the same form of a value that was typed.
    Values of an `is_date` field are days in the archive's zone, counted by year, month or day, and filtered by a range.
    `in_queries` allows `name:value` in the query language. `parameter` describes the repeatable URL parameter `name`;
    a field without one is no filter. `option` makes it an option of the command line too. `facet` is the name under
    which its values are counted, empty if they are not. `has_spellings` is set where a value is shown in another
    spelling than the indexed one. The page folds the values of a `folded` facet away.
    """

    name: str
    read: Callable[[Post], list[str]]
    normalize: Callable[[str], str] = str
    is_date: bool = False
    in_queries: bool = False
    parameter: str = ""
    option: bool = False
    facet: str = ""
    has_spellings: bool = False
    folded: bool = False


def _present(*values: str) -> list[str]:
    return [value for value in values if value]


def _days(moments: Iterable[datetime | None]) -> list[str]:
    return sorted({f"{moment.astimezone(ARCHIVE_ZONE):%Y-%m-%d}" for moment in moments if moment})


def _spellings_by_key(post: Post) -> dict[str, str]:
    return {hashtag_key(spelling): spelling for spelling in post.hashtags}


# In the order in which parameters, options and facets are listed.
_ROWS = (
    Field(name="id", read=lambda post: [post.id], in_queries=True),
    Field(
        name="source",
        read=lambda post: _present(post.source),
        normalize=str.lower,
        in_queries=True,
        parameter="Only posts of this source, such as `weibo` or `arxiv`.",
        option=True,
        facet="source",
    ),
    Field(name="site", read=lambda post: _present(host_of(post.url)), normalize=str.lower, in_queries=True),
    Field(
        name="account",
        read=lambda post: _present(post.account),
        in_queries=True,
        parameter="Only posts of this account.",
        option=True,
        facet="account",
    ),
    Field(
        name="hashtag",
        read=lambda post: list(_spellings_by_key(post)),
        normalize=hashtag_key,
        in_queries=True,
        parameter="Only posts under this hashtag, in any spelling.",
        option=True,
        facet="hashtag",
        has_spellings=True,
    ),
    # In step with `hashtag`: the n-th spelling is how the post writes its n-th hashtag.
    Field(name="spelling", read=lambda post: list(_spellings_by_key(post).values())),
    Field(
        name="type",
        read=lambda post: _present(post.latest.type),
        in_queries=True,
        parameter="Only posts whose file claims this type.",
        option=True,
    ),
    Field(name="day", read=lambda post: _days([post.published]), is_date=True, facet="date"),
    Field(
        name="claimed_source",
        read=lambda post: _present(post.latest.claimed_source),
        parameter="Only posts whose file claims this source.",
        facet="claimed_source",
        folded=True,
    ),
    # Every day on which the post was saved.
    Field(name="saved", read=lambda post: _days(save.saved for save in post.saves), is_date=True),
)
FIELDS = {field.name: field for field in _ROWS}
# By the name of the URL parameter.
FILTERS = {field.name: field for field in _ROWS if field.parameter}
# By the name of the facet.
FACETS = {field.facet: field for field in _ROWS if field.facet}
# One whole number a post, which queries compare and sorting reads; times in Unix seconds.
NUMBERS: dict[str, Callable[[Post], int]] = {
    "published": lambda post: NO_TIME if post.published is None else int(post.published.timestamp()),
    "saves": lambda post: len(post.saves),
}
