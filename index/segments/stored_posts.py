"""The stored posts of an index, found by id across its segments."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.archive.post import Post
from index.schema.stored_post import decode_post
from index.segments.arrays import SegmentArrays, open_segment
from index.segments.record import SegmentRecord

# The file of a segment and the id of a document in it.
Place = tuple[str, int]


class StoredPosts:
    """The stored posts of a commit, whose segments are in a data folder."""

    def __init__(self, folder: Path, records: Iterable[SegmentRecord]) -> None:
        self._segments = {record.file: open_segment(folder, record) for record in records}

    def __iter__(self) -> Iterator[Post]:
        for segment in self._segments.values():
            for document in range(segment.size):
                if document not in segment.deleted:
                    yield read_post(segment, document)

    def find(self, post_id: str) -> Place | None:
        """Return the place of the live document of a post, or None."""
        for file, segment in self._segments.items():
            term_id = segment.lexicon("id").find(post_id.encode())
            if term_id >= 0:
                ids = segment.field("id")
                documents = ids.documents[ids.postings(range(term_id, term_id + 1))].tolist()
                for document in documents:
                    if document not in segment.deleted:
                        return file, document
        return None

    def read(self, place: Place) -> Post:
        """Return the post at `place`."""
        file, document = place
        return read_post(self._segments[file], document)


def read_post(segment: SegmentArrays, document: int) -> Post:
    """Return the stored post of a document; raise DamagedIndexError if its bytes have changed."""
    try:
        return decode_post(bytes(segment.blob("post", document)))
    except (zlib.error, ValueError) as error:
        raise segment.blocks.damaged(f"a stored post can't be read ({error})") from error
