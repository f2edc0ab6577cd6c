"""The fields of the index, and how a post becomes a document of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from whoosh import fields

from index import analyzer
from index.codec.builder import Document
from index.folding import fold
from index.hashtags import hashtag_key
from index.identity import host_of
from index.post import ARCHIVE_ZONE, Post
from index.record import encode_post

VERSION = 2
NO_TIME = -(2**62)
# The properties that posts are filtered and counted by.
FACETS = ("source", "account", "site", "type", "month", "hashtag")
_NO_KEYS = np.zeros(0, np.uint64)


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


def make_schema() -> fields.Schema:
    """Return the Whoosh schema: what has postings, and what of it stock queries may rank."""
    term = fields.ID()
    return fields.Schema(
        words=fields.KEYWORD(scorable=True),
        grams=fields.KEYWORD(scorable=True),
        **dict.fromkeys((*FACETS, "id"), term),
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


def folded_texts(texts: bytes) -> Iterator[tuple[Zone, str]]:
    """Yield from the bytes of the `texts` column what `zone_texts` gives, folded, in the same order."""
    for line in texts.decode().split("\n")[:-1]:
        yield Zone(line[0]), line[1:]


def make_document(post: Post) -> Document:
    """Return the document that stands for `post`."""
    folded = {zone: [fold(text.strip()) for text in texts] for zone, texts in zone_texts(post).items()}
    words = _weigh_words(folded)
    topics = {hashtag_key(spelling): spelling for spelling in post.hashtags}
    month = post.published.astimezone(ARCHIVE_ZONE).strftime("%Y-%m") if post.published else ""
    facets = {"source": post.source, "account": post.account, "site": host_of(post.url), "type": post.latest.type}
    return Document(
        words=words,
        grams=_weigh_grams(folded),
        facets={
            "id": [post.id],
            "hashtag": list(topics),
            "spelling": list(topics.values()),
            **{name: [value] if value else [] for name, value in {**facets, "month": month}.items()},
        },
        numbers={
            "published": _seconds(post.published),
            "length": round(sum(words.values())),
        },
        blobs={
            "texts": "".join(f"{zone}{text}\n" for zone, texts in folded.items() for text in texts).encode(),
            "post": encode_post(post),
        },
    )


def _weigh_words(folded: dict[Zone, list[str]]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for zone, texts in folded.items():
        for token, count in Counter(token for text in texts for token in analyzer.words(text)).items():
            if zone is not Zone.EARLIER:
                weights[token] = weights.get(token, 0.0) + ZONE_WEIGHTS[zone] * count
            else:
                # Fifty summaries of one post say the same fifty times: earlier saves count once.
                weights.setdefault(token, ZONE_WEIGHTS[zone])
    return weights


def _weigh_grams(folded: dict[Zone, list[str]]) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Return the grams of all zones as sorted keys, and their weights, as for words."""
    by_zone = {zone: [analyzer.gram_keys(text) for text in texts] for zone, texts in folded.items()}
    earlier = np.unique(np.concatenate([_NO_KEYS, *by_zone.pop(Zone.EARLIER)]))
    parts = [(keys, ZONE_WEIGHTS[zone]) for zone, arrays in by_zone.items() for keys in arrays]
    occurrences = np.concatenate([_NO_KEYS, *(keys for keys, _ in parts)])
    occurrence_weights = np.repeat([weight for _, weight in parts], [len(keys) for keys, _ in parts])
    keys, places = np.unique(occurrences, return_inverse=True)
    weights = np.bincount(places, occurrence_weights, minlength=len(keys))
    only_earlier = np.setdiff1d(earlier, keys, assume_unique=True)
    all_keys = np.concatenate((keys, only_earlier))
    return all_keys, np.concatenate((weights, np.full(len(only_earlier), ZONE_WEIGHTS[Zone.EARLIER])))


def _seconds(moment: datetime | None) -> int:
    return NO_TIME if moment is None else int(moment.timestamp())
