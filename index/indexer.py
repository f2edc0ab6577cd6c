"""Update an index from archives: the only writer."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

from index import manifest, storage
from index.analyzer import TextSegmenter, compiled_segmenter
from index.change import ChangedPost, FoundSave
from index.codec.builder import SegmentBuilder
from index.codec.segment import ArraySegment
from index.codec.stored import StoredPosts
from index.codec.writer import IndexWriter, write_segment
from index.dictionary import Segmenter, write_dictionary
from index.errors import ArchiveError, DamagedIndexError, NoIndexError, index_command
from index.ledger import UNSETTLED, Files, Ledger, read_ledger, write_ledger
from index.lock import write_lock
from index.scan import Problem, Scan, is_within, scan
from index.schema import make_document, make_schema
from index.toc import create_toc, read_toc
from index.words import OwnWords, own_words_file, read_words, write_words
from index.workers import Workers

# Called as progress(step, done, total); total is 0 while it isn't known.
Progress = Callable[[str, int, int], None]
# Posts of a segment that a process writes: few enough that it stays below 300 MB.
CHUNK = 2_000


@dataclass(slots=True)
class UpdateReport:
    """Is what one update did; `posts` and `saves` count what the index holds after it.

    `malformed` files look like posts and can't be read as such; `unopened` ones could not be opened, and
    what the index held of them before is kept.
    """

    posts: int
    saves: int
    added: int
    changed: int
    removed: int
    rebuilt: bool
    archives: list[str] = field(default_factory=list)
    not_posts: list[str] = field(default_factory=list)
    malformed: list[Problem] = field(default_factory=list)
    unopened: list[Problem] = field(default_factory=list)

    @property
    def unchanged(self) -> bool:
        return not (self.added or self.changed or self.removed or self.rebuilt)


def update_folder(location: Path, roots: list[str], rebuild: bool, progress: Progress) -> UpdateReport:
    """Bring the index in the folder `location` up to date; see `index.update`."""
    with write_lock(location), Workers() as workers:
        return _update(location, roots, rebuild, progress, workers)


def _update(location: Path, roots: list[str], rebuild: bool, progress: Progress, workers: Workers) -> UpdateReport:
    words = read_words(own_words_file())
    try:
        present = _open(location, rebuild)
    except DamagedIndexError:
        if not (rebuild and roots):
            raise
        present = None
    # A rebuild from archives that are named forgets the others.
    remembered = present.archives if present and not (rebuild and roots) else []
    archives = list(dict.fromkeys([*remembered, *roots]))
    _check_outside(archives, location)
    if not archives:
        raise NoIndexError(f"The index at {location} knows no archive yet: run {index_command(location, 'ARCHIVE')}.")
    keep = present if present and not rebuild else None
    known = keep.ledger.files if keep else {}
    result = scan(archives, known, lambda done, total: progress("reading", done, total), workers.map_for)
    if present and rebuild:
        refuse_loss(present.ledger.files, result)
    target = keep or _create(location, words)
    counts = _Counts()
    if result.affected or not keep:
        _commit(target, result, counts, progress, workers)
    else:
        # Nothing that is searched has changed: the present commit matches its archives now.
        _write_manifest(target, result, target.generation)
    manifest.discard_other_manifests(target.data, target.generation, target.ledger)
    if keep:
        storage.discard_others(location, target.data)
    else:
        storage.put_in_force(location, target.data)
    return UpdateReport(
        posts=sum(segment.size - len(segment.deleted) for segment in target.segments),
        saves=target.ledger.saves,
        added=counts.added,
        changed=counts.changed,
        removed=counts.removed,
        rebuilt=bool(present and rebuild),
        archives=archives,
        not_posts=result.not_posts,
        malformed=result.malformed,
        unopened=result.unopened,
    )


def _check_outside(archives: list[str], location: Path) -> None:
    for archive in archives:
        if Path(archive).is_relative_to(location):
            raise ArchiveError(f"The archive {archive} lies inside the index {location}: keep the two apart.")
    check_apart(archives)


def check_apart(archives: list[str]) -> None:
    """Raise ArchiveError if one of `archives` lies inside another."""
    for archive in archives:
        around = next((one for one in archives if one != archive and Path(archive).is_relative_to(one)), None)
        if around:
            raise ArchiveError(
                f"The archive {archive} lies inside {around}, which is indexed too: name one of them, "
                "with --rebuild if the index remembers the other."
            )


def refuse_loss(known: Files, result: Scan) -> None:
    """Raise ArchiveError if a rebuild would lose saves that the present index has of what can't be opened."""
    for problem in result.unopened:
        for archive, files in known.items():
            shut = os.path.relpath(problem.path, archive)
            held = sum(bool(record.post) for path, record in files.items() if is_within(path, shut))
            if held:
                raise ArchiveError(
                    f"{problem.path} {problem.reason}, and the index holds {held} saves of it that a rebuild would "
                    "lose: make it readable, or delete it."
                )


