"""Update an index from archives: the only writer."""

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from index.archive.post import Post
from index.errors import DamagedIndexError, NoIndexError, NoSpaceError, index_command
from index.schema.document import make_document
from index.segments.builder import SegmentBuilder
from index.segments.record import SegmentRecord
from index.segments.stored_posts import StoredPosts
from index.store import directory, manifest
from index.store.lock import write_lock
from index.store.reports import copy_reports, is_news, keep_report
from index.store.signatures import FileSignature
from index.store.writer import IndexWriter, write_segment
from index.text.dictionary import DictionarySegmenter, write_dictionary
from index.text.segmenter import Segmenter, compiled_segmenter
from index.text.user_words import UserWords, read_words, user_words_file, write_words
from index.updates.file_catalog import FileCatalog, Files, read_catalog, write_catalog
from index.updates.post_update import ChangedPost, News, Said, SourceFile
from index.updates.process_pool import Map, ProcessPool
from index.updates.report import Listing, PostNews, Progress, UpdateReport
from index.updates.safety import check_apart, check_loss, check_openable
from index.updates.scan import Scan, scan
from index.whoosh.toc import check_toc

# Posts of a segment that a process writes: few enough that it holds some 300 MB at the most.
CHUNK = 2_000
_Some = TypeVar("_Some")
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def update_folder(location: Path, roots: list[str], rebuild: bool, prune: bool, progress: Progress) -> UpdateReport:
    """Bring the index in the folder `location` up to date; see `index.update`."""
    try:
        with write_lock(location), ProcessPool() as workers:
            return _update(location, roots, rebuild, prune, progress, workers)
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise NoSpaceError(
            f"There is no space left for the index at {location} ({error.strerror}): it is as it was. Make room, and "
            "run the update again."
        ) from error


def fill_folder(location: Path, posts: Iterable[Post], files: Files, matched: datetime) -> None:
    """Make an index in the folder `location`, where there is none, of posts that another index holds.

    That index knew `files`, as they were at the time `matched`.
    """
    words = read_words(user_words_file())
    with write_lock(location):
        data = directory.new_data_folder(location)
        write_words(directory.words_file(data), words)
        write_dictionary(directory.dictionary_file(data), words.dictionary)
        target, writer, segmenter = _Target(data), IndexWriter(data), _segmenter(data)
        for chunk in _chunks(posts):
            builder = SegmentBuilder()
            for post in chunk:
                builder.add(make_document(post, segmenter))
            writer.add_segment(write_segment(data, builder))
        known = Scan(files=files, changes={archive: dict(rows) for archive, rows in files.items()})
        target.finish(writer, map, known, UpdateReport(archives=list(files)), matched)
        directory.activate(location, data)


def _update(
    location: Path, roots: list[str], rebuild: bool, prune: bool, progress: Progress, workers: ProcessPool
) -> UpdateReport:
    words = read_words(user_words_file())
    try:
        present = _open(location, rebuild)
    except DamagedIndexError:
        if not (rebuild and roots):
            raise
        present = None
    # A rebuild from archives that are named forgets the others.
    remembered = present.archives if present and not (rebuild and roots) else []
    archives = list(dict.fromkeys([*remembered, *roots]))
    check_apart(archives, location)
    if not archives:
        raise NoIndexError(f"The index at {location} knows no archive yet: run {index_command(location, 'ARCHIVE')}.")
    if prune:
        archives = [archive for archive in archives if archive in roots or os.path.lexists(archive)]
    keep = present if present and not rebuild else None
    if keep:
        keep.discard_leftovers(location)
    began = datetime.now(UTC)
    known = keep.catalog.files if keep else {}
    result = scan(archives, known, lambda done, total: progress("reading", done, total), workers.map_for)
    if present and rebuild:
        check_openable(present.catalog.files, result)
    if present and not prune:
        check_loss(present.catalog.files, result, location)
    report = UpdateReport(
        rebuilt=bool(present and rebuild),
        archives=archives,
        malformed=Listing.from_items(result.malformed),
        unopened=Listing.from_items(result.unopened),
        not_posts=Listing.from_items(result.not_posts),
    )
    if keep:
        _bring_up_to_date(keep, result, report, began, progress, workers)
        keep.discard_leftovers(location)
    else:
        built = _build(location, words, present, result, report, began, progress, workers)
        directory.activate(location, built.data)
        built.discard_leftovers(location)
    return report


def _build(
    location: Path,
    words: UserWords,
    present: "_Target | None",
    result: Scan,
    report: UpdateReport,
    began: datetime,
    progress: Progress,
    workers: ProcessPool,
) -> "_Target":
    """Build an index in a folder of its own, beside the one that is `present`."""
    data = directory.new_data_folder(location)
    try:
        write_words(directory.words_file(data), words)
        write_dictionary(directory.dictionary_file(data), words.dictionary)
        target = _Target(data)
        if present:
            target.imports = copy_reports(present.data, present.imports, data)
            result.known = present.catalog.posts()
            report.lost = Listing.from_items(PostNews(post) for post in sorted(result.known - result.affected))
        _commit(target, result, report, began, progress, workers)
    except BaseException:
        # It may be the disk that is full: what is half built is not to stay until the next update.
        shutil.rmtree(data, ignore_errors=True)
        raise
    return target


def _bring_up_to_date(
    target: "_Target", result: Scan, report: UpdateReport, began: datetime, progress: Progress, workers: ProcessPool
) -> None:
    if result.affected:
        _commit(target, result, report, began, progress, workers)
    else:
        # Nothing that is searched has changed: the present commit matches its archives now.
        target.write_manifest(result, report, began)


