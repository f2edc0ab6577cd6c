"""One segment as the table of contents remembers it."""

from pathlib import Path

from whoosh.codec.base import Segment

from index.segments.arrays import SegmentArrays
from index.store.manifest import SegmentRecord

_EXTENSION = ".arr"


class ArraySegment(Segment):  # type: ignore[misc]
    """Is a segment as the table of contents pickles it: its name, size and deleted documents."""

    def __init__(self, indexname: str, size: int = 0) -> None:
        super().__init__(indexname)
        self._size = size
        self._deleted: frozenset[int] = frozenset()

    @classmethod
    def of(cls, record: SegmentRecord) -> "ArraySegment":
        """Return the segment that `record` tells of."""
        name, _, segment_id = record.file.removesuffix(_EXTENSION).partition("_")
        segment = cls(name, record.size)
        segment.segid = segment_id
        segment._deleted = frozenset(record.deleted)
        return segment

    def codec(self) -> object:
        # Our own look-ups do without it, and without importing Whoosh's matchers.
        from index.whoosh.codec import ArrayCodec

        return ArrayCodec()

    def should_assemble(self) -> bool:
        return False  # it is one file already

    def file(self, folder: Path) -> Path:
        """Return where the segment's file lies."""
        return folder / str(self.make_filename(_EXTENSION))

    def record(self) -> SegmentRecord:
        """Return what readers need to know of this segment."""
        return SegmentRecord(str(self.make_filename(_EXTENSION)), self._size, sorted(self._deleted))

    def arrays(self, folder: Path) -> SegmentArrays:
        """Return the segment's file opened as arrays."""
        return SegmentArrays(self.file(folder), self._size, self._deleted)

    def without(self, documents: set[int]) -> "ArraySegment":
        """Return this segment with more documents deleted; this one stays as it is."""
        changed = ArraySegment(self.indexname, self._size)
        changed.segid = self.segid
        changed._deleted = self._deleted | documents
        return changed

    def doc_count_all(self) -> int:
        return self._size

    def set_doc_count(self, doccount: int) -> None:
        self._size = doccount

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> frozenset[int]:
        return self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        self._deleted = self._deleted | {docnum} if delete else self._deleted - {docnum}

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted
