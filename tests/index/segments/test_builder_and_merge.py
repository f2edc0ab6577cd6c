"""A segment says what its documents say, and a merged one what its live documents say."""

import gc
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.schema.document import Document, Text
from index.schema.zones import Zone
from index.segments import merge as module
from index.segments.arrays import SegmentArrays
from index.segments.layout import stable_order
from index.segments.merge import merge, term_ranges
from tests.index.segments.made import FIELDS, WEIGHED, blocks, corpora, make, occurrences, read, said, text, write


def merged(folder: Path, segments: list[SegmentArrays]) -> SegmentArrays:
    return SegmentArrays(folder / "merged", merge(segments, folder / "merged"), frozenset())


def without(segment: SegmentArrays, *deleted: int) -> SegmentArrays:
    return SegmentArrays(segment.blocks._path, segment.size, frozenset(deleted))


def bare(*texts: Text) -> Document:
    """Return a document of nothing but texts."""
    return Document(texts, {}, {}, {})


def documents_of(segment: SegmentArrays, field: str, term: str) -> np.ndarray:
    number = segment.terms(field).find(term.encode())
    arrays = segment.field(field)
    return arrays.documents[arrays.postings(range(number, number + 1))]


def weights_of(segment: SegmentArrays, field: str, term: str) -> np.ndarray:
    number = segment.terms(field).find(term.encode())
    arrays = segment.field(field)
    return arrays.weights[arrays.postings(range(number, number + 1))]


# --- one segment ----------------------------------------------------------------------------------------------


@pytest.mark.thorough
@settings(deadline=None, max_examples=100)
@given(corpora())
def test_a_segment_says_what_its_documents_say(made: list[Document]) -> None:
    with TemporaryDirectory() as folder:
        segment = write(Path(folder, "segment"), made)
    assert read(segment) == [said(document) for document in made]
    assert segment.blocks.check() == []


@pytest.mark.thorough
@settings(deadline=None, max_examples=60)
@given(corpora())
def test_lexicons_hold_exactly_the_terms_in_order(made: list[Document]) -> None:
    with TemporaryDirectory() as folder:
        segment = write(Path(folder, "segment"), made)
    for field in FIELDS if made else WEIGHED:
        terms = {term.encode() for document in made for term in said(document)[field]}
        assert list(segment.terms(field)) == sorted(terms)
        for number in range(len(terms)):
            postings = segment.field(field).postings(range(number, number + 1))
            documents = segment.field(field).documents[postings].tolist()
            assert documents == sorted(set(documents)) != []
            if field in WEIGHED:
                assert len(segment.field(field).weights[postings]) == len(documents)
            else:
                assert f"{field}/weights" not in segment.blocks


