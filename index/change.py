"""What an update is about to do to posts, small enough to wait in memory and to be sent to another process."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from index.archive import MAX_BYTES, MalformedPost, NotAPost, read_save
from index.identity import identify
from index.post import Post, Save, make_post


@dataclass(frozen=True, slots=True)
class FoundSave:
    """Names a file, as the system does, that was found to hold a save: `path` in `archive`, with that `digest`."""

    file: str
    archive: str
    path: str
    digest: str

    def read(self) -> tuple[Save | None, bool]:
        """Return the save that the file now holds, or None, and whether the file has changed since it was found."""
        try:
            with Path(self.file).open("rb") as stream:
                raw = stream.read(MAX_BYTES)
            return read_save(raw, self.archive, self.path), digest_of(raw) != self.digest
        except (OSError, MalformedPost, NotAPost):
            return None, True


@dataclass(frozen=True, slots=True)
class ChangedPost:
    """Is a post to be written: the saves that it keeps, and those to be read; at least one in all."""

    id: str
    kept: tuple[Save, ...]
    fresh: tuple[FoundSave, ...]

    def read(self) -> tuple[Post | None, list[FoundSave]]:
        """Return the post as its files now have it, or None, and the files that changed since they were found."""
        saves, changed = list(self.kept), []
        for found in self.fresh:
            save, has_changed = found.read()
            if has_changed:
                changed.append(found)
            if save and identify(save.url).id == self.id:
                saves.append(save)
        if not saves:
            return None, changed
        identity = identify(saves[-1].url)
        return make_post(self.id, identity.source, identity.account, identity.published, saves), changed


def digest_of(raw: bytes) -> str:
    """Return by what the content of a file is known again."""
    return hashlib.sha256(raw).hexdigest()[:32]
