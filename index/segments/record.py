"""The record of a segment: its file and the documents of it that are deleted."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

# Begins the names of an index's files; it is the name that Whoosh gives to an index without one.
INDEX_NAME = "MAIN"


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """A segment of a commit: the name of its file, the number of its documents, and the ids of the deleted ones."""

    file: str
    size: int
    deleted: list[int] = field(default_factory=list)

    @property
    def live_count(self) -> int:
        """Return the number of documents that are not deleted."""
        return self.size - len(self.deleted)

    def without(self, documents: Iterable[int]) -> "SegmentRecord":
        """Return this record with more documents deleted."""
        return replace(self, deleted=sorted({*self.deleted, *documents}))


def new_segment_file() -> str:
    """Return the name of a file for a new segment; no two are alike."""
    return f"{INDEX_NAME}_{os.urandom(8).hex()}.arr"
