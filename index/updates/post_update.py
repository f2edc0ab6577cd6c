"""The update of one post: its saves as they were, less the files that are gone, with the files that are new."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from index.archive.decoding import MAX_BYTES, MalformedPost, NotAPost
from index.archive.formats import read_save
from index.archive.identity import identify
from index.archive.post import Post, Save, make_post
from index.updates.report import PARTS, PostNews

# One of POST_KINDS, and the post that it is reported of.
News = tuple[str, PostNews]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that a scan found to be a save: its name for the system, its path within `archive`, its digest."""

    file: str
    archive: str
    path: str
    digest: str

    def read(self) -> tuple[Save | None, bool]:
        """Return the save that the file holds now, or None, and whether the file has changed since the scan."""
        try:
            with Path(self.file).open("rb") as stream:
                raw = stream.read(MAX_BYTES)
            return read_save(raw, self.archive, self.path), content_digest(raw) != self.digest
        except (OSError, MalformedPost, NotAPost):
            return None, True


@dataclass(frozen=True, slots=True)
class AppliedUpdate:
    """A post after its update (None if it is lost), its news, and the files that changed since the scan."""

    post: Post | None
    news: News | None
    changed_files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class PostUpdate:
    """The changes to one post, small enough to wait in memory and to be sent to another process.

    `fresh` are files to read, `gone` names as (archive, path) saves to remove, `saves` are saves to add unread.
    `is_known` if the index that a rebuild replaces has the post.
    """

    id: str
    fresh: tuple[SourceFile, ...] = ()
    gone: frozenset[tuple[str, str]] = frozenset()
    saves: tuple[Save, ...] = ()
    is_known: bool = False

    def apply(self, before: Post | None) -> AppliedUpdate:
        """Return the post after the update, of which the index has the state `before`."""
        # An update that was ended early may have written a save of a file that is read again now.
        replaced = self.gone | {(file.archive, file.path) for file in self.fresh}
        kept = [save for save in before.saves if (save.archive, save.path) not in replaced] if before else []
        saves, changed_files = [*kept, *self.saves], []
        for file in self.fresh:
            save, has_changed = file.read()
            if has_changed:
                changed_files.append(file)
            if save and identify(save.url).id == self.id:
                saves.append(save)
        post = self._post(saves) if saves else None
        return AppliedUpdate(post, self._news(before, post), tuple(changed_files))

    def _post(self, saves: list[Save]) -> Post:
        identity = identify(saves[-1].url)
        return make_post(self.id, identity.source, identity.account, identity.published, saves)

    def _news(self, before: Post | None, post: Post | None) -> News | None:
        if post is None:
            return ("lost", PostNews(self.id, before.title, before.url)) if before else None
        if before is None:
            return None if self.is_known else ("added", PostNews(self.id, post.title, post.url))
        pairs = zip(PARTS, _parts(before), _parts(post), strict=True)
        if changed := tuple(part for part, was, is_now in pairs if was != is_now):
            return "changed", PostNews(self.id, post.title, post.url, changed)
        kind = "moved" if _contents(post) <= _contents(before) else "resaved"
        return kind, PostNews(self.id, post.title, post.url)


@dataclass(slots=True)
class WriteOutcome:
    """The outcome of writing `count` posts: news, files changed since the scan, and why posts were refused."""

    count: int = 0
    news: list[News] = field(default_factory=list)
    changed_files: list[SourceFile] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def add(self, applied: AppliedUpdate) -> Self:
        """Count a post that was written."""
        self.count += 1
        self.news += [applied.news] if applied.news else []
        self.changed_files += applied.changed_files
        return self


def content_digest(raw: bytes) -> str:
    """Return the digest of a file's content."""
    return hashlib.sha256(raw).hexdigest()[:32]


def _parts(post: Post) -> tuple[object, ...]:
    """Return the values of PARTS."""
    return post.title, (post.latest.content, post.latest.sections), post.summary


def _contents(post: Post) -> set[str]:
    """Return the contents of the saves; a file's name is no part of them."""
    return {repr(replace(save, archive="", path="")) for save in post.saves}
