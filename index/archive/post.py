"""Saves and posts: a Save is one file, a Post one URL with all its saves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ARCHIVE_ZONE = ZoneInfo("Asia/Shanghai")
# The archiver's text in place of a summary that its model did not give.
PLACEHOLDER_SUMMARY = "这是一篇关于AI Agent领域的论文，主要探讨了最新进展和研究方向。"


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its address, without redirects, and its text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a post's body; `quoted` is the text of reposts, which is not in `text`."""

    text: str = ""
    quoted: str = ""
    links: tuple[Link, ...] = ()
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a file besides body, summary and metadata."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Save:
    """One file: the post as it was saved once.

    `path` is relative to the folder `archive`. `saved` is in UTC, None where the file names no time. `claims` are the
    lines of the metadata section, by name. `other_side` are the texts that only the earlier side of a git conflict has.
    """

    archive: str
    path: str
    url: str
    title: str
    content: Content
    summary: str = ""
    saved: datetime | None = None
    claims: dict[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    other_side: tuple[str, ...] = ()

    @property
    def has_placeholder_summary(self) -> bool:
        return not self.summary or self.summary.startswith(PLACEHOLDER_SUMMARY)

    @property
    def type(self) -> str:
        return self.claims.get("类型", "")

    @property
    def claimed_source(self) -> str:
        return self.claims.get("来源", "")

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts of this save that are searched."""
        sections = (part for section in self.sections for part in (section.heading, section.text))
        return (self.title, self.content.text, self.content.quoted, self.summary, *sections, *self.other_side)


@dataclass(frozen=True, slots=True)
class Post:
    """One URL with all its saves, oldest first; the latest save gives title, text and summary."""

    id: str
    source: str
    account: str
    published: datetime | None
    saves: tuple[Save, ...]

    @property
    def latest(self) -> Save:
        return self.saves[-1]

    @property
    def url(self) -> str:
        return self.latest.url

    @property
    def title(self) -> str:
        return self.latest.title

    @property
    def summary(self) -> str:
        """Return the latest summary that is no placeholder, or else the placeholder."""
        real = (save.summary for save in reversed(self.saves) if not save.has_placeholder_summary)
        return next(real, self.latest.summary)

    @property
    def hashtags(self) -> tuple[str, ...]:
        """Return the hashtags of the latest save, in its text and in its quoted text."""
        return self.latest.content.hashtags

    @property
    def first_saved(self) -> datetime | None:
        return next((save.saved for save in self.saves if save.saved), None)

    @property
    def last_saved(self) -> datetime | None:
        return self.latest.saved or self.first_saved


def make_post(post_id: str, source: str, account: str, published: datetime | None, saves: list[Save]) -> Post:
    """Return the post of `saves`, in order of time; without a `published` time it takes that of the first save."""
    ordered = sorted(saves, key=lambda save: (save.saved or datetime.min.replace(tzinfo=UTC), save.path, save.archive))
    first_saved = next((save.saved for save in ordered if save.saved), None)
    return Post(post_id, source, account, published or first_saved, tuple(ordered))
