"""Commits: new segments in, deleted documents out, merges, and one new table of contents."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import clean_files

from index.schema.document import Document
from index.segments.builder import SegmentBuilder
from index.segments.merge import merge
from index.segments.merge_policy import due_merges, first_merges
from index.store.directory import INDEX_NAME
from index.store.manifest import SegmentRecord
from index.updates.process_pool import Map
from index.whoosh.segment import ArraySegment
from index.whoosh.toc import PreparedToc

# A builder's arrays are written as a segment when they hold so many characters: some 200 MB while they are sorted.
MAX_CHARACTERS = 2_000_000


class IndexWriter:
    """Changes an index by one commit; until then nothing of it takes effect. Its user holds the index's lock."""

    def __init__(self, folder: Path, records: Iterable[SegmentRecord] = (), generation: int = 0) -> None:
        """Change the index in `folder` whose newest commit, `generation`, holds the segments with `records`."""
        self._folder = folder
        self._segments = [ArraySegment.of(record) for record in records]
        self._is_new = not self._segments
        self.next_generation = generation + 1
        self._deleted: dict[str, set[int]] = {}
        self._builder = SegmentBuilder()

    def delete(self, segment_id: str, document: int) -> None:
        """Delete a document, named by its segment and its number there."""
        self._deleted.setdefault(segment_id, set()).add(document)

    def add(self, document: Document) -> None:
        """Add one document."""
        self._builder.add(document)
        if self._builder.character_count >= MAX_CHARACTERS:
            self._write_segment()

    def add_segment(self, segment: ArraySegment) -> None:
        """Add a segment whose file was written elsewhere."""
        self._segments.append(segment)

    def prepare(self, run: Map = map) -> list[SegmentRecord]:
        """Write to disk all that the commit is to hold, with merges done by `run`, and return what that is."""
        self._write_segment()
        changed = [segment.without(self._deleted.pop(segment.segment_id(), set())) for segment in self._segments]
        self._segments = [segment for segment in changed if segment.doc_count()]
        due = first_merges(self._segments) if self._is_new else due_merges(self._segments)
        merged = list(run(partial(merge_segments, self._folder), due))
        gone = {segment.segment_id() for group in due for segment in group}
        kept = [segment for segment in self._segments if segment.segment_id() not in gone]
        self._segments = [*kept, *merged]
        self._prepared = PreparedToc(self._segments, self.next_generation)
        return [segment.record() for segment in self._segments]

    @property
    def checksum(self) -> int:
        """Return the checksum of the table of contents that was prepared."""
        return self._prepared.checksum

    def commit(self) -> None:
        """Put what was prepared in force, in one step."""
        self._prepared.write(self._folder)
        clean_files(FileStorage(str(self._folder)), INDEX_NAME, self.next_generation, self._segments)

    def _write_segment(self) -> None:
        if self._builder.size:
            self._segments.append(write_segment(self._folder, self._builder))
            self._builder = SegmentBuilder()


def write_segment(folder: Path, builder: SegmentBuilder) -> ArraySegment:
    """Write what `builder` holds into `folder`, and return it as a segment."""
    segment = ArraySegment(INDEX_NAME, builder.size)
    builder.write(segment.file(folder))
    return segment


def merge_segments(folder: Path, segments: list[ArraySegment]) -> ArraySegment:
    """Write the live documents of segments in `folder` as one segment, and return that."""
    merged = ArraySegment(INDEX_NAME)
    sources = [segment.arrays(folder) for segment in segments]
    for source in sources:
        source.blocks.verify()  # what has changed on disk is not to be given new checksums
    merged.set_doc_count(merge(sources, merged.file(folder)))
    return merged
