"""Which segments are merged: few stay, small updates copy little, and none becomes too large for short numbers."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.segments.merge_policy import MAX_DOCUMENTS, MERGE_FACTOR, due_merges, first_merges
from index.segments.record import SegmentRecord, new_segment_file

# How large a segment may be that still is merged with others.
LARGEST_MERGED = MAX_DOCUMENTS // MERGE_FACTOR


def segment(size: int, deleted: int = 0) -> SegmentRecord:
    return SegmentRecord(new_segment_file(), size, list(range(deleted)))


def tier(size: int) -> int:
    """Return 0 for a segment of 1 to 3 documents, 1 for one of 4 to 15, and so on."""
    return (size.bit_length() - 1) // 2


def merged(segments: list[SegmentRecord]) -> tuple[list[SegmentRecord], int]:
    """Return what the merges that are due make of `segments`, and how many documents they copy."""
    due = due_merges(segments)
    gone = {one.file for group in due for one in group}
    made = [segment(sum(one.live_count for one in group)) for group in due]
    kept = [one for one in segments if one.file not in gone]
    return [*kept, *made], sum(one.size for one in made)


sizes = st.one_of(
    st.integers(1, 5),
    st.integers(1, 300),
    st.sampled_from([4**power + change for power in range(1, 8) for change in (-1, 0, 1)]),
    st.integers(5_000, LARGEST_MERGED + 5),
)


# The documents of a segment, and how many of them are deleted; one lives.
deletions = st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.34, 0.5, 0.51, 1.0])
corpora = st.lists(
    st.builds(lambda size, share: (size, min(round(size * share), size - 1)), sizes, deletions), max_size=24
)


@settings(deadline=None, max_examples=400)
@example([(LARGEST_MERGED, 0)] * 9)
@example([(LARGEST_MERGED - 1, 0)] * 9)
@example([(4**power, 0) for power in range(9)] * 3 + [(1, 0)])
@given(corpora)
def test_due_merges_leave_few_segments_and_nothing_more_due(counts: list[tuple[int, int]]) -> None:
    segments = [segment(*count) for count in counts]
    due = due_merges(segments)
    grouped = [one.file for group in due for one in group]
    assert len(grouped) == len(set(grouped)), "a segment is in one group at most"
    assert set(grouped) <= {one.file for one in segments}
    for group in due:
        if len(group) == 1:
            assert len(group[0].deleted) * 2 > group[0].size
        else:
            assert len(group) >= MERGE_FACTOR
            assert sum(one.live_count for one in group) <= MAX_DOCUMENTS
            assert all(one.live_count <= LARGEST_MERGED for one in group)
    after, _ = merged(segments)
    assert due_merges(after) == []
    assert sum(one.live_count for one in after) == sum(one.live_count for one in segments)
    assert all(len(one.deleted) * 2 <= one.size for one in after)
    small = Counter(tier(one.live_count) for one in after if one.live_count <= LARGEST_MERGED)
    assert max(small.values(), default=0) < MERGE_FACTOR


@settings(deadline=None, max_examples=200)
@given(corpora)
def test_only_full_tiers_and_mostly_deleted_segments_are_due(counts: list[tuple[int, int]]) -> None:
    few: list[SegmentRecord] = []
    for one in (segment(*count) for count in counts):
        alike = [other for other in few if tier(other.live_count) == tier(one.live_count)]
        if len(alike) < MERGE_FACTOR - 1:
            few.append(one)
    mostly_deleted = [one for one in few if len(one.deleted) * 2 > one.size]
    assert due_merges(few) == [[one] for one in mostly_deleted]


def test_merges_that_lead_to_merges_copy_a_document_once() -> None:
    segments = [segment(4**power) for power in range(7) for _ in range(3)] + [segment(1)]
    assert [len(group) for group in due_merges(segments)] == [len(segments)]
    after, copied = merged(segments)
    assert [one.live_count for one in after] == [4**7] == [copied]


def test_four_quarter_size_segments_merge_and_larger_ones_stay() -> None:
    quarters = [segment(LARGEST_MERGED) for _ in range(5)]
    larger = [segment(LARGEST_MERGED + 1) for _ in range(9)]
    assert due_merges([*larger, *quarters]) == [quarters[:4]]
    assert due_merges(larger) == []


@given(st.lists(st.integers(1, MAX_DOCUMENTS), max_size=24))
def test_first_merges_leave_as_few_segments_as_fit(counts: list[int]) -> None:
    segments = [segment(count) for count in counts]
    groups = first_merges(segments)
    grouped = [one.file for group in groups for one in group]
    assert all(len(group) > 1 for group in groups)
    assert grouped == [one.file for one in segments if one.file in set(grouped)], "in order, each once"
    group_of = {one.file: number for number, group in enumerate(groups) for one in group}
    sizes: dict[object, int] = {}
    for one in segments:
        key = group_of.get(one.file, one.file)
        sizes[key] = sizes.get(key, 0) + one.live_count
    assert all(size <= MAX_DOCUMENTS for size in sizes.values())
    assert all(one + other > MAX_DOCUMENTS or len(sizes) == 1 for one, other in pairwise(sizes.values()))


@pytest.mark.parametrize(
    ("posts", "expected"), [(60_000, [60_000]), (100_000, [52_000, 48_000]), (140_000, [48_000, 48_000, 44_000])]
)
def test_first_merges_make_segments_of_similar_size(posts: int, expected: list[int]) -> None:
    groups = first_merges([segment(2_000) for _ in range(posts // 2_000)])
    assert [sum(one.live_count for one in group) for group in groups] == expected


@pytest.mark.parametrize(
    ("replaced", "removed"), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.3, 0.3)], ids=["new", "half", "all", "some gone"]
)
def test_a_thousand_small_commits_copy_each_document_a_few_times(replaced: float, removed: float) -> None:
    chance = random.Random(repr((replaced, removed)))
    commits = 1000
    segments: list[SegmentRecord] = []
    total = 0
    for number in range(1, commits + 1):
        for share in (replaced, removed):
            if segments and chance.random() < share:
                segments = without_one(segments, chance)
        segments, copied = merged([*segments, segment(1)])
        total += copied
        assert len(segments) <= (MERGE_FACTOR - 1) * (1 + tier(number))
    # Once for each tier that a document climbs; a segment that is mostly deleted is paid for by what was deleted.
    assert total <= commits * (1 + tier(commits))


def without_one(segments: list[SegmentRecord], chance: random.Random) -> list[SegmentRecord]:
    """Return `segments` with one more document deleted, and without those that have none left."""
    (chosen,) = chance.choices(segments, [one.live_count for one in segments])
    document = chance.choice([*{*range(chosen.size)} - {*chosen.deleted}])
    changed = [one.without({document}) if one is chosen else one for one in segments]
    return [one for one in changed if one.live_count]
