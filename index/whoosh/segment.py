"""A segment as Whoosh's table of contents remembers it."""

from whoosh.codec.base import Segment

from index.segments.record import INDEX_NAME, SegmentRecord
from index.whoosh.codec import ArrayCodec


class ArraySegment(Segment):  # type: ignore[misc]
    """A segment's record behind Whoosh's interface; the table of contents pickles it."""

    def __init__(self, record: SegmentRecord) -> None:
        super().__init__(INDEX_NAME)
        self.record = record
        # Whoosh knows the files of a segment by its name.
        self.segid = record.file.partition(".")[0].removeprefix(f"{INDEX_NAME}_")

    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    def should_assemble(self) -> bool:
        return False  # it is one file already

    def doc_count_all(self) -> int:
        return self.record.size

    def deleted_count(self) -> int:
        return len(self.record.deleted)

    def deleted_docs(self) -> list[int]:
        return self.record.deleted

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.record.deleted
