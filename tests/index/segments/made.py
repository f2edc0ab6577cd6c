"""Documents made at random, and what a segment must say of them, read without any cleverness."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError

from index.archive.post import Content, Post, Save
from index.schema.document import Document, Text
from index.schema.stored_post import encode_post
from index.schema.zones import Zone
from index.segments.arrays import SegmentArrays
from index.segments.builder import SegmentBuilder
from index.segments.record import INDEX_NAME, SegmentRecord
from index.store.writer import IndexWriter

# Few words, so that documents share them; some begin others, some are of characters beyond U+FFFF.
WORDS = ["a", "ab", "abc", "b", "ba", "é", "中", "中国", "中国人", "国", "人", "𠀀", "𠀀中", "🙂"]
CHARACTERS = "中国人a b𠀀🙂"
TOPICS = ["ai", "a b", "话题", "话题二", "🙂"]
SOURCES = ["arxiv", "weibo", "微博"]
FACETS = ("id", "source", "account", "site", "type", "claimed_source", "day", "hashtag", "spelling", "saved")
WEIGHED = ("words", "characters", "pairs")
FIELDS = [*WEIGHED, *FACETS]
# What an occurrence weighs in each zone, in tenths; one in an earlier save counts once, and only if no other does.
TENTHS = {Zone.TITLE: 20, Zone.OPENING: 10, Zone.BODY: 10, Zone.QUOTED: 5, Zone.SUMMARY: 15}
ONLY_EARLIER, MOST_TENTHS = 2, 255

Reading = dict[str, Any]


def read_toc(folder: Path) -> TOC:
    """Return the table of contents in force as Whoosh reads it."""
    try:
        return TOC.read(FileStorage(str(folder)), INDEX_NAME)
    except EmptyIndexError:
        return TOC(None, [], 0)


def records(folder: Path) -> list[SegmentRecord]:
    """Return what is to be known of the segments of the commit in force."""
    return [segment.record for segment in read_toc(folder).segments]


def open_writer(folder: Path) -> IndexWriter:
    """Return a writer of the next commit."""
    return IndexWriter(folder, records(folder), read_toc(folder).generation)


def text(words: str = "", folded: str = "", zone: Zone = Zone.BODY) -> Text:
    """Return a text of a document; its words are apart by blanks, and need not be those of `folded`."""
    return Text(zone, folded, words.split())


def make(
    name: str,
    *texts: Text,
    topics: Iterable[str] = (),
    source: str = "",
    published: int = 0,
    account: str = "",
) -> Document:
    """Return a document with every field; `name` is its id and what is stored of it."""
    topics = list(topics)
    save = Save(archive="", path="", url="", title=name, content=Content())
    return Document(
        texts=sorted(texts, key=lambda one: one.zone),
        facets={
            **{field: [] for field in FACETS},
            "id": [name],
            "source": [source] if source else [],
            "account": [account] if account else [],
            "hashtag": topics,
            "spelling": [topic.upper() for topic in topics],
        },
        numbers={"published": published, "saves": -published},
        blobs={
            "note": name[::-1].encode(),
            "post": encode_post(Post(name, source, account, None, (save,))),
        },
    )


def _repeated(several: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of what `several` gives, now and then so many times that weights exceed the most."""
    return st.builds(lambda one, times: one * times, several, st.sampled_from([1, 1, 1, 1, 27]))


texts = st.builds(
    Text,
    st.sampled_from(list(Zone)),
    _repeated(st.text(CHARACTERS, max_size=8)),
    _repeated(st.lists(st.sampled_from(WORDS), max_size=5)),
)


