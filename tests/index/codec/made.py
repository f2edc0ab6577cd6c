"""Documents made at random, and what a segment must say of them, read without any cleverness."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from index.analyzer import gram_keys
from index.codec.arrays import SegmentArrays
from index.codec.builder import Document, SegmentBuilder

# Few words, so that documents share them; some begin others, some are of characters beyond U+FFFF.
WORDS = ["a", "ab", "abc", "b", "ba", "é", "中", "中国", "中国人", "国", "人", "𠀀", "𠀀中", "🙂"]
TOPICS = ["ai", "a b", "话题", "话题二", "🙂"]
SOURCES = ["arxiv", "weibo", "微博"]
FACETS = ("id", "source", "account", "site", "type", "month", "hashtag", "spelling")
GRAM_WEIGHT = 0.5

Reading = dict[str, Any]


def make(
    name: str,
    words: dict[str, float] | None = None,
    text: str = "",
    topics: Iterable[str] = (),
    source: str = "",
    published: int = 0,
    account: str = "",
) -> Document:
    """Return a document with every field; `name` is its id and what is stored of it."""
    words = words or {}
    keys, counts = np.unique(gram_keys(text), return_counts=True)
    topics = list(topics)
    return Document(
        words=words,
        grams=(keys, counts * GRAM_WEIGHT),
        facets={
            **{field: [] for field in FACETS},
            "id": [name],
            "source": [source] if source else [],
            "account": [account] if account else [],
            "hashtag": topics,
            "spelling": [topic.upper() for topic in topics],
        },
        numbers={"published": published, "saved": -published, "length": round(sum(words.values()))},
        blobs={"texts": text.encode(), "post": f"post {name}".encode()},
    )


def documents(names: st.SearchStrategy[str]) -> st.SearchStrategy[Document]:
    """Return a strategy of documents; their weights are multiples of 0.1, and some are too large to be kept."""
    weights = st.integers(1, 300).map(lambda tenths: tenths / 10)
    return st.builds(
        make,
        names,
        st.dictionaries(st.sampled_from(WORDS), weights, max_size=5),
        st.text("中国人a b𠀀🙂", max_size=8),
        st.lists(st.sampled_from(TOPICS), max_size=3, unique=True),
        st.sampled_from(["", *SOURCES]),
        st.integers(-(2**62), 2**62),
    )


def corpora(most: int = 10) -> st.SearchStrategy[list[Document]]:
    """Return a strategy of lists of documents whose ids differ."""
    names = st.text("ab中𠀀", max_size=4)
    return st.lists(documents(names), max_size=most, unique_by=lambda document: document.facets["id"][0])


def write(path: Path, made: Iterable[Document]) -> SegmentArrays:
    """Write a segment of documents and return it opened."""
    builder = SegmentBuilder()
    for document in made:
        builder.add(document)
    builder.write(path)
    return SegmentArrays(path, builder.size, frozenset())


def blocks(segment: SegmentArrays) -> dict[str, tuple[str, list[Any]]]:
    """Return every block of a segment: its name → dtype and content."""
    names = segment.blocks.names()
    return {name: (segment.blocks.array(name).dtype.str, segment.blocks.array(name).tolist()) for name in names}


def kept(weight: float) -> np.float32:
    """Return the weight that an index keeps for `weight`."""
    return np.float32(min(round(weight * 10), 255)) * np.float32(0.1)


def said(document: Document) -> Reading:
    """Return what the index must say of `document`: the terms of each field with their weights, and its columns."""
    text = document.blobs["texts"].decode()
    grams = Counter([*text, *(a + b for a, b in pairwise(text))])
    return {
        "words": {term: kept(weight) for term, weight in document.words.items()},
        "grams": {term: kept(count * GRAM_WEIGHT) for term, count in grams.items()},
        **{name: dict.fromkeys(values, kept(1.0)) for name, values in document.facets.items()},
        "rows": {name: list(values) for name, values in document.facets.items()},
        "numbers": dict(document.numbers),
        "blobs": dict(document.blobs),
    }


def read(segment: SegmentArrays) -> list[Reading]:
    """Return what a segment says of each of its documents, deleted ones included."""
    readings: list[Reading] = [
        {field: {} for field in (*segment.fields(), "rows", "numbers", "blobs")} for _ in range(segment.size)
    ]
    for field in segment.fields():
        for number, term in enumerate(segment.lexicon(field)):
            for document, weight in zip(*segment.postings(field, number), strict=True):
                assert term.decode() not in readings[document][field], "a document stands twice in a term's postings"
                readings[document][field][term.decode()] = weight
    for number, reading in enumerate(readings):
        for name in FACETS:
            ends, ordinals = segment.rows(name)
            values = ordinals[int(ends[number]) : int(ends[number + 1])].tolist()
            reading["rows"][name] = [segment.lexicon(name)[value].decode() for value in values]
        for name in ("published", "saved", "length"):
            reading["numbers"][name] = int(segment.numbers(name)[number])
        for name in segment.blob_names():
            reading["blobs"][name] = bytes(segment.blob(name, number))
    return readings
