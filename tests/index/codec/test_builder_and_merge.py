"""A segment says what its documents say, and a merged one what its live documents say."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.codec import layout
from index.codec.arrays import SegmentArrays
from index.codec.builder import Document
from index.codec.layout import in_order, term_ranges
from index.codec.merge import merge
from tests.index.codec.made import FACETS, blocks, corpora, make, read, said, write

FIELDS = ["words", "grams", *FACETS]


def merged(folder: Path, segments: list[SegmentArrays]) -> SegmentArrays:
    return SegmentArrays(folder / "merged", merge(segments, folder / "merged"), frozenset())


def without(segment: SegmentArrays, *deleted: int) -> SegmentArrays:
    return SegmentArrays(segment.blocks._path, segment.size, frozenset(deleted))


# --- one segment ----------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=100)
@given(corpora())
def test_a_segment_says_what_its_documents_say(made: list[Document]) -> None:
    with TemporaryDirectory() as folder:
        segment = write(Path(folder, "segment"), made)
    assert read(segment) == [said(document) for document in made]
    assert segment.blocks.check() == []


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_lexicons_hold_exactly_the_terms_in_order(made: list[Document]) -> None:
    with TemporaryDirectory() as folder:
        segment = write(Path(folder, "segment"), made)
    for field in FIELDS if made else ["words", "grams"]:
        terms = {term.encode() for document in made for term in said(document)[field]}
        assert list(segment.lexicon(field)) == sorted(terms)
        for number in range(len(terms)):
            documents, weights = segment.postings(field, number)
            assert documents.tolist() == sorted(set(documents.tolist()))
            assert len(documents) == len(weights) > 0


def test_a_field_without_postings_is_empty(tmp_path: Path) -> None:
    segment = write(tmp_path / "segment", [make("1"), make("2")])
    for field in ("words", "grams", "hashtag", "month"):
        assert list(segment.lexicon(field)) == []
        assert len(segment.blocks.array(f"{field}/documents")) == 0
    ends, ordinals = segment.rows("hashtag")
    assert ends.tolist() == [0, 0, 0]
    assert ordinals.tolist() == []


def test_fields_and_columns_are_told_apart(tmp_path: Path) -> None:
    segment = write(tmp_path / "segment", [make("1")])
    assert sorted(segment.fields()) == sorted(FIELDS)
    assert sorted(segment.blob_names()) == ["post", "texts"]


def test_a_value_given_twice_is_one_value(tmp_path: Path) -> None:
    segment = write(tmp_path / "segment", [make("1", topics=["x", "x"]), make("2", topics=["y"])])
    assert [reading["rows"]["hashtag"] for reading in read(segment)] == [["x"], ["y"]]


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(0.1, 0.1), (0.2, 0.2), (0.7, 0.7), (2.5, 2.5), (25.4, 25.4), (25.5, 25.5), (25.6, 25.5), (1e6, 25.5)],
)
def test_a_weight_is_kept_in_tenths_up_to_the_most(tmp_path: Path, weight: float, expected: float) -> None:
    segment = write(tmp_path / "segment", [make("1", {"a": weight})])
    _, weights = segment.postings("words", 0)
    assert weights.dtype == np.float32
    assert weights.tolist() == [pytest.approx(expected, rel=1e-6)]


@pytest.mark.parametrize(
    ("count", "kind"), [(2**16, "<u2"), (2**16 + 1, "<u4")], ids=["as many as fit 16 bits", "one more"]
)
def test_documents_beyond_16_bits_are_found(tmp_path: Path, count: int, kind: str) -> None:
    common, last = Document({"a": 1.0}, NO_GRAMS, {}, {}, {}), Document({"a": 1.0, "b": 2.0}, NO_GRAMS, {}, {}, {})
    segment = write(tmp_path / "segment", [*[common] * (count - 1), last])
    documents, _ = segment.postings("words", 0)
    assert documents.dtype == kind
    assert np.array_equal(documents, np.arange(count))
    documents, weights = segment.postings("words", 1)
    assert (documents.tolist(), weights.tolist()) == ([count - 1], [2.0])


@pytest.mark.parametrize("count", [2**16 - 1, 2**16 + 10], ids=["all numbers that 16 bits leave", "more than that"])
def test_a_segment_of_many_different_characters_keeps_each(tmp_path: Path, count: int) -> None:
    # All but the surrogates, which no text in UTF-8 holds, and U+0000.
    points = [point for point in range(1, 0x110000) if not 0xD800 <= point < 0xE000][:count]
    segment = write(tmp_path / "segment", [make("1", text="".join(map(chr, points)))])
    terms = [term.decode() for term in segment.lexicon("grams")]
    assert [ord(term) for term in terms if len(term) == 1] == points
    assert [(ord(term[0]), ord(term[1])) for term in terms if len(term) == 2] == list(pairwise(points))


NO_GRAMS = (np.zeros(0, np.uint64), np.zeros(0))


# --- merges ---------------------------------------------------------------------------------------------------


@st.composite
def deleted_from(draw: st.DrawFn) -> list[list[tuple[Document, bool]]]:
    """Return several segments' documents, and which of them live; at least one does."""
    made = draw(corpora(14).filter(bool))
    cuts = sorted(draw(st.sets(st.integers(1, len(made)), max_size=4)) | {0, len(made)})
    lives = draw(st.lists(st.booleans(), min_size=len(made), max_size=len(made)).filter(any))
    marked = list(zip(made, lives, strict=True))
    return [marked[first:last] for first, last in pairwise(cuts)]


def segments_of(folder: Path, parts: list[list[tuple[Document, bool]]]) -> list[SegmentArrays]:
    return [
        without(
            write(folder / f"segment {number}", [document for document, _ in part]),
            *[place for place, (_, live) in enumerate(part) if not live],
        )
        for number, part in enumerate(parts)
    ]


