"""The merge policy: tiers keep small updates cheap, and MAX_DOCUMENTS bounds a merge.

A tier is the segments whose sizes are within a factor of MERGE_FACTOR; MERGE_FACTOR segments of a tier are merged. All
merges of a commit are planned before the first: a document that is due for several is copied once. The first segments
of an index become as few as possible, since the time of a query grows with their number.
"""

from itertools import chain

from index.segments.record import SegmentRecord

MERGE_FACTOR = 4
# Up to here a document id has 16 bits, which halves the largest arrays.
MAX_DOCUMENTS = 2**16


def due_merges(segments: list[SegmentRecord]) -> list[list[SegmentRecord]]:
    """Return the groups of `segments` to merge into one segment each."""
    groups = [[segment] for segment in segments]
    while merged := _next_merge(groups):
        groups = [*(group for group in groups if group not in merged), list(chain(*merged))]
    return [group for group in groups if len(group) > 1 or len(group[0].deleted) * 2 > group[0].size]


def first_merges(segments: list[SegmentRecord]) -> list[list[SegmentRecord]]:
    """Return the groups of the first `segments` of an index to merge into one segment each.

    The groups are as few as possible, and about as large as each other: they merge in parallel, and the largest takes
    the longest.
    """
    sizes = [segment.live_count for segment in segments]
    fewest = -(-sum(sizes) // MAX_DOCUMENTS)
    most = min(MAX_DOCUMENTS, sum(sizes) // max(1, fewest) + max(sizes, default=0))
    groups: list[list[SegmentRecord]] = []
    size = most
    for segment in segments:
        size += segment.live_count
        if size > most:
            groups.append([])
            size = segment.live_count
        groups[-1].append(segment)
    return [group for group in groups if len(group) > 1]


def _next_merge(groups: list[list[SegmentRecord]]) -> list[list[SegmentRecord]]:
    """Return the groups to merge next: as many of the lowest full tier as fit into one segment."""
    tiers: dict[int, list[tuple[int, list[SegmentRecord]]]] = {}
    for group in groups:
        size = sum(segment.live_count for segment in group)
        if size <= MAX_DOCUMENTS // MERGE_FACTOR:
            tiers.setdefault(_tier(size), []).append((size, group))
    full = (tier for _, tier in sorted(tiers.items()) if len(tier) >= MERGE_FACTOR)
    merged, total = [], 0
    for size, group in next(full, []):
        if total + size <= MAX_DOCUMENTS:
            merged.append(group)
            total += size
    return merged


def _tier(size: int) -> int:
    tier = 0
    while size >= MERGE_FACTOR:
        size //= MERGE_FACTOR
        tier += 1
    return tier
