"""When segments are merged: tiers, so that a small update writes little, and a bound, so that no merge is long.

Segments are of one tier if they have as many documents within a factor of MERGE_FACTOR; so many of a tier are merged.
What a merge makes is planned before any is done: a document that is due for several merges is copied once. The first
segments of an index all become as few as can be: what a query takes grows with their number.
"""

from dataclasses import dataclass

from index.segments.record import SegmentRecord

MERGE_FACTOR = 4
# Up to here the number of a document fits 16 bits, which halves the largest arrays.
MAX_DOCUMENTS = 2**16


@dataclass(frozen=True, slots=True)
class _Planned:
    size: int
    segments: list[SegmentRecord]


def due_merges(segments: list[SegmentRecord]) -> list[list[SegmentRecord]]:
    """Return the groups of `segments` that are to become one segment each."""
    planned = [_Planned(segment.live_count, [segment]) for segment in segments]
    while group := _next_group(planned):
        rest = [one for one in planned if one not in group]
        planned = [*rest, _Planned(sum(one.size for one in group), [s for one in group for s in one.segments])]
    return [one.segments for one in planned if len(one.segments) > 1 or _is_mostly_deleted(one.segments[0])]


def first_merges(segments: list[SegmentRecord]) -> list[list[SegmentRecord]]:
    """Return the groups that the first `segments` of an index are to become one segment each of.

    They are as few as can be, and about as large as each other: merges run side by side, and wait for the largest.
    """
    sizes = [segment.live_count for segment in segments]
    fewest = -(-sum(sizes) // MAX_DOCUMENTS)
    most = min(MAX_DOCUMENTS, sum(sizes) // max(1, fewest) + max(sizes, default=0))
    groups: list[list[SegmentRecord]] = []
    size = most
    for one in segments:
        size += one.live_count
        if size > most:
            groups.append([])
            size = one.live_count
        groups[-1].append(one)
    return [group for group in groups if len(group) > 1]


def _next_group(planned: list[_Planned]) -> list[_Planned]:
    """Return what is to be merged next: as many of the lowest full tier as fit into one segment."""
    tiers: dict[int, list[_Planned]] = {}
    for one in planned:
        if one.size <= MAX_DOCUMENTS // MERGE_FACTOR:
            tiers.setdefault(_tier(one.size), []).append(one)
    for _, tier in sorted(tiers.items()):
        if len(tier) >= MERGE_FACTOR:
            return _fitting(tier)
    return []


def _fitting(tier: list[_Planned]) -> list[_Planned]:
    group, size = [], 0
    for one in tier:
        if size + one.size <= MAX_DOCUMENTS:
            group.append(one)
            size += one.size
    return group


def _tier(size: int) -> int:
    tier = 0
    while size >= MERGE_FACTOR:
        size //= MERGE_FACTOR
        tier += 1
    return tier


def _is_mostly_deleted(segment: SegmentRecord) -> bool:
    return len(segment.deleted) * 2 > segment.size
