"""Documents: what a post adds to an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from index.archive.hashtags import hashtag_key
from index.archive.identity import host_of
from index.archive.post import ARCHIVE_ZONE, Post
from index.schema.fields import NO_TIME
from index.schema.stored_post import encode_post
from index.schema.zones import Zone, zone_texts
from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import Segmenter

DAY = "%Y-%m-%d"
# Stands behind each text of a document; no folded text holds it.
END_OF_TEXT = "\n"


class Text(NamedTuple):
    """Is a text of a document, folded, with its words; documents give their texts in order of zone."""

    zone: Zone
    folded: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Document:
    """Is what one document adds to a segment; `facets` maps a name to the document's values."""

    texts: Sequence[Text]
    facets: Mapping[str, list[str]]
    numbers: Mapping[str, int]
    blobs: Mapping[str, bytes]


def make_document(post: Post, segmenter: Segmenter) -> Document:
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
        texts=[Text(zone, text, tokenizer.word_tokens(text, segmenter)) for zone, text in folded],
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
