"""The protocol of a backend, which the update flow uses and the folder and the cluster implement."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from index.archive.partition import Partition
from index.archive.post import Post
from index.updates.check import CheckReport
from index.updates.file_catalog import Files
from index.updates.post_update import PostUpdate, WriteOutcome
from index.updates.process_pool import ProcessPool
from index.updates.report import Progress, UpdateReport
from index.updates.scan import Scan


@dataclass(frozen=True, slots=True)
class IndexContents:
    """The contents of an index: its posts, its file catalog, and when it last matched its archives (`matched`)."""

    count: int
    files: Files
    matched: datetime
    iter_posts: Callable[[], Iterator[Post]]

    def posts(self, progress: Progress) -> Iterator[Post]:
        """Yield every post once."""
        for done, post in enumerate(self.iter_posts(), 1):
            progress("copying", done, self.count)
            yield post


@dataclass(frozen=True, slots=True)
class ActiveIndex:
    """The archives that the active index remembers, and its file catalog."""

    archives: list[str]
    files: Files


@dataclass(frozen=True, slots=True)
class PostUpdates:
    """The updates of `count` posts, and a sample of them."""

    updates: Iterable[PostUpdate]
    count: int
    sample: list[PostUpdate]


class Target(Protocol):
    """The index that an update writes: the active one, or a new one that replaces it when it is activated."""

    @property
    def files(self) -> Files:
        """Return the file catalog before the update."""

    def write(self, posts: PostUpdates, pool: ProcessPool) -> Iterator[WriteOutcome]:
        """Create the index if it is new, write `posts`, and yield the outcomes."""

    def commit(self, scan: Scan, report: UpdateReport, matched: datetime) -> None:
        """Complete the index by its file catalog and by `report`, which is given the counts.

        The files were as in `scan` at the time `matched`.
        """

    def activate(self) -> None:
        """Make the index the active one, and delete files and indices that nothing needs any more."""

    def discard(self) -> None:
        """Delete the index, of which an update failed, unless the next update can resume it."""


class Writer(Protocol):
    """The right to change the index of a backend."""

    def open_active(self, verify: bool) -> ActiveIndex | None:
        """Return the active index, None if there is none.

        With `verify`, raises OutdatedIndexError or DamagedIndexError unless it can be updated.
        """

    def update_active(self) -> Target:
        """Return the active index, which was opened, as the target of an update."""

    def begin_new(self, archives: list[str], resume: bool) -> Target:
        """Return a new index of `archives`: with `resume`, the one that an update has begun and others may complete."""


class Backend(Protocol):
    """A place for an index: a folder, or a name in a cluster."""

    @property
    def location(self) -> object:
        """Return the place, as messages show it."""

    @property
    def partition(self) -> Partition:
        """Return the share of the files that updates read."""

    def newest_commit(self) -> object:
        """Return a value that differs from commit to commit, None if there is no index."""

    def writer(self) -> AbstractContextManager[Writer]:
        """Hold the right to change the index."""

    def contents(self) -> AbstractContextManager[IndexContents]:
        """Open the contents of the index."""

    def check(self, progress: Progress) -> CheckReport:
        """Compare all of the index with its checksums, and its posts with its file catalog."""