def _commit(
    target: "_Target", result: Scan, report: UpdateReport, began: datetime, progress: Progress, workers: ProcessPool
) -> None:
    writer = IndexWriter(target.data, target.segments, target.generation)
    _write_posts(writer, target, result, report, progress, workers)
    progress("writing", 0, 0)
    target.finish(writer, workers.map_for(len(result.affected)), result, report, began)


@dataclass(slots=True)
class _Target:
    """Is an index that is being brought up to date: its newest commit, and then the next."""

    data: Path
    generation: int = 0
    segments: list[SegmentRecord] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    catalog: FileCatalog = field(default_factory=FileCatalog)
    imports: list[str] = field(default_factory=list)
    stamps: dict[str, FileSignature] = field(default_factory=dict)
    toc: int = 0

    def finish(self, writer: IndexWriter, run: Map, result: Scan, report: UpdateReport, matched: datetime) -> None:
        """Put in force what was written."""
        self.segments = writer.prepare(run)
        self.generation, self.toc = writer.next_generation, writer.checksum
        self.write_manifest(result, report, matched)
        writer.commit()

    def write_manifest(self, result: Scan, report: UpdateReport, matched: datetime) -> None:
        """Write what the commit holds of the archives as they were at the time `matched`, and keep its report."""
        self.catalog = write_catalog(self.data, self.catalog, result.files, result.changes)
        report.posts = sum(segment.live_count for segment in self.segments)
        report.saves = self.catalog.saves
        report.finished = datetime.now(UTC).isoformat(timespec="seconds")
        if is_news(report, self.data, self.imports):
            self.imports = keep_report(self.data, self.imports, report)
        manifest.write_manifest(
            self.data, self.generation, self.segments, self.catalog, self.toc, self.imports, self.stamps, matched
        )

    def discard_leftovers(self, location: Path) -> None:
        """Delete what the index in force does not need, such as killed updates leave."""
        header = manifest.read_manifest(self.data, self.generation)
        directory.discard_files(self.data, manifest.files_of(header, self.data, self.generation))
        directory.discard_others(location, self.data)


def _open(location: Path, rebuild: bool) -> _Target | None:
    """Return the index in force at `location`, or None if there is none."""
    if not directory.is_index(location):
        return None
    data = directory.data_folder(location)
    generation = directory.latest_generation(data)
    header = manifest.read_manifest(data, generation)
    stamps: dict[str, FileSignature] = {}
    if not rebuild:
        manifest.check_fingerprint(header, location)
        check_toc(directory.toc_file(data, generation), header.toc, header.segments)
        stamps = manifest.check_files(header, data)
    catalog = read_catalog(data, header.layers, header.saves)
    return _Target(data, generation, header.segments, header.archives, catalog, header.imports, stamps, header.toc)


def _segmenter(data: Path) -> Segmenter:
    """Return what cuts the texts of the index in `data`, by the words that it was made with."""
    known = read_words(directory.words_file(data)).dictionary
    dictionary = DictionarySegmenter(directory.dictionary_file(data))
    return compiled_segmenter(tuple((word, dictionary.frequency(word)) for word in sorted(known)))


def _write_posts(
    writer: IndexWriter, target: _Target, result: Scan, report: UpdateReport, progress: Progress, workers: ProcessPool
) -> None:
    """Write the posts that `result` affects, and note in `report` what has become of them."""
    total = len(result.affected)
    posts = _changed_posts(target, result, writer, lambda done: progress("indexing", done, total))
    run = workers.map_for(total)
    if run is map:
        segmenter = _segmenter(target.data)
        for changed in posts:
            post, stale = changed.read()
            _look_again(stale, result)
            _note(changed.news(post), report)
            if post:
                writer.add(make_document(post, segmenter))
    else:
        for segment, news, stale in run(partial(build_segment, target.data), _chunks(posts)):
            _look_again(stale, result)
            for one in news:
                _note(one, report)
            if segment:
                writer.add_segment(segment)


def build_segment(
    folder: Path, posts: list[ChangedPost]
) -> tuple[SegmentRecord | None, list[News | None], list[SourceFile]]:
    """Write `posts` as a segment into `folder`, and return it, the news, and the files that changed since found."""
    builder = SegmentBuilder()
    segmenter = _segmenter(folder)
    news: list[News | None] = []
    stale: list[SourceFile] = []
    for changed in posts:
        post, files = changed.read()
        stale += files
        news.append(changed.news(post))
        if post:
            builder.add(make_document(post, segmenter))
    return write_segment(folder, builder) if builder.size else None, news, stale


def _note(news: News | None, report: UpdateReport) -> None:
    if news:
        report.add(*news)


def _look_again(stale: Iterable[SourceFile], result: Scan) -> None:
    """Make the next update read files again that were changing while this one read them."""
    for found in stale:
        result.look_again(found.archive, found.path)


def _chunks(posts: Iterable[_Some]) -> Iterator[list[_Some]]:
    remaining = iter(posts)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _changed_posts(
    target: _Target, result: Scan, writer: IndexWriter, on_post: Callable[[int], None]
) -> Iterator[ChangedPost]:
    """Yield the posts to be written; what they were before is deleted."""
    stored = StoredPosts(target.data, target.segments)
    for done, post_id in enumerate(sorted(result.affected), 1):
        place = stored.find(post_id)
        before = stored.read(place) if place else None
        kept = [save for save in before.saves if (save.archive, save.path) not in result.gone] if before else []
        if place:
            writer.delete(*place)
        yield ChangedPost(
            post_id,
            tuple(kept),
            tuple(result.fresh.pop(post_id, ())),
            Said.by(before) if before else None,
            is_known=post_id in result.known,
        )
        on_post(done)