@settings(deadline=None, max_examples=100)
@given(deleted_from())
def test_a_merge_is_the_segment_of_the_live_documents(parts: list[list[tuple[Document, bool]]]) -> None:
    live = [document for part in parts for document, lives in part if lives]
    with TemporaryDirectory() as folder:
        result = merged(Path(folder), segments_of(Path(folder), parts))
        direct = write(Path(folder, "direct"), live)
    assert result.size == len(live)
    assert blocks(result) == blocks(direct)
    assert result.blocks.check() == []


@pytest.mark.parametrize("chunk", [1, 2, 5])
@settings(deadline=None, max_examples=40)
@given(parts=deleted_from())
def test_a_merge_in_chunks_is_the_same(chunk: int, parts: list[list[tuple[Document, bool]]]) -> None:
    live = [document for part in parts for document, lives in part if lives]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "CHUNK", chunk)
        result = merged(Path(folder), segments_of(Path(folder), parts))
        direct = write(Path(folder, "direct"), live)
    assert blocks(result) == blocks(direct)


@settings(deadline=None, max_examples=30)
@given(deleted_from())
def test_a_merge_of_merges_is_the_merge(parts: list[list[tuple[Document, bool]]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        segments = segments_of(folder, parts)
        at_once = blocks(merged(folder, segments))
        living = [segment for segment in segments if segment.live.any()]
        for number, segment in enumerate(living):
            merge([segment], folder / f"alone {number}")
        alone = [
            SegmentArrays(folder / f"alone {number}", int(segment.live.sum()), frozenset())
            for number, segment in enumerate(living)
        ]
        assert blocks(merged(folder, alone)) == at_once


def test_a_merge_of_what_is_all_deleted_is_empty(tmp_path: Path) -> None:
    one = write(tmp_path / "one", [make("1", {"a": 1.0}, "中国", ["ai"]), make("2", {"b": 1.0})])
    other = write(tmp_path / "other", [make("3", {"a": 2.0}, "中", ["ai"])])
    result = merged(tmp_path, [without(one, 0, 1), without(other, 0)])
    assert result.size == 0
    assert read(result) == []
    for field in FIELDS:
        assert list(result.lexicon(field)) == []
        assert result.blocks.array(f"{field}/postings").tolist() == [0]
    assert result.blocks.check() == []


def test_an_all_deleted_segment_adds_nothing(tmp_path: Path) -> None:
    live = [make("2", {"b": 1.0}, "国", ["b"])]
    gone = without(write(tmp_path / "gone", [make("1", {"a": 1.0}, "中", ["a"])]), 0)
    other = write(tmp_path / "other", live)
    expected = blocks(write(tmp_path / "direct", live))
    assert blocks(merged(tmp_path, [gone, other])) == expected
    assert blocks(merged(tmp_path, [other, gone])) == expected


def test_segments_of_16_bit_numbers_merge_into_one_of_32(tmp_path: Path) -> None:
    count = 40_000
    common = Document({"a": 1.0}, NO_GRAMS, {}, {}, {})
    last = Document({"a": 1.0, "b": 2.0}, NO_GRAMS, {}, {}, {})
    segment = write(tmp_path / "segment", [*[common] * (count - 1), last])
    result = merged(tmp_path, [segment, without(segment, 0), segment])
    assert result.size == 3 * count - 1
    documents, _ = result.postings("words", 0)
    assert documents.dtype == "<u4"
    assert np.array_equal(documents, np.arange(3 * count - 1))
    documents, weights = result.postings("words", 1)
    assert documents.tolist() == [count - 1, 2 * count - 2, 3 * count - 2]
    assert weights.tolist() == [2.0, 2.0, 2.0]


# --- order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most_term", "most_document"),
    [(5, 5), (2**32 - 1, 0), (2**24 - 1, 2**32 - 1), (2**24, 2**32 - 1), (2**32 - 1, 2**32 - 1), (0, 2**32 - 1)],
    ids=["small", "one document", "just packed", "just not packed", "huge", "one term"],
)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_postings_come_in_order_of_term_and_document(most_term: int, most_document: int, data: st.DataObject) -> None:
    pairs = st.tuples(st.integers(0, most_term), st.integers(0, most_document))
    places = data.draw(st.lists(pairs, max_size=12, unique=True).map(lambda drawn: sorted({*drawn})))
    places = data.draw(st.permutations([*places, *({(0, 0), (most_term, most_document)} - {*places})]))
    terms, documents = (np.array(numbers, np.uint32) for numbers in zip(*places, strict=True))
    weights = np.array(data.draw(st.lists(st.integers(0, 255), min_size=len(places), max_size=len(places))), np.uint8)
    order = np.lexsort((documents, terms))
    for found, given_ in zip(in_order(terms, documents, weights), (terms, documents, weights), strict=True):
        assert found.dtype == given_.dtype
        assert found.tolist() == given_[order].tolist()


def test_no_postings_are_in_order() -> None:
    empty = np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.zeros(0, np.uint8)
    assert [part.tolist() for part in in_order(*empty)] == [[], [], []]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 9), max_size=20), st.integers(1, 20))
def test_ranges_of_terms_follow_one_another_and_hold_at_most_a_chunk(counts: list[int], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "CHUNK", chunk)
        ranges = list(term_ranges(np.array(counts, np.int64)))
    assert [number for first, last in ranges for number in range(first, last)] == list(range(len(counts)))
    for first, last in ranges:
        assert last - first == 1 or sum(counts[first:last]) <= chunk
        if last < len(counts):
            assert sum(counts[first : last + 1]) > chunk
