"""The JSON forms of answers, as types.

mypy checks `as_json` of the answers against them, and the API's description is generated from them. No search imports
this module: msgspec takes as long to import as many searches take.
"""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

Count = Annotated[int, Meta(ge=0)]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
FromOne = Annotated[int, Meta(ge=1)]
Part = Annotated[str, Meta(extra_json_schema={"enum": ["title", "body", "summary", "quoted", "earlier", "hashtag"]})]


class Complaint(TypedDict):
    """`start` and `end` are the stretch of the query that has no meaning."""

    code: str
    message: str
    start: NotRequired[Count]
    end: NotRequired[Count]


class Error(TypedDict):
    error: Complaint


class Fragment(TypedDict):
    text: str
    matched: bool


class PostHead(TypedDict):
    id: str
    url: str
    title: str
    source: str
    account: str
    published: Time | None
    first_saved: Time | None
    last_saved: Time | None
    saves: FromOne
    hashtags: list[str]
    images: Count


class Hit(PostHead):
    score: Annotated[float, Meta(description="0 where hits are in order of time.")]
    matched_in: list[Part]
    snippet: list[Fragment]


class Bucket(TypedDict):
    value: str
    label: NotRequired[Annotated[str, Meta(description="How to show the value; dates have none.")]]
    count: Count
    selected: bool


class Results(TypedDict):
    query: str
    total: Count
    took_ms: Annotated[float, Meta(ge=0)]
    page: FromOne
    page_size: FromOne
    did_you_mean: Annotated[str | None, Meta(description="A query that finds more, if this was a slip.")]
    hits: list[Hit]
    facets: dict[str, list[Bucket]]


class Link(TypedDict):
    url: str
    text: str


class Section(TypedDict):
    heading: str
    text: str


class Save(TypedDict):
    file: str
    saved: Time | None
    url: str
    title: str
    body: str
    quoted: str
    summary: str
    claims: dict[str, str]
    sections: list[Section]
    other_side: list[str]


class Post(PostHead):
    body: str
    quoted: str
    summary: str
    links: list[Link]
    image_urls: list[str]
    video_urls: list[str]
    history: list[Save]


class Token(TypedDict):
    text: str
    kind: str
    posts: Count
    boost: float


class RequiredTerm(TypedDict):
    text: str
    posts: Count
    weight: float
    held: bool | None


class Reading(TypedDict):
    folded: str
    tokens: list[Token]
    forms: list[list[str]]
    clues: list[RequiredTerm]
    enough: float
    words: list[str]
    word_count: Count
    synonyms: list[str]


class Place(TypedDict):
    part: str
    saves: list[Time | None]


class TermScore(TypedDict):
    text: str
    kind: str
    score: float


class Clause(TypedDict):
    """A part of the query, how it was read, and what it gave to the score of the post asked about."""

    kind: str
    query: str
    start: Count
    end: Count
    posts: Count
    reading: Reading | None
    matched: bool | None
    places: list[Place]
    gains: list[TermScore]
    children: list["Clause"]


class Verdict(TypedDict):
    id: str
    title: str
    is_hit: bool
    score: float
    failed: list[str]


class Explanation(TypedDict):
    query: str
    reading: str
    total: Count
    clause: Clause
    post: Verdict | None


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


class Imports(TypedDict):
    imports: list[Report]


class Related(TypedDict):
    related: list[Hit]


class Suggestion(TypedDict):
    text: str
    kind: Annotated[str, Meta(extra_json_schema={"enum": ["hashtag", "word"]})]
    count: Count


class Suggestions(TypedDict):
    suggestions: list[Suggestion]


class Stats(TypedDict):
    posts: Count
    saves: Count
    sources: dict[str, Count]
    hashtags: Count
    first_published: Time | None
    last_published: Time | None
    archives: list[str]
    updated: Time


# What the API answers with.
ANSWERS = (Error, Results, Post, Explanation, Imports, Related, Suggestions, Stats)
