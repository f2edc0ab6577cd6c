"""Answers, the same from both engines, and their JSON form."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from index.archive.post import Post, Save

if TYPE_CHECKING:
    from searcher import json_types


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a snippet; `matched` pieces are highlighted."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that a query found.

    `matched_in` lists the parts of the post in which it matched, the best first: title, body, summary, quoted, earlier,
    hashtag. `snippet_in` is the part of the snippet, empty if the snippet is only the beginning of the post. `score` is
    0 where hits are in order of time. `hashtags` are in the archive's commonest spelling.
    """

    post: Post
    score: float
    hashtags: tuple[str, ...] = ()
    matched_in: tuple[str, ...] = ()
    snippet: tuple[Fragment, ...] = ()
    snippet_in: str = ""

    def as_json(self) -> "json_types.Hit":
        return {
            **_post_head(self.post, self.hashtags),
            "score": round(self.score, 4),
            "matched_in": list(self.matched_in),
            "snippet": [{"text": fragment.text, "matched": fragment.matched} for fragment in self.snippet],
        }


@dataclass(frozen=True, slots=True)
class Bucket:
    """A value of a facet with the `label` to show and the `count` of hits if it were selected."""

    value: str
    label: str
    count: int
    selected: bool = False

    def as_json(self, has_label: bool = True) -> "json_types.Bucket":
        if not has_label:
            return {"value": self.value, "count": self.count, "selected": self.selected}
        return {"value": self.value, "label": self.label, "count": self.count, "selected": self.selected}


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits; `total` and `facets` count the hits of all pages.

    `did_you_mean` is a query that finds more, where this one finds few posts or none and is probably misspelled.
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

    def as_json(self) -> "json_types.Results":
        """Return the JSON object, the same on the command line and over HTTP."""
        return {
            "query": self.query,
            "total": self.total,
            "took_ms": round(self.took_ms, 1),
            "page": self.page,
            "page_size": self.page_size,
            "did_you_mean": self.did_you_mean,
            "hits": [hit.as_json() for hit in self.hits],
            "facets": {
                name: [bucket.as_json(has_label=name != "date") for bucket in buckets]
                for name, buckets in self.facets.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion of what was typed: a `kind` of "hashtag" or "word" that `count` posts hold."""

    text: str
    kind: str
    count: int


def suggestions_json(suggestions: tuple[Suggestion, ...]) -> dict[str, Any]:
    """Return the JSON object of suggestions, the same on the command line and over HTTP."""
    return {"suggestions": [asdict(suggestion) for suggestion in suggestions]}


@dataclass(frozen=True, slots=True)
class Stats:
    """The totals of an index, its archives, and the time at which it last matched them."""

    posts: int
    saves: int
    sources: dict[str, int]
    hashtags: int
    first_published: datetime | None
    last_published: datetime | None
    archives: tuple[str, ...]
    updated: str

    def as_json(self) -> dict[str, Any]:
        first, last = timestamp(self.first_published), timestamp(self.last_published)
        return {**asdict(self), "first_published": first, "last_published": last}


@dataclass(frozen=True, slots=True)
class Commit:
    """A state of an index, and the time since which it is known to match its archives."""

    id: str
    made: datetime


def dump_json(value: object) -> str:
    """Return `value` as the JSON text that the command line prints and HTTP sends."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def post_json(post: Post, hashtags: tuple[str, ...]) -> "json_types.Post":
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
        "history": [_save_json(save) for save in reversed(post.saves)],
    }


def timestamp(moment: datetime | None) -> str | None:
    """Return `moment` in the form of JSON: UTC to the second, ending in Z."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _save_json(save: Save) -> "json_types.Save":
    return {
        "file": save.path,
        "saved": timestamp(save.saved),
        "url": save.url,
        "title": save.title,
        "body": save.content.text,
        "quoted": save.content.quoted,
        "summary": save.summary,
        "claims": save.claims,
        "sections": [{"heading": section.heading, "text": section.text} for section in save.sections],
        "other_side": list(save.other_side),
    }


def _post_head(post: Post, hashtags: tuple[str, ...]) -> "json_types.PostHead":
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
