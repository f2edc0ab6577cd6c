"""What the files of the archives say now, against what the manifest remembers of them."""

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.archive import MAX_BYTES, MalformedPost, NotAPost, Unreadable, read_url, readable, walk
from index.change import RawSave
from index.identity import identify
from index.manifest import FileRecord, Files


@dataclass(frozen=True, slots=True)
class Problem:
    """Names a file or folder that was passed over, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class Scan:
    """Is the outcome of looking through archives.

    `files` is what the next manifest holds. `fresh` holds the saves that are new or changed, by post id;
    `gone` names as (archive, path) the files whose stored save no longer holds; `affected` the ids of the
    posts that either concerns. What the index holds of a path in `unopened`, or below it, stays.
    """

    files: Files = field(default_factory=dict)
    fresh: dict[str, list[RawSave]] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    affected: set[str] = field(default_factory=set)
    not_posts: list[str] = field(default_factory=list)
    malformed: list[Problem] = field(default_factory=list)
    unopened: list[Problem] = field(default_factory=list)


def scan(archives: Iterable[str], known: Files, on_file: Callable[[int], None]) -> Scan:
    """Look through `archives`, reading only files whose size or time differs from what is `known`.

    Calls `on_file` with the number of files seen so far. Raises ArchiveError if an archive isn't there.
    """
    result = Scan()
    seen = 0
    for archive in archives:
        scanner = _ArchiveScan(archive, known.get(archive, {}), result)
        for entry in walk(Path(archive)):
            scanner.look_at(entry)
            seen += 1
            on_file(seen)
        scanner.finish()
    return result


def is_within(path: str, place: str) -> bool:
    """Tell whether `path` is `place` or lies below it."""
    return path == place or path.startswith(place + os.sep)


class _ArchiveScan:
    def __init__(self, archive: str, known: dict[str, FileRecord], result: Scan) -> None:
        self._archive = archive
        self._known = known
        self._result = result
        self._files = result.files.setdefault(archive, {})
        self._shut: list[str] = []

    def look_at(self, entry: os.DirEntry[str] | Unreadable) -> None:
        path = readable(os.path.relpath(entry.path, self._archive))
        if isinstance(entry, Unreadable):
            self._shut_out(path, entry.reason)
            return
        try:
            record = self._record(entry, path)
        except OSError as error:
            self._shut_out(path, f"can't be opened: {error.strerror}")
            return
        self._files[path] = record
        if record.problem:
            self._result.malformed.append(Problem(readable(entry.path), record.problem))
        elif not record.post:
            self._result.not_posts.append(readable(entry.path))

    def finish(self) -> None:
        """Settle what is known but was not seen: it is gone, unless it lies where nothing could be opened."""
        for path, record in self._known.items():
            if path in self._files:
                continue
            if any(is_within(path, shut) for shut in self._shut):
                self._files[path] = record
            else:
                self._forget(path, record)

    def _shut_out(self, path: str, reason: str) -> None:
        self._shut.append(path)
        self._result.unopened.append(Problem(readable(str(Path(self._archive, path))), reason))

    def _record(self, entry: os.DirEntry[str], path: str) -> FileRecord:
        stat = entry.stat()
        known = self._known.get(path)
        if known and (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return known
        if stat.st_size > MAX_BYTES:
            raw, digest = None, f"{stat.st_size} bytes, unread"
        else:
            raw = Path(entry.path).read_bytes()
            digest = hashlib.sha256(raw).hexdigest()[:32]
        if known and known.digest == digest:
            return replace(known, size=stat.st_size, mtime_ns=stat.st_mtime_ns)
        if known:
            self._forget(path, known)
        return self._read(raw, path, FileRecord(stat.st_size, stat.st_mtime_ns, digest))

    def _read(self, raw: bytes | None, path: str, record: FileRecord) -> FileRecord:
        if raw is None:
            return replace(record, problem=f"is {record.size >> 20} MB large; a post has at most {MAX_BYTES >> 20} MB")
        try:
            url = read_url(raw)
        except NotAPost:
            return record
        except MalformedPost as error:
            at = f" (line {error.line})" if error.line else ""
            return replace(record, problem=f"{error.reason}{at}")
        post_id = identify(url).id
        self._result.fresh.setdefault(post_id, []).append(RawSave.of(raw, self._archive, path))
        self._result.affected.add(post_id)
        return replace(record, post=post_id)

    def _forget(self, path: str, record: FileRecord) -> None:
        if record.post:
            self._result.affected.add(record.post)
            self._result.gone.add((self._archive, path))
