"""What the files of the archives say now, against what the catalog remembers of them."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.archive.decoding import MAX_BYTES
from index.archive.errors import MalformedPost, NotAPost
from index.archive.formats import read_url
from index.archive.identity import identify
from index.archive.partition import WHOLE, Partition
from index.archive.walk import Unreadable, walk
from index.files.paths import readable
from index.updates.file_catalog import UNSETTLED, Changes, FileRecord, Files
from index.updates.post_update import SourceFile, digest_of
from index.updates.process_pool import Map, MapFor
from index.updates.report import Problem

# Files that a process reads at a time.
CHUNK = 500


@dataclass(slots=True)
class Scan:
    """Is the outcome of looking through archives.

    `files` is what the next catalog holds, `changes` what of that differs from what was known. `known` are the posts
    that the index had before it is built anew. `fresh` holds the saves that are new or changed, by post id; `gone`
    names as (archive, path) the files whose stored save no longer holds; `affected` the ids of the posts that either
    concerns. What the index holds of a path in `unopened`, or below it, stays.
    """

    files: Files = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    fresh: dict[str, list[SourceFile]] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    affected: set[str] = field(default_factory=set)
    not_posts: list[str] = field(default_factory=list)
    malformed: list[Problem] = field(default_factory=list)
    unopened: list[Problem] = field(default_factory=list)

    def forget(self, archive: str, known: dict[str, FileRecord]) -> None:
        """Take what is `known` of files of `archive` for gone."""
        for path, record in known.items():
            if record.post:
                self.affected.add(record.post)
                self.gone.add((archive, path))

    def look_again(self, archive: str, path: str) -> None:
        """Make the next update read a file again."""
        record = self.files[archive][path]._replace(size=UNSETTLED)
        self.files[archive][path] = self.changes[archive][path] = record


def scan(
    archives: Iterable[str],
    known: Files,
    on_file: Callable[[int, int], None],
    map_for: MapFor,
    part: Partition = WHOLE,
) -> Scan:
    """Look through the `part` of `archives`, reading only files whose size or time differs from what is `known` of it.

    What is known of other archives is taken for gone. Calls `on_file` with the number of files seen so far, and how
    many there are once that is known. Files are read by what `map_for` gives. Raises ArchiveError if an archive isn't
    there.
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
        result.forget(archive, known[archive])
    return result


def is_within(path: str, place: str) -> bool:
    """Tell whether `path` is `place` or lies below it."""
    return path == place or path.startswith(place + os.sep)


@dataclass(frozen=True, slots=True)
class _Unread:
    file: str
    path: str
    size: int
    mtime_ns: int


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
        """Settle what is known already, and put aside what has to be read."""
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
        known = self._known.get(path)
        if known and known.size == stat.st_size and known.mtime_ns == stat.st_mtime_ns:
            self._settle(entry.path, path, known)
        else:
            self.unread.append(_Unread(entry.path, path, stat.st_size, stat.st_mtime_ns))

    def read(self, run: Map) -> Iterator[int]:
        """Read what was put aside, and yield how many files were read at a time."""
        chunks = [self.unread[at : at + CHUNK] for at in range(0, len(self.unread), CHUNK)]
        for chunk, records in zip(chunks, run(_examine, chunks), strict=True):
            for file, record in zip(chunk, records, strict=True):
                self._take(file, record)
            yield len(chunk)

    def finish(self) -> None:
        """Settle what is known but was not seen: it is gone, unless it lies where nothing could be opened."""
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
                self._result.forget(self._archive, {path: record})

    def _take(self, file: _Unread, record: "FileRecord | Unopened") -> None:
        if isinstance(record, Unopened):
            self._shut_out(file.path, record.reason)
            return
        known = self._known.get(file.path)
        if known and known.digest == record.digest and known.size != UNSETTLED:
            record = known._replace(size=record.size, mtime_ns=record.mtime_ns)
        else:
            if known:
                self._result.forget(self._archive, {file.path: known})
            if record.post:
                found = SourceFile(file.file, self._archive, file.path, record.digest)
                self._result.fresh.setdefault(record.post, []).append(found)
                self._result.affected.add(record.post)
        self._changes[file.path] = record
        self._settle(file.file, file.path, record)

    def _settle(self, file: str, path: str, record: FileRecord) -> None:
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


@dataclass(frozen=True, slots=True)
class Unopened:
    """Says why a file could not be opened."""

    reason: str


def _examine(files: list[_Unread]) -> list[FileRecord | Unopened]:
    """Return what each file holds."""
    return [_examine_one(file) for file in files]


def _examine_one(file: _Unread) -> FileRecord | Unopened:
    record = FileRecord(file.size, file.mtime_ns, f"{file.size} bytes, unread")
    if file.size > MAX_BYTES:
        return record._replace(problem=f"is {file.size >> 20} MB large; a post has at most {MAX_BYTES >> 20} MB")
    try:
        raw = Path(file.file).read_bytes()
    except OSError as error:
        return Unopened(f"can't be opened: {error.strerror}")
    record = record._replace(digest=digest_of(raw))
    try:
        return record._replace(post=identify(read_url(raw, file.path)).id)
    except NotAPost:
        return record
    except MalformedPost as error:
        at = f" (line {error.line})" if error.line else ""
        return record._replace(problem=f"{error.reason}{at}")
