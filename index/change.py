"""What an update is about to do to posts, small enough to wait in memory and to be sent to another process."""

import zlib
from dataclasses import dataclass

from index.archive import read_save
from index.identity import identify
from index.post import Post, Save, make_post


@dataclass(frozen=True, slots=True)
class RawSave:
    """Is a file that `read_url` has accepted, not read further: its bytes, compressed."""

    archive: str
    path: str
    packed: bytes

    @classmethod
    def of(cls, raw: bytes, archive: str, path: str) -> "RawSave":
        """Return the raw save of a file's bytes."""
        return cls(archive, path, zlib.compress(raw, 1))

    def read(self) -> Save:
        """Return the save that the file holds."""
        return read_save(zlib.decompress(self.packed), self.archive, self.path)


@dataclass(frozen=True, slots=True)
class ChangedPost:
    """Is a post to be written: the saves that it keeps, and those that are new or read again; at least one in all."""

    id: str
    kept: tuple[Save, ...]
    fresh: tuple[RawSave, ...]

    def post(self) -> Post:
        """Return the post as its files now have it."""
        saves = [*self.kept, *(raw.read() for raw in self.fresh)]
        identity = identify(saves[-1].url)
        return make_post(self.id, identity.source, identity.account, identity.published, saves)
