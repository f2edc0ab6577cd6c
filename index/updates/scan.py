"""The scan: the files of the archives compared with the file catalog, and the new and changed ones read."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from index.archive.decoding import MAX_BYTES, MalformedPost, NotAPost
from index.archive.formats import read_url
from index.archive.identity import identify
from index.archive.partition import WHOLE, Partition
from index.archive.walk import Unreadable, walk
from index.files.paths import readable
from index.updates.file_catalog import Changes, FileRecord, Files, FileState, file_state, is_settled_now
from index.updates.post_update import SourceFile, content_digest
from index.updates.process_pool import Map, MapFor, chunks
from index.updates.report import Problem

# Files that a process reads at a time.
CHUNK = 500


@dataclass(slots=True)
class Scan:
    """The outcome of a scan.

    `files` is the next file catalog, `changes` its difference from the one before. By post id, `fresh` has the files
    with new or changed saves, and `gone` names as (archive, path) the saves to remove. The saves of a path in
    `unopened`, or below it, stay in the index.
    """

    files: Files = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    fresh: dict[str, list[SourceFile]] = field(default_factory=dict)
    gone: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    not_posts: list[str] = field(default_factory=list)
    malformed: list[Problem] = field(default_factory=list)
    unopened: list[Problem] = field(default_factory=list)

    @property
    def affected(self) -> list[str]:
        """Return the ids of the posts that have new, changed or removed files, in order."""
        return sorted(self.fresh.keys() | self.gone.keys())

    def remove(self, archive: str, known: dict[str, FileRecord]) -> None:
        """Take the `known` files of `archive` for gone."""
        for path, record in known.items():
            if record.post:
                self.gone.setdefault(record.post, []).append((archive, path))

    def look_again(self, archive: str, path: str) -> None:
        """Make the next update read a file again."""
        record = self.files[archive][path]._replace(digest="", is_settled=False)
        self.files[archive][path] = self.changes[archive][path] = record


def scan(
    archives: Iterable[str],
    known: Files,
    on_file: Callable[[int, int], None],
    map_for: MapFor,
    part: Partition = WHOLE,
) -> Scan:
    """Compare the `part` of `archives` with the `known` files, and read those whose state differs or is not settled.

    Known files of other archives are taken for gone. Calls `on_file` with the number of files seen, and their total
    once it is known. `map_for` chooses the processes that read. Raises ArchiveError if an archive isn't there.
    """
    result = Scan()
    seen = 0
    scanners = []
    for archive in archives:
        scanner = _ArchiveScan(archive, known.get(archive, {}), result, part)
        scanners.append(scanner)
        for entry in walk(Path(archive)):
            scanner.look_at(entry)
            seen += 1
            on_file(seen, 0)
    unread = sum(len(scanner.unread) for scanner in scanners)
    done = seen - unread
    for scanner in scanners:
        for count in scanner.read(map_for(unread)):
            done += count
            on_file(done, seen)
        scanner.finish()
    for archive in known.keys() - result.files.keys():
        result.changes[archive] = dict.fromkeys(known[archive])
        result.remove(archive, known[archive])
    return result


def is_within(path: str, place: str) -> bool:
    """Return whether `path` is `place` or lies below it."""
    return path == place or path.startswith(place + os.sep)


class _Unread(NamedTuple):
    file: str
    path: str
    state: FileState


class _ArchiveScan:
    def __init__(self, archive: str, known: dict[str, FileRecord], result: Scan, part: Partition) -> None:
        self.unread: list[_Unread] = []
        self._archive = archive
        self._within = archive.rstrip(os.sep) + os.sep
        self._known = known
        self._result = result
        self._files = result.files.setdefault(archive, {})
        self._changes = result.changes.setdefault(archive, {})
        self._shut: list[str] = []
        self._part = part

    def look_at(self, entry: os.DirEntry[str] | Unreadable) -> None:
        """Record a file that is as it was, and put any other one aside to be read."""
        path = entry.path[len(self._within) :]
        if not path.isascii():
            path = readable(path)
        if isinstance(entry, Unreadable):
            self._shut_out(path, entry.reason)
            return
        if path not in self._part:
            return
        try:
            stat = entry.stat()
        except OSError as error:
            self._shut_out(path, f"can't be opened: {error.strerror}")
            return
        known, state = self._known.get(path), file_state(stat)
        if known and known.is_settled and known.state == state:
            self._record(entry.path, path, known)
        else:
            self.unread.append(_Unread(entry.path, path, state))

    def read(self, run: Map) -> Iterator[int]:
        """Read the files put aside in chunks, and yield the size of each."""
        unread = list(chunks(self.unread, CHUNK))
        for chunk, records in zip(unread, run(_examine, unread), strict=True):
            for file, record in zip(chunk, records, strict=True):
                self._take(file, record)
            yield len(chunk)

    def finish(self) -> None:
        """Remove the known files that were not seen, unless they lie where nothing could be opened."""
        new = sum(path not in self._known for path in self._changes)
        if len(self._files) == len(self._known) + new:
            return
        for path, record in self._known.items():
            if path in self._files:
                continue
            if any(is_within(path, shut) for shut in self._shut):
                self._files[path] = record
            else:
                self._changes[path] = None
                self._result.remove(self._archive, {path: record})

    def _take(self, file: _Unread, record: FileRecord | str) -> None:
        if isinstance(record, str):
            self._shut_out(file.path, record)
            return
        known = self._known.get(file.path)
        if not known or known.digest != record.digest:
            if known:
                self._result.remove(self._archive, {file.path: known})
            if record.post:
                source = SourceFile(file.file, self._archive, file.path, record.digest)
                self._result.fresh.setdefault(record.post, []).append(source)
        if record != known:
            self._changes[file.path] = record
        self._record(file.file, file.path, record)

    def _record(self, file: str, path: str, record: FileRecord) -> None:
        self._files[path] = record
        if record.post:
            return
        if record.problem:
            self._result.malformed.append(Problem(readable(file), record.problem))
        else:
            self._result.not_posts.append(readable(file))

    def _shut_out(self, path: str, reason: str) -> None:
        self._shut.append(path)
        self._result.unopened.append(Problem(readable(str(Path(self._archive, path))), reason))


def _examine(files: list[_Unread]) -> list[FileRecord | str]:
    """Return the record of each file, or why it could not be opened."""
    return [_examine_one(file) for file in files]


def _examine_one(file: _Unread) -> FileRecord | str:
    size = file.state[0]
    record = FileRecord(*file.state, digest=f"{size} bytes, unread")
    if size > MAX_BYTES:
        return record._replace(problem=f"is {size >> 20} MB large; a post has at most {MAX_BYTES >> 20} MB")
    is_settled = is_settled_now(file.state)
    try:
        raw = Path(file.file).read_bytes()
    except OSError as error:
        return f"can't be opened: {error.strerror}"
    record = record._replace(digest=content_digest(raw), is_settled=is_settled)
    try:
        return record._replace(post=identify(read_url(raw, file.path)).id)
    except NotAPost:
        return record
    except MalformedPost as error:
        at = f" (line {error.line})" if error.line else ""
        return record._replace(problem=f"{error.reason}{at}")
