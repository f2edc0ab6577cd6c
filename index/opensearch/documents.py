"""The documents of an index in a cluster, and their mapping.

The tokens are those of the folder's index. They are cut here; the cluster only splits at white space.

    words, grams        the tokens as features x, for which x / (x + 1) = tf / (tf + norm) of BM25
    word, word_GROUP    the words of the post or of a group of zones, for prefixes, wildcards and fuzzy words
    text_GROUP          the pairs of characters in their order, for exact phrases
    post                the stored post
"""

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from index.archive.post import Post
from index.opensearch import tokens
from index.schema import bm25
from index.schema.document import Document, make_document
from index.schema.fields import FIELDS, NO_TIME
from index.schema.stored_post import decode_post
from index.schema.zones import Zone
from index.text import tokenizer
from index.text.segmenter import Segmenter

# Grows with every change of the documents.
CLUSTER_FORMAT = 1
# Zones that no query distinguishes.
GROUPS = {
    "title": (Zone.TITLE, Zone.OPENING),
    "original": (Zone.BODY, Zone.QUOTED),
    "summary": (Zone.SUMMARY,),
    "earlier": (Zone.EARLIER,),
}
# Separates the key of a hashtag from the spelling of a post.
SPELLED = "\u0001"
# A spelling stands beside its key, in `topic`.
_FIELDS = [name for name in FIELDS if name != "spelling"]
Json = dict[str, Any]

_KEYWORD = {"type": "keyword", "norms": False}
_MATCHED = {"type": "keyword", "norms": False, "doc_values": False}
_TEXT = {"type": "text", "analyzer": "whitespace", "norms": False}


def index_body(metadata: Json, shards: int, replicas: int) -> Json:
    """Return the settings and mapping of an index of posts; `metadata` becomes a part of the mapping."""
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            # An update is visible only when it is finished.
            "refresh_interval": "-1",
            "index.translog.durability": "request",
            "index.max_terms_count": 65_536,
            # Patterns are as long as queries allow.
            "index.max_regex_length": 10_000,
        },
        "mappings": {
            "_meta": metadata,
            "dynamic": "strict",
            # The other fields are only searched; an update computes them from the post again.
            "_source": {"includes": ["post"]},
            "properties": {
                "words": {"type": "rank_features"},
                "grams": {"type": "rank_features"},
                "word": _KEYWORD,
                **{f"word_{group}": _MATCHED for group in GROUPS},
                **{f"text_{group}": _TEXT for group in GROUPS},
                **dict.fromkeys((*_FIELDS, "topic"), _KEYWORD),
                **dict.fromkeys(("domain", "saved"), _MATCHED),
                "published": {"type": "long"},
                "saves": {"type": "integer"},
                "post": {"type": "binary"},
            },
        },
    }


def make_source(post: Post, segmenter: Segmenter, norm: Callable[[float], float]) -> bytes:
    """Return the JSON of the document of `post`; `norm` returns BM25's norm of a length."""
    document = make_document(post, segmenter)
    words, grams = _word_weights(document), _gram_weights(document)
    feature = _feature_of(norm(bm25.document_length(words.values())))
    facets = document.facets
    source: Json = {
        "words": {tokens.encoded(tokens.shortened(word)): feature(weight) for word, weight in words.items()},
        "grams": {tokens.encoded(gram): feature(weight) for gram, weight in grams.items()},
        "word": [tokens.shortened(word) for word in words],
        "post": b64encode(document.blobs["post"]).decode(),
        **{name: facets[name] for name in _FIELDS},
        "topic": [
            f"{key}{SPELLED}{spelling}" for key, spelling in zip(facets["hashtag"], facets["spelling"], strict=True)
        ],
        "domain": [domain for host in facets["site"] for domain in _domains(host)],
        "saves": document.numbers["saves"],
    }
    if document.numbers["published"] != NO_TIME:
        source["published"] = document.numbers["published"]
    for group, zones in GROUPS.items():
        texts = [text for text in document.texts if text.zone in zones]
        source[f"text_{group}"] = [tokens.pairs(text.folded) for text in texts]
        source[f"word_{group}"] = sorted({tokens.shortened(word) for text in texts for word in text.words})
    return json.dumps(source, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def token_scores(post: Post, segmenter: Segmenter, norm: Callable[[float], float]) -> dict[str, dict[str, float]]:
    """Return for each field of features the score of every token of `post`, up to the weight of the token."""
    document = make_document(post, segmenter)
    words, grams = _word_weights(document), _gram_weights(document)
    feature = _feature_of(norm(bm25.document_length(words.values())))
    return {
        field: {token: _saturated(feature(weight)) for token, weight in weights.items()}
        for field, weights in (("words", words), ("grams", grams))
    }


def stored_post(source: Json) -> Post:
    """Return the stored post of a document."""
    return decode_post(b64decode(source["post"]))


def document_length(document: Document) -> float:
    """Return the length of a document as BM25 counts it."""
    return bm25.document_length(_word_weights(document).values())


def _word_weights(document: Document) -> dict[str, int]:
    return bm25.token_weights((text.zone, text.words) for text in document.texts)


def _gram_weights(document: Document) -> dict[str, int]:
    return bm25.token_weights((text.zone, tokenizer.han_grams(text.folded)) for text in document.texts)


def _feature_of(norm: float) -> Callable[[int], float]:
    """Return the function from a weight to its feature x, for which x / (x + 1) = tf / (tf + norm)."""

    @cache
    def feature(weight: int) -> float:
        score = weight * bm25.WEIGHT_UNIT / (weight * bm25.WEIGHT_UNIT + norm)
        if weight <= bm25.EARLIER_WEIGHT:
            score *= bm25.EARLIER_SHARE
        return _stored(score / (1 - score))

    return feature


def _saturated(feature: float) -> float:
    """Return x / (x + 1) of a feature x as Lucene computes it, in single precision."""
    one = np.float32(1)
    return float(one - one / (np.float32(feature) + one))


def _stored(feature: float) -> float:
    """Return `feature` as Lucene stores it, in the upper 17 bits of a single."""
    (bits,) = struct.unpack("<I", struct.pack("<f", feature))
    (stored,) = struct.unpack("<f", struct.pack("<I", bits >> 15 << 15))
    return float(stored)


def _domains(host: str) -> list[str]:
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]