@pytest.mark.thorough
@settings(deadline=None, max_examples=100)
@given(corpora(), st.data())
def test_occurrences_of_neighbouring_pairs_are_where_the_texts_have_them(
    made: list[Document], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        segment = write(Path(folder, "segment"), made)
    by_document = [said(document)["positions"] for document in made]
    pairs = sorted({pair for positions in by_document for pair in positions})
    first = data.draw(st.integers(0, len(pairs)))
    chosen = range(first, data.draw(st.integers(first, len(pairs))))
    postings = [
        [(document, position) for position in positions[pair]]
        for pair in pairs[chosen.start : chosen.stop]
        for document, positions in enumerate(by_document)
        if pair in positions
    ]
    firsts, others = (
        list(zip(documents.tolist(), positions.tolist(), strict=True))
        for documents, positions in segment.occurrences(chosen)
    )
    assert firsts == [own[0] for own in postings]
    assert others == [one for own in postings for one in own[1:]]
    counts = map(segment.occurrence_count, chosen)
    assert sum(counts) == sum(map(len, postings))


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_neighbouring_terms_have_neighbouring_postings(made: list[Document]) -> None:
    with TemporaryDirectory() as folder:
        segment = write(Path(folder, "segment"), made)
    for field in FIELDS if made else WEIGHED:
        count = len(segment.terms(field))
        alone = [segment.field(field).postings(range(number, number + 1)) for number in range(count)]
        for first in range(count + 1):
            whole = segment.field(field).postings(range(first, count))
            parts = [segment.field(field).documents[part].tolist() for part in alone[first:]]
            assert segment.field(field).documents[whole].tolist() == [document for part in parts for document in part]


def test_positions_run_through_zones_and_no_pair_spans_two_texts(tmp_path: Path) -> None:
    made = make("1", text("", "ab", Zone.TITLE), text("", "b", Zone.BODY), text("", "aba", Zone.BODY))
    made = Document([*made.texts, text("", "ab", Zone.EARLIER)], made.facets, made.numbers, made.blobs)
    segment = write(tmp_path / "segment", [make("0"), made])
    assert segment.zone_ends.tolist() == [[0, 0, 0, 0, 0, 0], [3, 3, 9, 9, 9, 12]]
    (_, reading) = read(segment)
    assert reading["positions"] == {"ab": [0, 5, 9], "b\n": [1, 3, 10], "ba": [6], "a\n": [7]}
    assert reading["pairs"] == {"ab": 30, "b\n": 30, "ba": 10, "a\n": 10}
    assert reading["characters"] == {"a": 40, "b": 40}


def test_a_field_without_postings_is_empty(tmp_path: Path) -> None:
    segment = write(tmp_path / "segment", [make("1"), make("2")])
    for field in (*WEIGHED, "hashtag", "day"):
        assert list(segment.terms(field)) == []
        assert len(segment.blocks.array(f"{field}/documents")) == 0
    ends, ordinals = segment.rows("hashtag")
    assert ends.tolist() == [0, 0, 0]
    assert ordinals.tolist() == []


def test_fields_and_columns_are_told_apart(tmp_path: Path) -> None:
    segment = write(tmp_path / "segment", [make("1")])
    assert sorted(segment.fields()) == sorted(FIELDS)
    assert sorted(segment.blob_names()) == ["note", "post"]


def test_a_value_given_twice_is_one_value(tmp_path: Path) -> None:
    segment = write(tmp_path / "segment", [make("1", topics=["x", "x"]), make("2", topics=["y"])])
    assert [reading["rows"]["hashtag"] for reading in read(segment)] == [["x"], ["y"]]


@pytest.mark.parametrize(
    ("occurrences", "tenths"),
    [
        pytest.param({Zone.TITLE: 1}, 20, id="a title"),
        pytest.param({Zone.BODY: 1}, 10, id="the body"),
        pytest.param({Zone.QUOTED: 1}, 5, id="quoted"),
        pytest.param({Zone.SUMMARY: 1}, 15, id="a summary"),
        pytest.param({Zone.OPENING: 1}, 10, id="an opening"),
        pytest.param({Zone.EARLIER: 1}, 2, id="an earlier save"),
        pytest.param({Zone.EARLIER: 50}, 2, id="many earlier saves"),
        pytest.param({Zone.QUOTED: 1, Zone.EARLIER: 50}, 5, id="quoted and in earlier saves"),
        pytest.param({Zone.TITLE: 1, Zone.BODY: 3, Zone.QUOTED: 1, Zone.SUMMARY: 2}, 85, id="everywhere"),
        pytest.param({Zone.TITLE: 12, Zone.BODY: 1, Zone.QUOTED: 1}, 255, id="just the most"),
        pytest.param({Zone.QUOTED: 51}, 255, id="just the most, quoted"),
        pytest.param({Zone.QUOTED: 52}, 255, id="just beyond the most"),
        pytest.param({Zone.BODY: 7000}, 255, id="far beyond the most"),
    ],
)
def test_a_term_is_weighted_by_zone_up_to_a_limit(tmp_path: Path, occurrences: dict[Zone, int], tenths: int) -> None:
    texts = [text("a " * count, "a" * count, zone) for zone, count in occurrences.items()]
    segment = write(tmp_path / "segment", [make("1", *texts)])
    for field in ("words", "characters"):
        assert weights_of(segment, field, "a").dtype == np.uint8
        assert weights_of(segment, field, "a").tolist() == [tenths]
    (bits,) = segment.field("words").zones[:1].tolist()
    assert [zone for zone in Zone if bits & 1 << zone] == sorted(occurrences)
    assert segment.column("length").tolist() == [round(tenths * 0.1)]


@pytest.mark.parametrize(
    ("count", "kind"), [(2**16, "<u2"), (2**16 + 1, "<u4")], ids=["as many as fit 16 bits", "one more"]
)
def test_documents_beyond_16_bits_are_found(tmp_path: Path, count: int, kind: str) -> None:
    common, last = bare(text("a", "x")), bare(text("a b b", "xyz"))
    segment = write(tmp_path / "segment", [*[common] * (count - 1), last])
    for field, term in (("words", "a"), ("characters", "x")):
        assert documents_of(segment, field, term).dtype == kind
        assert np.array_equal(documents_of(segment, field, term), np.arange(count))
    for field, term in (("words", "b"), ("characters", "y"), ("pairs", "yz")):
        assert documents_of(segment, field, term).tolist() == [count - 1]
    assert weights_of(segment, "words", "b").tolist() == [20]
    number = segment.pairs.find(b"yz")
    assert occurrences(segment, range(number, number + 1)) == [(count - 1, 1)]


@pytest.mark.parametrize("count", [2**16 - 1, 2**16 + 10], ids=["all numbers that 16 bits leave", "more than that"])
def test_a_segment_of_many_different_characters_keeps_each(tmp_path: Path, count: int) -> None:
    # All but the surrogates, which no text in UTF-8 holds, the line feed, which ends texts, and U+0000.
    points = [point for point in range(1, 0x110000) if point != 0x0A and not 0xD800 <= point < 0xE000][:count]
    segment = write(tmp_path / "segment", [make("1", text("", "".join(map(chr, points))))])
    assert [ord(term.decode()) for term in segment.terms("characters")] == points
    pairs = sorted(pairwise([*points, 0x0A]))
    assert [tuple(map(ord, term.decode())) for term in segment.pairs] == pairs
    (documents, positions), _ = segment.occurrences(range(len(pairs)))
    assert not documents.any()
    assert positions.tolist() == list(range(count))


@pytest.mark.parametrize(("length", "kind"), [(2**16 - 1, "<u2"), (2**16, "<u4")], ids=["as fit 16 bits", "one more"])
def test_positions_beyond_16_bits_are_found(tmp_path: Path, length: int, kind: str) -> None:
    long = make(
        "long", text("", "ab" * (length // 2 - 500), Zone.TITLE), text("", "中" * (length % 2 + 999), Zone.BODY)
    )
    made = [make("short", text("", "ab中")), long, make("none")]
    segment = write(tmp_path / "segment", made)
    assert segment.blocks.array("pairs/positions").dtype == kind
    assert segment.zone_ends[1, -1] == length + 1
    assert read(segment) == [said(document) for document in made]


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


@pytest.mark.thorough
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


@pytest.mark.thorough
@pytest.mark.parametrize("chunk", [1, 2, 5])
@settings(deadline=None, max_examples=40)
@given(parts=deleted_from())
def test_a_merge_in_chunks_is_the_same(chunk: int, parts: list[list[tuple[Document, bool]]]) -> None:
    live = [document for part in parts for document, lives in part if lives]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
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
    one = write(tmp_path / "one", [make("1", text("a", "中国"), topics=["ai"]), make("2", text("b"))])
    other = write(tmp_path / "other", [make("3", text("a a", "中"), topics=["ai"])])
    result = merged(tmp_path, [without(one, 0, 1), without(other, 0)])
    assert result.size == 0
    assert read(result) == []
    for field in FIELDS:
        assert list(result.terms(field)) == []
        assert result.blocks.array(f"{field}/postings").tolist() == [0]
    assert len(result.blocks.array("pairs/positions")) == len(result.zone_ends) == 0
    assert result.blocks.check() == []


def test_an_all_deleted_segment_adds_nothing(tmp_path: Path) -> None:
    live = [make("2", text("b", "国"), topics=["b"])]
    gone = without(write(tmp_path / "gone", [make("1", text("a", "中"), topics=["a"])]), 0)
    other = write(tmp_path / "other", live)
    expected = blocks(write(tmp_path / "direct", live))
    assert blocks(merged(tmp_path, [gone, other])) == expected
    assert blocks(merged(tmp_path, [other, gone])) == expected


def test_no_segment_stays_mapped_behind_a_merge(tmp_path: Path) -> None:
    """A process that merges many does not look for circles of objects, and is to hold one merge's files at a time."""
    segments = segments_of(tmp_path, [[(make(name, text("a", "中国"), topics=["ai"]), True)] for name in "12"])
    gc.collect()
    gc.disable()
    try:
        assert [one.lexicon("id").find(b"1") for one in segments] == [0, -1]
        merge(segments, tmp_path / "merged")
        segments.clear()
        assert "segment 1" not in Path("/proc/self/maps").read_text()
    finally:
        gc.enable()


# How often a short text is said: too often for positions of 16 bits, or not.
LONG, SHORT = 2**16, 20


@st.composite
def long_and_short(draw: st.DrawFn) -> list[list[tuple[Document, bool]]]:
    """Return several segments' documents, some of them too long for positions of 16 bits, and which of them live."""
    parts: list[list[tuple[Document, bool]]] = []
    for part in range(draw(st.integers(1, 4))):
        lengths = draw(st.lists(st.sampled_from([LONG, SHORT, SHORT, 0]), min_size=1, max_size=3))
        parts.append([])
        for number, length in enumerate(lengths):
            folded = draw(st.text("ab中", min_size=1, max_size=3)) * length
            zones = draw(st.tuples(st.sampled_from(list(Zone)), st.sampled_from(list(Zone))))
            cut = draw(st.integers(0, len(folded)))
            texts = [text("a", folded[:cut], zones[0]), text("b", folded[cut:], zones[1])]
            parts[-1].append((make(f"{part}-{number}", *texts), draw(st.booleans())))
    return parts


@pytest.mark.thorough
@settings(deadline=None, max_examples=15)
@given(long_and_short())
def test_long_documents_merge_with_short_ones(parts: list[list[tuple[Document, bool]]]) -> None:
    live = [document for part in parts for document, lives in part if lives]
    with TemporaryDirectory() as folder:
        segments = segments_of(Path(folder), parts)
        result = merged(Path(folder), segments)
        direct = write(Path(folder, "direct"), live)
    assert read(result) == [said(document) for document in live]
    assert result.blocks.check() == []
    if live:
        assert blocks(result) == blocks(direct)


def test_segments_of_16_bit_numbers_merge_into_one_of_32(tmp_path: Path) -> None:
    count = 40_000
    common, last = bare(text("a", "x")), bare(text("a b b", "xyz"))
    segment = write(tmp_path / "segment", [*[common] * (count - 1), last])
    result = merged(tmp_path, [segment, without(segment, 0), segment])
    assert result.size == 3 * count - 1
    expected = [count - 1, 2 * count - 2, 3 * count - 2]
    assert_like_the_common(result, expected, "<u4")


def test_a_segment_of_32_bit_numbers_merges_with_others(tmp_path: Path) -> None:
    count = 2**16 + 1
    common, last = bare(text("a", "x")), bare(text("a b b", "xyz"))
    large = write(tmp_path / "large", [*[common] * (count - 1), last])
    small = write(tmp_path / "small", [common, last, common])
    assert_like_the_common(merged(tmp_path, [small, large]), [1, count + 2], "<u4")
    assert_like_the_common(merged(tmp_path, [without(large, 0, 1, 9, count - 2), small]), [count - 5, count - 3], "<u2")
    assert_like_the_common(merged(tmp_path, [without(large, *range(count - 1)), without(small, 0)]), [0, 1], "<u2")


def assert_like_the_common(segment: SegmentArrays, lasts: list[int], kind: str) -> None:
    """Assert that a segment says what it must of documents all with "a" and "x", those at `lasts` with more."""
    for field, term in (("words", "a"), ("characters", "x")):
        assert documents_of(segment, field, term).dtype == kind
        assert np.array_equal(documents_of(segment, field, term), np.arange(segment.size))
    for field, term in (("words", "b"), ("characters", "z"), ("pairs", "xy"), ("pairs", "z\n")):
        assert documents_of(segment, field, term).tolist() == lasts
    assert weights_of(segment, "words", "b").tolist() == [20] * len(lasts)
    assert [term.decode() for term in segment.pairs] == ["x\n", "xy", "yz", "z\n"]
    ends = np.full(segment.size, 2)
    ends[lasts] = 4
    assert np.array_equal(segment.zone_ends, np.where(np.arange(len(Zone)) < Zone.BODY, 0, ends[:, None]))
    others = sorted({*range(segment.size)} - {*lasts})
    (documents, positions), _ = segment.occurrences(range(4))
    assert documents.tolist() == [*others, *lasts, *lasts, *lasts]
    assert positions.tolist() == [0] * segment.size + [1] * len(lasts) + [2] * len(lasts)
    assert segment.column("length").tolist() == [3 if place in {*lasts} else 1 for place in range(segment.size)]
    assert segment.blocks.check() == []


# --- order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "most",
    [0, 5, 2**32, 2**58 - 1, 2**58, 2**60, 2**63, 2**64 - 1],
    ids=["all alike", "small", "large", "just packed", "just not packed if many", "not packed", "64 bits", "the most"],
)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_keys_come_in_order_and_equal_ones_as_they_come(most: int, data: st.DataObject) -> None:
    key = st.integers(0, most) | st.integers(max(0, most - 3), most) | st.integers(0, min(3, most))
    keys = data.draw(st.lists(key, max_size=40))
    given_ = np.array(keys, np.uint64)
    order = stable_order(given_)
    assert order.tolist() == sorted(range(len(keys)), key=keys.__getitem__)
    assert order.dtype == np.int64
    assert given_.tolist() == keys, "the keys themselves stay as they are"


@pytest.mark.parametrize("bits", [42, 43, 44, 45, 62, 63, 64])
def test_many_keys_come_in_order_packed_or_not(bits: int) -> None:
    # So many that they take 20 bits: above 43 bits the keys don't fit beside their places.
    keys = np.random.default_rng(bits).integers(0, 2**bits - 1, 2**19 + 3, np.uint64, endpoint=True)
    keys[::5] = 2**bits - 1
    keys[::7] = 0
    assert np.array_equal(stable_order(keys), np.argsort(keys, kind="stable"))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 9), max_size=20), st.integers(1, 20))
def test_term_ranges_follow_each_other_within_the_chunk_size(counts: list[int], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        ranges = list(term_ranges(np.array(counts, np.int64)))
    assert [number for terms in ranges for number in terms] == list(range(len(counts)))
    for first, last in ((terms.start, terms.stop) for terms in ranges):
        assert last - first == 1 or sum(counts[first:last]) <= chunk
        if last < len(counts):
            assert sum(counts[first : last + 1]) > chunk
