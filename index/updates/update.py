"""The update of an index from archives, and the copy of another index: one flow for every backend."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path

from index.archive.post import Post
from index.errors import ArchiveError, ClusterError, DamagedIndexError, NoIndexError, ShrunkArchiveError, index_command
from index.updates.backend import ActiveIndex, Backend, IndexContents, PostUpdates, Target, Writer
from index.updates.file_catalog import FileRecord, Files
from index.updates.post_update import PostUpdate
from index.updates.process_pool import ProcessPool
from index.updates.report import Listing, PostNews, Problem, Progress, UpdateReport
from index.updates.scan import Scan, is_within, scan

# Posts of a new index that stand for all of them.
_SAMPLE = 1_000


def update_index(backend: Backend, roots: list[str], rebuild: bool, prune: bool, progress: Progress) -> UpdateReport:
    """Bring the index of `backend` up to date with the archives `roots` and those it remembers; see `index.update`."""
    with backend.writer() as writer, ProcessPool() as pool:
        active = _open_active(writer, roots, rebuild)
        archives = _archives(backend.location, active, roots, rebuild)
        if prune:
            archives = [archive for archive in archives if archive in roots or os.path.lexists(archive)]
        target = writer.update_active() if active and not rebuild else writer.begin_new(archives, resume=True)
        with _activated(target):
            began, on_file = datetime.now(UTC), partial(progress, "reading")
            result = scan(archives, target.files, on_file, pool.map_for, backend.partition)
            replaced = active if rebuild else None
            if replaced:
                _check_openable(replaced.files, result)
            if active and not prune:
                _check_loss(active.files, result, backend.location)
            known = _posts_of(replaced.files) if replaced else set()
            report = _begin_report(result, archives, known, bool(replaced))
            _write(target, result, known, report, progress, pool)
            progress("writing", 0, 0)
            target.commit(result, report, began)
    return report


def copy_index(backend: Backend, source: IndexContents, posts: Iterator[Post]) -> None:
    """Make an index at `backend`, where there is none, of `posts`, which are all posts of `source`."""
    with backend.writer() as writer, ProcessPool() as pool:
        target = writer.begin_new(list(source.files), resume=False)
        updates = (PostUpdate(post.id, saves=post.saves) for post in posts)
        sample = list(islice(updates, _SAMPLE))
        with _activated(target):
            for outcome in target.write(PostUpdates(chain(sample, updates), source.count, sample), pool):
                for post_id, reason in outcome.refused.items():
                    raise ClusterError(f"The cluster of {backend.location} refused {post_id}: {reason}.")
            files = Scan(files=source.files, changes={archive: dict(rows) for archive, rows in source.files.items()})
            target.commit(files, UpdateReport(archives=list(source.files)), source.matched)


def _open_active(writer: Writer, roots: list[str], rebuild: bool) -> ActiveIndex | None:
    try:
        return writer.open_active(verify=not rebuild)
    except DamagedIndexError:
        if rebuild and roots:  # nothing of the damaged index is needed
            return None
        raise


def _archives(location: object, active: ActiveIndex | None, roots: list[str], rebuild: bool) -> list[str]:
    # A rebuild from archives that are named forgets the others.
    remembered = active.archives if active and not (rebuild and roots) else []
    archives = list(dict.fromkeys([*remembered, *roots]))
    _check_apart(archives, location)
    if not archives:
        raise NoIndexError(f"The index at {location} knows no archive yet: run {index_command(location, 'ARCHIVE')}.")
    return archives


def _posts_of(files: Files) -> set[str]:
    return {record.post for records in files.values() for record in records.values() if record.post}


def _begin_report(result: Scan, archives: list[str], known: set[str], is_rebuild: bool) -> UpdateReport:
    return UpdateReport(
        rebuilt=is_rebuild,
        archives=archives,
        lost=Listing.from_items([PostNews(post) for post in sorted(known - _posts_of(result.files))]),
        malformed=Listing.from_items(result.malformed),
        unopened=Listing.from_items(result.unopened),
        not_posts=Listing.from_items(result.not_posts),
    )


@contextmanager
def _activated(target: Target) -> Iterator[None]:
    """Activate `target` after the block, or discard it if the block fails."""
    try:
        yield
    except BaseException:
        target.discard()
        raise
    target.activate()


def _write(
    target: Target, result: Scan, known: set[str], report: UpdateReport, progress: Progress, pool: ProcessPool
) -> None:
    """Write the posts that `result` affects, and report each; `known` are those of the index that is replaced."""
    posts, done = result.affected, 0
    sample = list(_updates(result, posts[:: max(1, len(posts) // _SAMPLE)], known))
    for outcome in target.write(PostUpdates(_updates(result, posts, known), len(posts), sample), pool):
        for kind, news in outcome.news:
            report.add(kind, news)
        # The next update reads the files again that changed since the scan or were refused.
        refused = [(file, why) for post, why in outcome.refused.items() for file in result.fresh.get(post, ())]
        for file in {*outcome.changed_files, *(file for file, _ in refused)}:
            result.look_again(file.archive, file.path)
        for file, why in refused:
            report.unopened.add(Problem(file.file, f"was refused by the cluster: {why}"))
        done += outcome.count
        progress("indexing", done, len(posts))


def _updates(result: Scan, posts: Iterable[str], known: set[str]) -> Iterator[PostUpdate]:
    for post in posts:
        fresh, gone = tuple(result.fresh.get(post, ())), frozenset(result.gone.get(post, ()))
        yield PostUpdate(post, fresh, gone, is_known=post in known)


# --- guards: archives stay apart, and a disk that is not mounted loses nothing ----------------------------------


def _check_apart(archives: list[str], location: object) -> None:
    """Raise ArchiveError if an archive lies inside the index, if that is a folder, or inside another archive."""
    for archive in archives:
        if isinstance(location, Path) and Path(archive).is_relative_to(location):
            raise ArchiveError(f"The archive {archive} lies inside the index {location}: keep the two apart.")
        around = next((other for other in archives if other != archive and Path(archive).is_relative_to(other)), None)
        if around:
            raise ArchiveError(
                f"The archive {archive} lies inside {around}, which is indexed too: name one of them, "
                "with --rebuild if the index remembers the other."
            )


def _check_loss(known: Files, result: Scan, location: object) -> None:
    """Raise ShrunkArchiveError if less than half of the saves that were known of an archive are left of it."""
    for archive, files in result.files.items():
        before, now = _saves(known.get(archive, {})), _saves(files)
        if 2 * now < before:
            raise ShrunkArchiveError(
                f"The archive {archive} had {before:,} saves and has {now:,} now: the index is left as it is. Mount "
                "its disk, or wait for what is rewriting it; if the files are meant to be gone, run "
                f"{index_command(location, '--prune')}."
            )


def _check_openable(known: Files, result: Scan) -> None:
    """Raise ArchiveError if a rebuild would lose saves of files that can't be opened."""
    for problem in result.unopened:
        for archive, files in known.items():
            shut = os.path.relpath(problem.path, archive)
            held = sum(bool(record.post) for path, record in files.items() if is_within(path, shut))
            if held:
                raise ArchiveError(
                    f"{problem.path} {problem.reason}, and the index holds {held} saves of it that a rebuild would "
                    "lose: make it readable, or delete it."
                )


def _saves(files: dict[str, FileRecord]) -> int:
    return sum(bool(record.post) for record in files.values())
