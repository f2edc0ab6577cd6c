"""The fields of an index in a cluster, and how a post becomes a document of it.

Every token is one of the embedded index, cut here: the cluster only looks for white space.

    words, grams        each token with what BM25 makes of its weight in the post, as a feature
    word, word_GROUP    the words alone, anywhere or in a group of zones: what prefixes and the like are compared with
    text_GROUP          the pairs of characters in their order, by which quoted texts are exact
    post                the stored post
"""

import json
import struct
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from index.archive.post import Post
from index.opensearch import tokens
from index.schema.document import Document, make_document
from index.schema.fields import FIELDS, NO_TIME
from index.schema.posting_weights import EARLIER_WEIGHT, MOST_WEIGHT, WEIGHT_UNIT
from index.schema.stored_post import decode_post
from index.schema.zones import EARLIER_SHARE, ZONE_WEIGHTS, Zone
from index.text import tokenizer
from index.text.segmenter import Segmenter

# Grows with every change of what a document of a cluster is.
CLUSTER_FORMAT = 1
# Zones that no query tells apart.
GROUPS = {
    "title": (Zone.TITLE, Zone.OPENING),
    "original": (Zone.BODY, Zone.QUOTED),
    "summary": (Zone.SUMMARY,),
    "earlier": (Zone.EARLIER,),
}
# Between the key of a hashtag and how a post spells it.
SPELLED = "\u0001"
# A spelling stands beside its key, in `topic`.
_FIELDS = [name for name in FIELDS if name != "spelling"]
Json = dict[str, Any]

_KEYWORD = {"type": "keyword", "norms": False}
_MATCHED = {"type": "keyword", "norms": False, "doc_values": False}
_TEXT = {"type": "text", "analyzer": "whitespace", "norms": False}


def index_body(described: Json, shards: int, replicas: int) -> Json:
    """Return what makes an index of posts; `described` is what it is to know of how it was made."""
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            # What an update writes is found when it is done, and only then.
            "refresh_interval": "-1",
            "index.translog.durability": "request",
            "index.max_terms_count": 65_536,
            # Patterns are made of what a query may hold.
            "index.max_regex_length": 10_000,
        },
        "mappings": {
            "_meta": described,
            "dynamic": "strict",
            # The rest is there to be found, and is made anew of the post if it changes.
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
    """Return the JSON of the document that stands for `post`; `norm` gives what BM25 makes of a length."""
    document = make_document(post, segmenter)
    weights = _weights((text.zone, text.words) for text in document.texts)
    gains = _gains(norm(length_of(weights)))
    facets = document.facets
    source: Json = {
        "words": {tokens.encoded(tokens.shortened(word)): gains(weight) for word, weight in weights.items()},
        "grams": {
            tokens.encoded(gram): gains(weight)
            for gram, weight in _weights(
                (text.zone, tokenizer.han_grams(text.folded)) for text in document.texts
            ).items()
        },
        "word": [tokens.shortened(word) for word in weights],
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


def token_gains(post: Post, segmenter: Segmenter, norm: Callable[[float], float]) -> dict[str, dict[str, float]]:
    """Return for each field of features what BM25 makes of every token of `post`, its rarity apart."""
    document = make_document(post, segmenter)
    words = _weights((text.zone, text.words) for text in document.texts)
    grams = _weights((text.zone, tokenizer.han_grams(text.folded)) for text in document.texts)
    feature = _gains(norm(length_of(words)))
    return {
        field: {token: _saturated(feature(weight)) for token, weight in weights.items()}
        for field, weights in (("words", words), ("grams", grams))
    }


def stored_post(source: Json) -> Post:
    """Return the post that a document has stored."""
    return decode_post(b64decode(source["post"]))


def document_length(document: Document) -> float:
    """Return the length of a document as BM25 counts it."""
    return length_of(_weights((text.zone, text.words) for text in document.texts))


def length_of(weights: dict[str, int]) -> float:
    """Return the summed weights of words, in whole occurrences."""
    return round(sum(weights.values()) * WEIGHT_UNIT)


def _weights(texts: Iterable[tuple[Zone, Iterable[str]]]) -> dict[str, int]:
    """Return for each token what its occurrences weigh together, as the embedded index has it."""
    weights: Counter[str] = Counter()
    earlier: set[str] = set()
    for zone, found in texts:
        if zone is Zone.EARLIER:
            earlier.update(found)
            continue
        for token, count in Counter(found).items():
            weights[token] += count * ZONE_WEIGHTS[zone]
    known = {token: min(weight, MOST_WEIGHT) for token, weight in weights.items()}
    return {**dict.fromkeys(earlier, EARLIER_WEIGHT), **known}


def _gains(norm: float) -> Callable[[int], float]:
    """Return what makes of a weight the feature x of which x / (x + 1) is what BM25 gives, but for a factor."""
    known: dict[int, float] = {}

    def gain(weight: int) -> float:
        if (feature := known.get(weight)) is None:
            given = weight * WEIGHT_UNIT / (weight * WEIGHT_UNIT + norm)
            if weight <= EARLIER_WEIGHT:
                given *= EARLIER_SHARE
            feature = known[weight] = _kept(given / (1 - given))
        return feature

    return gain


def _saturated(feature: float) -> float:
    """Return x / (x + 1) of a feature x as Lucene reckons it, in single precision."""
    one = np.float32(1)
    return float(one - one / (np.float32(feature) + one))


def _kept(feature: float) -> float:
    """Return what Lucene keeps of a feature, the first half of its bits."""
    (bits,) = struct.unpack("<I", struct.pack("<f", feature))
    (kept,) = struct.unpack("<f", struct.pack("<I", bits >> 15 << 15))
    return float(kept)


def _domains(host: str) -> list[str]:
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]
