"""Commits: new segments, deleted documents, merges, and one table of contents that makes them take effect."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from index.schema.document import Document
from index.segments.arrays import open_segment
from index.segments.builder import SegmentBuilder
from index.segments.merge import merge
from index.segments.merge_policy import due_merges, first_merges
from index.segments.record import SegmentRecord, new_segment_file
from index.store.directory import toc_file
from index.updates.process_pool import Map
from index.whoosh.toc import PreparedToc

# Characters in memory at which a segment is written: sorting them takes some 200 MB.
MAX_CHARACTERS = 2_000_000


class IndexWriter:
    """One commit to an index, without effect until `commit`; its user holds the index's lock."""

    def __init__(self, folder: Path, records: Iterable[SegmentRecord] = (), generation: int = 0) -> None:
        """Begin the commit after `generation`, the newest in `folder`, which has the segments `records`."""
        self._folder = folder
        self._segments = list(records)
        self._is_new = not self._segments
        self.next_generation = generation + 1
        self._deleted: dict[str, set[int]] = {}
        self._builder = SegmentBuilder()

    def delete(self, file: str, document: int) -> None:
        """Delete a document, named by the file of its segment and its id there."""
        self._deleted.setdefault(file, set()).add(document)

    def add(self, document: Document) -> None:
        """Add one document."""
        self._builder.add(document)
        if self._builder.character_count >= MAX_CHARACTERS:
            self._write_segment()

    def add_segment(self, segment: SegmentRecord) -> None:
        """Add a segment whose file is in the folder already."""
        self._segments.append(segment)

    def prepare(self, run: Map = map) -> list[SegmentRecord]:
        """Write the commit's segments to disk, merging by `run`, and return their records.

        `checksum` is then that of the table of contents.
        """
        self._write_segment()
        changed = (segment.without(self._deleted.pop(segment.file, ())) for segment in self._segments)
        segments = [segment for segment in changed if segment.live_count]
        due = first_merges(segments) if self._is_new else due_merges(segments)
        merged = list(run(partial(merge_segments, self._folder), due))
        replaced = {segment.file for group in due for segment in group}
        self._segments = [*(segment for segment in segments if segment.file not in replaced), *merged]
        self._toc = PreparedToc(self._segments, self.next_generation)
        self.checksum = self._toc.checksum
        return self._segments

    def commit(self) -> None:
        """Make the prepared commit take effect in one step."""
        self._toc.write(toc_file(self._folder, self.next_generation))

    def _write_segment(self) -> None:
        if self._builder.size:
            self._segments.append(write_segment(self._folder, self._builder))
            self._builder = SegmentBuilder()


def write_segment(folder: Path, builder: SegmentBuilder) -> SegmentRecord:
    """Write the documents of `builder` as a segment into `folder`, and return its record."""
    record = SegmentRecord(new_segment_file(), builder.size)
    builder.write(folder / record.file)
    return record


def merge_segments(folder: Path, segments: list[SegmentRecord]) -> SegmentRecord:
    """Write the live documents of `segments` as one segment into `folder`, and return its record."""
    sources = [open_segment(folder, segment) for segment in segments]
    for source in sources:
        source.blocks.verify()  # damaged bytes must not get new checksums
    file = new_segment_file()
    return SegmentRecord(file, merge(sources, folder / file))
