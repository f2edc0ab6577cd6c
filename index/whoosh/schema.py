"""The Whoosh schema of an index, and the values that Whoosh's fields take from a post."""

from datetime import UTC, datetime
from typing import Any

from whoosh import fields

from index.archive.post import Post
from index.schema.fields import FIELDS, NO_TIME
from index.schema.zones import Zone, zone_texts
from index.whoosh.analyzer import ChineseTokenizer

# The field of all texts, and the fields that are some zones of it. An opening is a title with which the body begins.
ALL_TEXTS = "words"
TEXT_ZONES = {
    "title": (Zone.TITLE, Zone.OPENING),
    "body": (Zone.OPENING, Zone.BODY),
    "quoted": (Zone.QUOTED,),
    "summary": (Zone.SUMMARY,),
}
_STORED_FACETS = ("id", "source", "account", "type")
NUMBER_FIELDS = {
    "published": fields.DATETIME(stored=True, sortable=True),
    "saves": fields.NUMERIC(int, 64, stored=True, sortable=True),
}
for _field in NUMBER_FIELDS.values():
    _field.shift_step = 0  # a number is one term, instead of one for each precision


def make_schema(analyzer: ChineseTokenizer | None = None) -> fields.Schema:
    """Return the Whoosh schema, with an `analyzer` that knows the user's words, or else jieba's alone."""
    text = fields.TEXT(analyzer or ChineseTokenizer(), stored=True)
    return fields.Schema(
        **dict.fromkeys((ALL_TEXTS, *TEXT_ZONES), text),
        **dict.fromkeys(("characters", "pairs"), fields.KEYWORD(scorable=True)),
        **{name: fields.ID(stored=name in _STORED_FACETS, sortable=True) for name in FIELDS},
        **NUMBER_FIELDS,
        **dict.fromkeys(("url", "hashtags"), fields.STORED()),
    )


def number_value(name: str, number: int) -> int | datetime:
    """Return the value of a number in Whoosh: for "published" a UTC time without zone, `datetime.max` for NO_TIME."""
    if name == "published":
        return datetime.max if number == NO_TIME else datetime.fromtimestamp(number, UTC).replace(tzinfo=None)
    return number


def field_texts(post: Post) -> dict[str, list[str]]:
    """Return the texts of `post` by the name of their text field."""
    zones = zone_texts(post)
    texts = {name: [text for zone in among for text in zones[zone]] for name, among in TEXT_ZONES.items()}
    texts["body"] = zones[Zone.BODY] or zones[Zone.OPENING]
    return {ALL_TEXTS: [text for zone in Zone for text in zones[zone]], **texts}


def stored_fields(post: Post) -> dict[str, Any]:
    """Return the stored fields of a Whoosh hit on `post`; times are in UTC without a zone, as Whoosh's are."""
    shown = {
        "id": post.id,
        "url": post.url,
        "source": post.source,
        "account": post.account,
        "type": post.latest.type,
        "hashtags": list(post.hashtags),
        "saves": len(post.saves),
        "published": post.published and post.published.replace(tzinfo=None),
        **{name: "\n\n".join(texts) for name, texts in field_texts(post).items()},
        "title": post.title,
    }
    return {name: value for name, value in shown.items() if value not in (None, "")}
