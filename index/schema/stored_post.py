"""The stored form of a post: compressed JSON with all its saves."""

import json
import zlib
from datetime import UTC, datetime
from typing import Any

from index.archive.post import Content, Link, Post, Save, Section

# Higher levels of zlib make an index hardly smaller, and building it slower.
COMPRESSION = 3


def encode_post(post: Post) -> bytes:
    """Return `post` as compressed JSON; a content that several saves share is written once."""
    contents = list(dict.fromkeys(save.content for save in post.saves))
    places = {content: place for place, content in enumerate(contents)}
    record = {
        "id": post.id,
        "source": post.source,
        "account": post.account,
        "published": _seconds(post.published),
        "contents": [_content_record(content) for content in contents],
        "saves": [_save_record(save, places[save.content]) for save in post.saves],
    }
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    # A folder's name need not be UTF-8.
    return zlib.compress(text.encode("utf-8", "surrogateescape"), COMPRESSION)


def decode_post(stored: bytes) -> Post:
    """Return the post whose `encode_post` is `stored`."""
    record = json.loads(zlib.decompress(stored).decode("utf-8", "surrogateescape"))
    contents = [_content(content) for content in record["contents"]]
    saves = tuple(_save(save, contents) for save in record["saves"])
    return Post(record["id"], record["source"], record["account"], _moment(record["published"]), saves)


def _save_record(save: Save, content: int) -> dict[str, Any]:
    return {
        "archive": save.archive,
        "path": save.path,
        "url": save.url,
        "title": save.title,
        "content": content,
        "summary": save.summary,
        "saved": _seconds(save.saved),
        "claims": save.claims,
        "sections": [[section.heading, section.text] for section in save.sections],
        "other_side": save.other_side,
    }


def _content_record(content: Content) -> dict[str, Any]:
    return {
        "text": content.text,
        "quoted": content.quoted,
        "links": [{"url": link.url, "text": link.text} for link in content.links],
        "images": content.images,
        "videos": content.videos,
        "hashtags": content.hashtags,
    }


def _save(record: dict[str, Any], contents: list[Content]) -> Save:
    return Save(
        archive=record["archive"],
        path=record["path"],
        url=record["url"],
        title=record["title"],
        content=contents[record["content"]],
        summary=record["summary"],
        saved=_moment(record["saved"]),
        claims=record["claims"],
        sections=tuple(Section(*section) for section in record["sections"]),
        other_side=tuple(record["other_side"]),
    )


def _content(record: dict[str, Any]) -> Content:
    return Content(
        text=record["text"],
        quoted=record["quoted"],
        links=tuple(Link(**link) for link in record["links"]),
        images=tuple(record["images"]),
        videos=tuple(record["videos"]),
        hashtags=tuple(record["hashtags"]),
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
