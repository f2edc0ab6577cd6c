"""The fields of the index, and how a post becomes a document of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from whoosh import columns, fields, formats

from index import analyzer
from index.folding import fold
from index.hashtags import hashtag_key
from index.identity import host_of
from index.post import ARCHIVE_ZONE, Post
from index.record import encode_post

VERSION = 1
NO_TIME = -(2**62)
MULTIPLE = "\x1f"


class Zone(StrEnum):
    """Names a part of a post; the value opens its lines in the `texts` column.

    All of them are white space, which folding leaves no other than the blank of: no folded text holds one.
    """

    TITLE = "\t"
    BODY = "\v"
    QUOTED = "\f"
    SUMMARY = "\x1c"
    EARLIER = "\x1d"


# How much one occurrence counts. A title is short and chosen; quoted words are another's; what only an
# earlier save says must be found, but below what the post says now.
ZONE_WEIGHTS = {Zone.TITLE: 2.0, Zone.BODY: 1.0, Zone.SUMMARY: 1.0, Zone.QUOTED: 0.5, Zone.EARLIER: 0.2}


class Weights(fields.FieldType):  # type: ignore[misc]
    """Is a field whose value is a mapping of tokens to weights: analysis is done before Whoosh."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None, scorable=False)

    def index(self, value: Mapping[str, float], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for token, weight in value.items():
            yield token.encode(), 1, weight, b""


def make_schema() -> fields.Schema:
    """Return the Whoosh schema: postings to rank and match, columns to filter, count and sort, stored posts."""
    facet = columns.RefBytesColumn()
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        words=Weights(),
        grams=Weights(),
        hashtag=fields.KEYWORD(),
        source=fields.ID(sortable=facet),
        account=fields.ID(sortable=facet),
        site=fields.ID(sortable=facet),
        type=fields.ID(sortable=facet),
        month=fields.ID(sortable=facet),
        hashtags=fields.COLUMN(columns.VarBytesColumn()),
        published=fields.COLUMN(columns.NumericColumn("q", default=NO_TIME)),
        saved=fields.COLUMN(columns.NumericColumn("q", default=NO_TIME)),
        length=fields.COLUMN(columns.NumericColumn("i", default=0)),
        texts=fields.COLUMN(columns.VarBytesColumn()),
        post=fields.STORED(),
    )


def zone_texts(post: Post) -> dict[Zone, list[str]]:
    """Return every text of `post` by where it stands; a text in several places stands in the first of them."""
    latest = post.latest
    zones = {
        Zone.TITLE: [latest.title],
        Zone.BODY: [latest.content.text, *(part for s in latest.sections for part in (s.heading, s.text))],
        Zone.QUOTED: [latest.content.quoted],
        Zone.SUMMARY: [post.summary],
        Zone.EARLIER: [text for save in reversed(post.saves) for text in save.texts],
    }
    first_zone: dict[str, Zone] = {}
    for zone, texts in zones.items():
        for text in filter(None, texts):
            first_zone.setdefault(text, zone)
    return {zone: [text for text, first in first_zone.items() if first is zone] for zone in Zone}


def make_document(post: Post) -> dict[str, object]:
    """Return the fields of the document that stands for `post`."""
    folded = {zone: [fold(text.strip()) for text in texts] for zone, texts in zone_texts(post).items()}
    words = _weigh(folded, analyzer.words)
    return {
        "id": post.id,
        "words": words,
        "grams": _weigh(folded, analyzer.grams),
        "hashtag": list({hashtag_key(spelling): None for spelling in post.hashtags}),
        "source": post.source,
        "account": post.account,
        "site": host_of(post.url),
        "type": post.latest.type,
        "month": post.published.astimezone(ARCHIVE_ZONE).strftime("%Y-%m") if post.published else "",
        "hashtags": MULTIPLE.join(post.hashtags).encode(),
        "published": _seconds(post.published),
        "saved": _seconds(post.last_saved),
        "length": round(sum(words.values())),
        "texts": "".join(f"{zone}{text}\n" for zone, texts in folded.items() for text in texts).encode(),
        "post": encode_post(post),
    }


def _weigh(folded: dict[Zone, list[str]], tokenize: Callable[[str], Iterator[str]]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for zone, texts in folded.items():
        for token, count in Counter(token for text in texts for token in tokenize(text)).items():
            if zone is not Zone.EARLIER:
                weights[token] = weights.get(token, 0.0) + ZONE_WEIGHTS[zone] * count
            else:
                # Fifty summaries of one post say the same fifty times: earlier saves count once.
                weights.setdefault(token, ZONE_WEIGHTS[zone])
    return weights


def _seconds(moment: datetime | None) -> int:
    return NO_TIME if moment is None else int(moment.timestamp())