@dataclass(slots=True)
class _Target:
    data: Path
    generation: int
    segments: list[manifest.SegmentRecord]
    archives: list[str]
    ledger: Ledger


@dataclass(slots=True)
class _Counts:
    added: int = 0
    changed: int = 0
    removed: int = 0


def _open(location: Path, rebuild: bool) -> _Target | None:
    """Return the index in force at `location`, or None if there is none."""
    if not storage.is_index(location):
        return None
    data = storage.data_folder(location)
    generation = read_toc(data).generation
    header = manifest.read_manifest(data, generation)
    if not rebuild:
        manifest.check_fingerprint(header, location)
    ledger = read_ledger(data, header.layers, header.saves)
    return _Target(data, generation, header.segments, header.archives, ledger)


def _create(location: Path, words: OwnWords) -> _Target:
    data = storage.new_data_folder(location)
    create_toc(data, make_schema())
    write_words(storage.words_file(data), words)
    write_dictionary(storage.dictionary_file(data), words.known)
    return _Target(data, 0, [], [], Ledger())


def _segmenter(data: Path) -> TextSegmenter:
    """Return what cuts the texts of the index in `data`, by the words that it was made with."""
    known = read_words(storage.words_file(data)).known
    dictionary = Segmenter(storage.dictionary_file(data))
    return compiled_segmenter(tuple((word, dictionary.frequency(word)) for word in sorted(known)))


def _commit(target: _Target, result: Scan, counts: _Counts, progress: Progress, workers: Workers) -> None:
    writer = IndexWriter(target.data)
    total = len(result.affected)
    posts = _changed_posts(target, result, writer, counts, lambda done: progress("indexing", done, total))
    run = workers.map_for(total)
    if run is map:
        segmenter = _segmenter(target.data)
        for changed in posts:
            post, stale = changed.read()
            _look_again(stale, result)
            if post:
                writer.add(make_document(post, segmenter))
    else:
        for segment, stale in run(partial(build_segment, target.data), _chunks(posts)):
            _look_again(stale, result)
            if segment:
                writer.add_segment(segment)
    progress("writing", 0, 0)
    target.segments = writer.prepare(run)
    _write_manifest(target, result, writer.next_generation)
    writer.commit()
    target.generation = writer.next_generation


def _write_manifest(target: _Target, result: Scan, generation: int) -> None:
    target.ledger = write_ledger(target.data, target.ledger, result.files)
    manifest.write_manifest(target.segments, target.ledger, target.data, generation)


def build_segment(folder: Path, posts: list[ChangedPost]) -> tuple[ArraySegment | None, list[FoundSave]]:
    """Write `posts` as a segment into `folder`, and return it and the files that changed since they were found."""
    builder = SegmentBuilder()
    segmenter = _segmenter(folder)
    stale: list[FoundSave] = []
    for changed in posts:
        post, files = changed.read()
        stale += files
        if post:
            builder.add(make_document(post, segmenter))
    return write_segment(folder, builder) if builder.size else None, stale


def _look_again(stale: Iterable[FoundSave], result: Scan) -> None:
    """Make the next update read files again that were changing while this one read them."""
    for found in stale:
        files = result.files[found.archive]
        files[found.path] = replace(files[found.path], size=UNSETTLED)


def _chunks(posts: Iterable[ChangedPost]) -> Iterator[list[ChangedPost]]:
    remaining = iter(posts)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _changed_posts(
    target: _Target, result: Scan, writer: IndexWriter, counts: _Counts, on_post: Callable[[int], None]
) -> Iterator[ChangedPost]:
    """Yield the posts to be written; what they were before is deleted and counted."""
    stored = StoredPosts(target.data)
    for done, post_id in enumerate(sorted(result.affected), 1):
        place = stored.find(post_id)
        before = stored.read(place) if place else None
        kept = [save for save in before.saves if (save.archive, save.path) not in result.gone] if before else []
        after = ChangedPost(post_id, tuple(kept), tuple(result.fresh.pop(post_id, ())))
        is_left = bool(after.kept or after.fresh)
        if place:
            writer.delete(*place)
        counts.added += before is None and is_left
        counts.changed += before is not None and is_left
        counts.removed += before is not None and not is_left
        if is_left:
            yield after
        on_post(done)
