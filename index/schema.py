"""The fields of the index, and how a post becomes a document of it."""

from datetime import datetime

from whoosh import fields

from index import analyzer
from index.codec.builder import Document, Text
from index.facets import FACETS, NO_TIME
from index.folding import fold
from index.hashtags import hashtag_key
from index.identity import host_of
from index.post import ARCHIVE_ZONE, Post
from index.record import encode_post
from index.zones import zone_texts

DAY = "%Y-%m-%d"


def make_schema() -> fields.Schema:
    """Return the Whoosh schema: what has postings, and what of it stock queries may rank."""
    term = fields.ID()
    return fields.Schema(
        words=fields.KEYWORD(scorable=True),
        characters=fields.KEYWORD(scorable=True),
        pairs=fields.KEYWORD(scorable=True),
        **dict.fromkeys((*FACETS, "spelling", "saved", "id"), term),
        post=fields.STORED(),
    )


def make_document(post: Post, segmenter: analyzer.TextSegmenter) -> Document:
    """Return the document that stands for `post`, its Han cut by `segmenter`."""
    folded = ((zone, fold(text.strip())) for zone, texts in zone_texts(post).items() for text in texts)
    topics = {hashtag_key(spelling): spelling for spelling in post.hashtags}
    facets = {
        "source": post.source,
        "account": post.account,
        "site": host_of(post.url),
        "type": post.latest.type,
        "claimed_source": post.latest.claimed_source,
        "day": _formatted(post.published, DAY),
    }
    return Document(
        texts=[Text(zone, text, analyzer.words(text, segmenter)) for zone, text in folded],
        facets={
            "id": [post.id],
            # In step: the n-th spelling is how the post writes its n-th hashtag.
            "hashtag": list(topics),
            "spelling": list(topics.values()),
            # Every day on which it was saved.
            "saved": sorted({day for save in post.saves if (day := _formatted(save.saved, DAY))}),
            **{name: [value] if value else [] for name, value in facets.items()},
        },
        numbers={"published": _seconds(post.published), "saves": len(post.saves)},
        blobs={"post": encode_post(post)},
    )


def _formatted(moment: datetime | None, form: str) -> str:
    return moment.astimezone(ARCHIVE_ZONE).strftime(form) if moment else ""


def _seconds(moment: datetime | None) -> int:
    return NO_TIME if moment is None else int(moment.timestamp())
