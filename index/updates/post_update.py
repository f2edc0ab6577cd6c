"""What an update is about to do to posts, small enough to wait in memory and to be sent to another process."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from index.archive.decoding import MAX_BYTES
from index.archive.errors import MalformedPost, NotAPost
from index.archive.formats import read_save
from index.archive.identity import identify
from index.archive.post import Post, Save, make_post
from index.updates.report import PARTS, PostNews

# One of POST_KINDS, and the post that it is said of.
News = tuple[str, PostNews]


@dataclass(frozen=True, slots=True)
class SourceFile:
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
class Said:
    """Is what a post said before, as far as is needed to tell what has changed: digests of its PARTS and its saves."""

    title: str
    url: str
    parts: tuple[str, ...]
    saves: frozenset[str]

    @classmethod
    def by(cls, post: Post) -> Self:
        """Return what `post` says."""
        latest = post.latest
        body = (latest.content, latest.sections)
        parts = (_digest(part) for part in (post.title, body, post.summary))
        # A file's name is no part of what it says.
        saves = frozenset(_digest(replace(save, archive="", path="")) for save in post.saves)
        return cls(post.title, post.url, tuple(parts), saves)


@dataclass(frozen=True, slots=True)
class ChangedPost:
    """Is a post to be written anew: the saves that it keeps, and those to be read; without any it is lost.

    `before` is what it said, None where that is not known; `is_known` tells that the index had it all the same.
    """

    id: str
    kept: tuple[Save, ...]
    fresh: tuple[SourceFile, ...]
    before: Said | None = None
    is_known: bool = False

    def read(self) -> tuple[Post | None, list[SourceFile]]:
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

    def news(self, post: Post | None) -> News | None:
        """Return what has become of the post, which is now `post`, or None if that is nothing to tell."""
        if post is None:
            return ("lost", PostNews(self.id, self.before.title, self.before.url)) if self.before else None
        if self.before is None:
            return None if self.is_known else ("added", PostNews(self.id, post.title, post.url))
        now = Said.by(post)
        changed = tuple(
            part for part, was, is_now in zip(PARTS, self.before.parts, now.parts, strict=True) if was != is_now
        )
        if changed:
            return "changed", PostNews(self.id, post.title, post.url, changed)
        return "moved" if now.saves <= self.before.saves else "resaved", PostNews(self.id, post.title, post.url)


def _digest(said: object) -> str:
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digest_of(raw: bytes) -> str:
    """Return by what the content of a file is known again."""
    return hashlib.sha256(raw).hexdigest()[:32]