def documents(names: st.SearchStrategy[str]) -> st.SearchStrategy[Document]:
    """Return a strategy of documents with up to five texts; some weights are too large to be kept."""
    return st.builds(
        lambda name, held, topics, source, published: make(
            name, *held, topics=topics, source=source, published=published
        ),
        names,
        st.lists(texts, max_size=5),
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


def weighed(occurrences: Iterable[tuple[str, Zone]]) -> dict[str, int]:
    """Return what occurrences of terms in a document weigh together, in tenths."""
    weights: dict[str, int] = {}
    for term, zone in occurrences:
        weights[term] = weights.get(term, 0) + TENTHS.get(zone, 0)
    return {term: min(weight, MOST_TENTHS) or ONLY_EARLIER for term, weight in weights.items()}


def said(document: Document) -> Reading:
    """Return what the index must say of `document`.

    That is the terms of each field with their weights in tenths, the zones of each word, the positions of each pair,
    where each zone ends, and the columns.
    """
    words = [(word, one.zone) for one in document.texts for word in one.words]
    characters = [(character, one.zone) for one in document.texts for character in one.folded]
    pairs = [(a + b, one.zone) for one in document.texts for a, b in pairwise(one.folded + "\n")]
    run = "".join(one.folded + "\n" for one in document.texts)
    positions: dict[str, list[int]] = {}
    for at, character in enumerate(run):
        if character != "\n":
            positions.setdefault(run[at : at + 2], []).append(at)
    weights = weighed(words)
    return {
        "words": weights,
        "characters": weighed(characters),
        "pairs": weighed(pairs),
        **{name: dict.fromkeys(values, 10) for name, values in document.facets.items()},
        "zones": {word: {zone for other, zone in words if other == word} for word in weights},
        "positions": positions,
        "zone_ends": [sum(len(one.folded) + 1 for one in document.texts if one.zone <= zone) for zone in Zone],
        "rows": {name: list(values) for name, values in document.facets.items()},
        "numbers": {**document.numbers, "length": round(sum(weights.values()) * 0.1)},
        "blobs": dict(document.blobs),
    }


def read(segment: SegmentArrays) -> list[Reading]:
    """Return what a segment says of each of its documents, deleted ones included."""
    parts = (*segment.fields(), "zones", "positions", "rows", "numbers", "blobs")
    readings: list[Reading] = [
        {**{part: {} for part in parts}, "zone_ends": ends} for ends in segment.zone_ends.tolist()
    ]
    assert len(readings) == segment.size
    for field in segment.fields():
        for number, term in enumerate(segment.terms(field)):
            _read_term(segment, readings, field, term.decode(), range(number, number + 1))
    columns = [name for name in segment.blocks.names() if "/" not in name]
    facets = [name.split("/")[0] for name in segment.blocks.names() if name.endswith("/rows")]
    for number, reading in enumerate(readings):
        for name in facets:
            ends, ordinals = segment.rows(name)
            values = ordinals[int(ends[number]) : int(ends[number + 1])].tolist()
            reading["rows"][name] = [segment.lexicon(name)[value].decode() for value in values]
        reading["numbers"] = {name: int(segment.column(name)[number]) for name in columns}
        for name in segment.blob_names():
            reading["blobs"][name] = bytes(segment.blob(name, number))
    return readings


def occurrences(segment: SegmentArrays, pairs: range) -> list[tuple[int, int]]:
    """Return document and position of each occurrence of `pairs`, in order."""
    parts = [zip(*(values.tolist() for values in part), strict=True) for part in segment.occurrences(pairs)]
    return sorted(one for part in parts for one in part)


def _read_term(segment: SegmentArrays, readings: list[Reading], field: str, term: str, numbers: range) -> None:
    arrays = segment.field(field)
    postings = arrays.postings(numbers)
    held_by = arrays.documents[postings].tolist()
    weights = arrays.weights[postings].tolist() if field in WEIGHED else [10] * len(held_by)
    for document, weight in zip(held_by, weights, strict=True):
        assert term not in readings[document][field], "a document stands twice in a term's postings"
        readings[document][field][term] = weight
    if field == "words":
        for document, bits in zip(held_by, arrays.zones[postings].tolist(), strict=True):
            assert bits < 1 << len(Zone)
            readings[document]["zones"][term] = {zone for zone in Zone if bits & 1 << zone}
    if field == "pairs":
        for document, position in occurrences(segment, numbers):
            readings[document]["positions"].setdefault(term, []).append(position)
