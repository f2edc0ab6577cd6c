"""The JSON form of an update's report, as types.

mypy checks `as_json` against them, and the API's description is generated from them. No search imports this module:
msgspec takes as long to import as many searches take.
"""

from typing import Annotated, TypedDict

from msgspec import Meta

Count = Annotated[int, Meta(ge=0)]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class ChangedPost(TypedDict):
    id: str
    title: str
    url: str
    changed: list[str]


class UnreadFile(TypedDict):
    path: str
    reason: str


class ChangedPosts(TypedDict):
    count: Count
    posts: list[ChangedPost]


class UnreadFiles(TypedDict):
    count: Count
    files: list[UnreadFile]


class OtherFiles(TypedDict):
    count: Count
    files: list[str]


class Report(TypedDict):
    """What an update of the index did; of many posts or files of a kind the first 200 are named."""

    finished: Time
    rebuilt: bool
    posts: Count
    saves: Count
    archives: list[str]
    added: ChangedPosts
    resaved: ChangedPosts
    changed: ChangedPosts
    moved: ChangedPosts
    lost: ChangedPosts
    changed_parts: dict[str, Count]
    malformed: UnreadFiles
    unopened: UnreadFiles
    not_posts: OtherFiles
