"""Commits: new segments in, deleted documents out, merges, and one new table of contents."""

from pathlib import Path

from whoosh.index import TOC, clean_files

from index.codec.builder import Document, SegmentBuilder
from index.codec.merge import merge
from index.codec.segment import ArraySegment
from index.durable import DurableStorage, sync
from index.storage import INDEX_NAME, read_toc

# So many segments of one size are merged into one of the next.
MERGE_FACTOR = 4
# A builder's arrays are written as a segment when they hold so many postings: some 200 MB while they are sorted.
MAX_POSTINGS = 4_000_000


class IndexWriter:
    """Changes an index by one commit; until then nothing of it takes effect. Its user holds the index's lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._storage = DurableStorage(folder)
        self._toc = read_toc(folder)
        self._segments: list[ArraySegment] = list(self._toc.segments)
        self._deleted: dict[str, set[int]] = {}
        self._builder = SegmentBuilder()

    @property
    def next_generation(self) -> int:
        return int(self._toc.generation) + 1

    def delete(self, segment_id: str, document: int) -> None:
        """Delete a document, named by its segment and its number there."""
        self._deleted.setdefault(segment_id, set()).add(document)

    def add(self, document: Document) -> None:
        """Add one document."""
        self._builder.add(document)
        if self._builder.posting_count >= MAX_POSTINGS:
            self._write_segment()

    def add_segment(self, segment: ArraySegment) -> None:
        """Add a segment whose file was written elsewhere."""
        self._segments.append(segment)

    def commit(self) -> None:
        """Merge what is due, and put all changes in force in one step; files are on disk before they are named."""
        self._write_segment()
        changed = [segment.without(self._deleted.get(segment.segment_id(), set())) for segment in self._segments]
        self._segments = [segment for segment in changed if segment.doc_count()]
        while due := _due(self._segments):
            self._merge(due)
        sync(self._folder)
        TOC(self._toc.schema, self._segments, self.next_generation).write(self._storage, INDEX_NAME)
        clean_files(self._storage, INDEX_NAME, self.next_generation, self._segments)

    def _write_segment(self) -> None:
        if self._builder.size:
            segment = ArraySegment(INDEX_NAME, self._builder.size)
            self._builder.write(segment.file(self._folder))
            self._segments.append(segment)
            self._builder = SegmentBuilder()

    def _merge(self, due: list[ArraySegment]) -> None:
        merged = ArraySegment(INDEX_NAME)
        size = merge([segment.arrays(self._folder) for segment in due], merged.file(self._folder))
        merged.set_doc_count(size)
        kept = [segment for segment in self._segments if segment not in due]
        self._segments = [*kept, merged] if size else kept


def _due(segments: list[ArraySegment]) -> list[ArraySegment]:
    """Return segments that are to be merged into one now: enough of one size, or one that is mostly deleted."""
    tiers: dict[int, list[ArraySegment]] = {}
    for segment in segments:
        if segment.deleted_count() * 2 > segment.doc_count_all():
            return [segment]
        tiers.setdefault(_tier(segment.doc_count()), []).append(segment)
    return next((tier for _, tier in sorted(tiers.items()) if len(tier) >= MERGE_FACTOR), [])


def _tier(size: int) -> int:
    tier = 0
    while size >= MERGE_FACTOR:
        size //= MERGE_FACTOR
        tier += 1
    return tier
