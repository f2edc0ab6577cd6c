"""The update of a folder: the active data folder by one commit, or a new one beside it."""

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from index.schema.document import make_document
from index.segments.arrays import Place, StoredPosts
from index.segments.builder import SegmentBuilder
from index.segments.record import SegmentRecord
from index.store import directory, manifest
from index.store.catalog_layers import read_catalog, write_catalog
from index.store.manifest import Commit, FileSignature
from index.store.segmenter import text_segmenter
from index.store.writer import IndexWriter, write_segment
from index.text.segmenter import write_dictionary
from index.text.user_words import read_words, user_words_file, write_words
from index.updates.backend import ActiveIndex, PostUpdates
from index.updates.post_update import AppliedUpdate, PostUpdate, WriteOutcome
from index.updates.process_pool import Map, ProcessPool, chunks
from index.updates.report import UpdateReport
from index.updates.scan import Scan
from index.whoosh.toc import check_toc

# Posts of a segment that a process writes: it holds some 300 MB at the most.
CHUNK = 2_000


class FolderWriter:
    """The right to change the index in the folder `location`; its user holds the lock."""

    def __init__(self, location: Path) -> None:
        self.location = location
        self.words = read_words(user_words_file())
        self.active: Commit | None = None

    def open_active(self, verify: bool) -> ActiveIndex | None:
        if not directory.is_index(self.location):
            return None
        data, generation, header = manifest.newest_manifest(self.location)
        signatures: dict[str, FileSignature] = {}
        if verify:
            manifest.check_fingerprint(header, self.location)
            check_toc(directory.toc_file(data, generation), header.toc, header.segments)
            signatures = manifest.check_files(header, data)
        catalog = read_catalog(data, header.layers, header.saves)
        self.active = Commit(data, generation, header.segments, catalog, header.imports, signatures, header.toc)
        return ActiveIndex(header.archives, catalog.files)

    def update_active(self) -> "FolderTarget":
        assert self.active
        _delete_leftovers(self.location, self.active)
        return FolderTarget(self, self.active)

    def begin_new(self, archives: list[str], resume: bool) -> "FolderTarget":  # noqa: ARG002
        return _NewFolder(self, Commit(directory.new_data_folder(self.location)))


class FolderTarget:
    """The active data folder, changed by one commit."""

    def __init__(self, folder: FolderWriter, commit: Commit) -> None:
        self._folder = folder
        self._commit = commit
        self._writer: IndexWriter | None = None
        self._run: Map = map
        self.files = commit.catalog.files

    def write(self, posts: PostUpdates, pool: ProcessPool) -> Iterator[WriteOutcome]:
        return self._written(posts, pool) if posts.count else iter(())

    def _written(self, posts: PostUpdates, pool: ProcessPool) -> Iterator[WriteOutcome]:
        data, segments = self._commit.data, self._commit.segments
        self._writer = writer = IndexWriter(data, segments, self._commit.generation)
        self._run = pool.map_for(posts.count)
        if self._run is map:
            segmenter = text_segmenter(data)
            for place, applied in _apply(data, segments, posts.updates):
                if place:
                    writer.delete(*place)
                if applied.post:
                    writer.add(make_document(applied.post, segmenter))
                yield WriteOutcome().add(applied)
        else:
            build = partial(build_segment, data, segments)
            for segment, replaced, outcome in self._run(build, chunks(posts.updates, CHUNK)):
                for place in replaced:
                    writer.delete(*place)
                if segment:
                    writer.add_segment(segment)
                yield outcome

    def commit(self, scan: Scan, report: UpdateReport, matched: datetime) -> None:
        commit, writer = self._commit, self._writer
        if writer:
            commit.segments = writer.prepare(self._run)
            commit.generation, commit.toc = writer.next_generation, writer.checksum
        commit.catalog = write_catalog(commit.data, commit.catalog, scan.files, scan.changes)
        report.finish(sum(segment.live_count for segment in commit.segments), commit.catalog.saves)
        commit.imports = manifest.keep_report(commit.data, commit.imports, report)
        manifest.write_manifest(commit, matched)
        if writer:
            writer.commit()

    def activate(self) -> None:
        _delete_leftovers(self._folder.location, self._commit)

    def discard(self) -> None:
        pass


class _NewFolder(FolderTarget):
    """A new data folder beside the active one, if there is one."""

    def write(self, posts: PostUpdates, pool: ProcessPool) -> Iterator[WriteOutcome]:
        data, words, replaced = self._commit.data, self._folder.words, self._folder.active
        write_words(directory.words_file(data), words)
        write_dictionary(directory.dictionary_file(data), words.dictionary)
        if replaced:
            self._commit.imports = manifest.copy_reports(replaced.data, replaced.imports, data)
        return self._written(posts, pool)

    def activate(self) -> None:
        directory.activate(self._folder.location, self._commit.data)
        super().activate()

    def discard(self) -> None:
        # It may be the disk that is full: the space is needed before the next update.
        shutil.rmtree(self._commit.data, ignore_errors=True)


def build_segment(
    data: Path, segments: list[SegmentRecord], updates: list[PostUpdate]
) -> tuple[SegmentRecord | None, list[Place], WriteOutcome]:
    """Write a segment of posts; return its record, where the index held the posts before, and the outcome."""
    builder, segmenter = SegmentBuilder(), text_segmenter(data)
    replaced: list[Place] = []
    outcome = WriteOutcome()
    for place, applied in _apply(data, segments, updates):
        if place:
            replaced.append(place)
        if applied.post:
            builder.add(make_document(applied.post, segmenter))
        outcome.add(applied)
    return write_segment(data, builder) if builder.size else None, replaced, outcome


def _apply(
    data: Path, segments: list[SegmentRecord], updates: Iterable[PostUpdate]
) -> Iterator[tuple[Place | None, AppliedUpdate]]:
    """Yield each post after its update, and where the index held it before."""
    stored = StoredPosts(data, segments)
    for update in updates:
        place = stored.find(update.id)
        yield place, update.apply(stored.read(place) if place else None)


def _delete_leftovers(location: Path, commit: Commit) -> None:
    """Delete the files that the commit does not need, such as killed updates leave."""
    header = manifest.read_manifest(commit.data, commit.generation)
    directory.discard_files(commit.data, manifest.files_of(header, commit.data, commit.generation))
    directory.discard_others(location, commit.data)
