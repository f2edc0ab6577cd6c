"""The stored form of a post: compressed JSON with all its saves."""

import json
import zlib
from datetime import UTC, datetime
from typing import Any

from index.archive.post import Content, Link, Post, Save, Section

# Higher levels of zlib make an index hardly smaller, and building it slower.
_COMPRESSION = 3


def encode_post(post: Post) -> bytes:
    """Return `post` as compressed JSON; a content that several saves share is written once."""
    contents = list(dict.fromkeys(save.content for save in post.saves))
    places = {content: place for place, content in enumerate(contents)}
    record = {
        "id": post.id,
        "source": post.source,
        "account": post.account,
        "published": post.published,
        "contents": [_fields(content) for content in contents],
        "saves": [_fields(save) | {"content": places[save.content]} for save in post.saves],
    }
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_encode)
    # A folder's name need not be UTF-8.
    return zlib.compress(text.encode("utf-8", "surrogateescape"), _COMPRESSION)


def decode_post(stored: bytes) -> Post:
    """Return the post whose `encode_post` is `stored`."""
    record = json.loads(zlib.decompress(stored).decode("utf-8", "surrogateescape"))
    contents = [_content(**content) for content in record["contents"]]
    saves = tuple(_save(save, contents) for save in record["saves"])
    return Post(record["id"], record["source"], record["account"], _moment(record["published"]), saves)


def _fields(value: Content | Save | Link) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _encode(value: Link | Section | datetime) -> object:
    match value:
        case Link():
            return _fields(value)
        case Section():
            return value.heading, value.text
    return int(value.timestamp())


def _content(links: list[dict[str, str]], text: str, quoted: str, **names: list[str]) -> Content:
    return Content(text, quoted, tuple(Link(**link) for link in links), **{name: tuple(names[name]) for name in names})


def _save(record: dict[str, Any], contents: list[Content]) -> Save:
    record["content"] = contents[record["content"]]
    record["saved"] = _moment(record["saved"])
    record["sections"] = tuple(Section(*section) for section in record["sections"])
    record["other_side"] = tuple(record["other_side"])
    return Save(**record)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
