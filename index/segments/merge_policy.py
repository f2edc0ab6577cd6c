"""The merge policy: tiers keep small updates cheap, and MAX_DOCUMENTS bounds a merge.

A tier is the segments whose sizes are within a factor of MERGE_FACTOR; MERGE_FACTOR segments of a tier are merged. All
merges of a commit are planned before the first: a document that is due for several is copied once. The first segments
of an index become as few as possible, since the time of a query grows with their number.
"""

from dataclasses import dataclass

from index.segments.record import SegmentRecord

MERGE_FACTOR = 4
# Up to here a document id has 16 bits, which halves the largest arrays.
MAX_DOCUMENTS = 2**16


@dataclass(frozen=True, slots=True)
class _Planned:
    """A segment after the merges planned so far: its live documents, and the present segments that it is made of."""

    size: int
    segments: list[SegmentRecord]


def due_merges(segments: list[SegmentRecord]) -> list[list[SegmentRecord]]:
    """Return the groups of `segments` to merge into one segment each."""
    planned = [_Planned(segment.live_count, [segment]) for segment in segments]
    while group := _next_group(planned):
        rest = [segment for segment in planned if segment not in group]
        merged = [present for segment in group for present in segment.segments]
        planned = [*rest, _Planned(sum(segment.size for segment in group), merged)]
    groups = (segment.segments for segment in planned)
    return [group for group in groups if len(group) > 1 or _is_mostly_deleted(group[0])]


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


def _next_group(planned: list[_Planned]) -> list[_Planned]:
    """Return the segments to merge next: as many of the lowest full tier as fit into one segment."""
    tiers: dict[int, list[_Planned]] = {}
    for segment in planned:
        if segment.size <= MAX_DOCUMENTS // MERGE_FACTOR:
            tiers.setdefault(_tier(segment.size), []).append(segment)
    for _, tier in sorted(tiers.items()):
        if len(tier) >= MERGE_FACTOR:
            return _fitting(tier)
    return []


def _fitting(tier: list[_Planned]) -> list[_Planned]:
    group, size = [], 0
    for segment in tier:
        if size + segment.size <= MAX_DOCUMENTS:
            group.append(segment)
            size += segment.size
    return group


def _tier(size: int) -> int:
    tier = 0
    while size >= MERGE_FACTOR:
        size //= MERGE_FACTOR
        tier += 1
    return tier


def _is_mostly_deleted(segment: SegmentRecord) -> bool:
    return len(segment.deleted) * 2 > segment.size
