"""Ranked answers as every engine gives them, and their one JSON form."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from index.archive.post import Post


@dataclass(frozen=True, slots=True)
class Fragment:
    """Is a stretch of a snippet; `matched` stretches are what the query was found by."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """Is one post among the answers.

    `matched_in` names, best first, where it was found: title, body, summary, quoted, earlier, hashtag.
    `snippet_in` is the one that the snippet is from, empty if it is merely how the post begins. `score` is 0 where
    hits are in order of time. `hashtags` are in the archive's commonest spelling.
    """

    post: Post
    score: float
    hashtags: tuple[str, ...] = ()
    matched_in: tuple[str, ...] = ()
    snippet: tuple[Fragment, ...] = ()
    snippet_in: str = ""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Is one value of a facet: `label` is how to show it, `count` how many hits choosing it would give."""

    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """Is one page of answers; `total` and `facets` speak of all of them.

    `did_you_mean` is a query that finds more, where this one finds next to nothing and was probably a slip.
    """

    query: str
    total: int
    page: int
    page_size: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Bucket, ...]] = field(default_factory=dict)
    took_ms: float = 0.0
    did_you_mean: str | None = None

    @property
    def pages(self) -> int:
        return -(-self.total // self.page_size)

    def as_json(self) -> dict[str, Any]:
        """Return the contract's JSON object, the same from the command line and over HTTP."""
        return {
            "query": self.query,
            "total": self.total,
            "took_ms": round(self.took_ms, 1),
            "page": self.page,
            "page_size": self.page_size,
            "did_you_mean": self.did_you_mean,
            "hits": [hit_json(hit) for hit in self.hits],
            "facets": {
                name: [bucket_json(name, bucket) for bucket in buckets] for name, buckets in self.facets.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Is what to type instead of its beginning: a `kind` of \"hashtag\" or \"word\", that `count` posts hold."""

    text: str
    kind: str
    count: int

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "kind": self.kind, "count": self.count}


def suggestions_json(suggestions: tuple[Suggestion, ...]) -> dict[str, Any]:
    """Return the JSON object of suggestions, the same from the command line and over HTTP."""
    return {"suggestions": [suggestion.as_json() for suggestion in suggestions]}


@dataclass(frozen=True, slots=True)
class Stats:
    """Says what an index holds, and when it last matched its archives."""

    posts: int
    saves: int
    sources: dict[str, int]
    hashtags: int
    first_published: datetime | None
    last_published: datetime | None
    archives: tuple[str, ...]
    updated: str

    def as_json(self) -> dict[str, Any]:
        return {
            "posts": self.posts,
            "saves": self.saves,
            "sources": self.sources,
            "hashtags": self.hashtags,
            "first_published": timestamp(self.first_published),
            "last_published": timestamp(self.last_published),
            "archives": list(self.archives),
            "updated": self.updated,
        }


@dataclass(frozen=True, slots=True)
class Commit:
    """Names a state of an index, and says since when it is known to match its archives."""

    id: str
    made: datetime


def dump_json(value: object) -> str:
    """Return `value` as the one JSON text that the command line prints and HTTP sends."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return the JSON object of one hit."""
    post = hit.post
    return {
        **_post_head(post, hit.hashtags),
        "score": round(hit.score, 4),
        "matched_in": list(hit.matched_in),
        "snippet": [{"text": fragment.text, "matched": fragment.matched} for fragment in hit.snippet],
    }


def bucket_json(facet: str, bucket: Bucket) -> dict[str, Any]:
    """Return the JSON object of one bucket; dates need no label."""
    label = {} if facet == "date" else {"label": bucket.label}
    return {"value": bucket.value, **label, "count": bucket.count, "selected": bucket.selected}


def post_json(post: Post, hashtags: tuple[str, ...]) -> dict[str, Any]:
    """Return the JSON object of a post with all its saves, the latest first."""
    content = post.latest.content
    return {
        **_post_head(post, hashtags),
        "body": content.text,
        "quoted": content.quoted,
        "summary": post.summary,
        "links": [{"url": link.url, "text": link.text} for link in content.links],
        "image_urls": list(content.images),
        "video_urls": list(content.videos),
        "history": [
            {
                "file": save.path,
                "saved": timestamp(save.saved),
                "url": save.url,
                "title": save.title,
                "body": save.content.text,
                "quoted": save.content.quoted,
                "summary": save.summary,
                "claims": save.claims,
                "sections": [{"heading": s.heading, "text": s.text} for s in save.sections],
                "other_side": list(save.other_side),
            }
            for save in reversed(post.saves)
        ],
    }


def timestamp(moment: datetime | None) -> str | None:
    """Return `moment` as JSON writes it: UTC to the second, ending in Z."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _post_head(post: Post, hashtags: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": post.id,
        "url": post.url,
        "title": post.title,
        "source": post.source,
        "account": post.account,
        "published": timestamp(post.published),
        "first_saved": timestamp(post.first_saved),
        "last_saved": timestamp(post.last_saved),
        "saves": len(post.saves),
        "hashtags": list(hashtags),
        "images": len(post.latest.content.images),
    }
