"""What an archive holds: a Save is one file, a Post one URL with all its saves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ARCHIVE_ZONE = ZoneInfo("Asia/Shanghai")
# What the archiver wrote where its model gave no summary.
PLACEHOLDER_SUMMARY = "这是一篇关于AI Agent领域的论文，主要探讨了最新进展和研究方向。"


@dataclass(frozen=True, slots=True)
class Link:
    """Is one outgoing link: its true address, unwrapped, and the text it stood on."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """Is what a post's body holds; `quoted` is the text of reposts, apart from the author's own words."""

    text: str = ""
    quoted: str = ""
    links: tuple[Link, ...] = ()
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Is a section of a file that is none of the known three, under its own heading."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Save:
    """Is one file: the post as it was saved once.

    `path` is relative to the folder `archive`. `saved` is in UTC, None where the file names no time. `claims`
    holds every line of the metadata section, unread. `other_side` holds what the losing side of a git
    conflict said and the winning side doesn't.
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
        """Return every text of this save that a reader could search for."""
        sections = (part for section in self.sections for part in (section.heading, section.text))
        return (self.title, self.content.text, self.content.quoted, self.summary, *sections, *self.other_side)


@dataclass(frozen=True, slots=True)
class Post:
    """Is one URL with all its saves, oldest first; the latest is what the post says."""

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
        """Return the latest summary that is one, or else the placeholder."""
        real = (save.summary for save in reversed(self.saves) if not save.has_placeholder_summary)
        return next(real, self.latest.summary)

    @property
    def hashtags(self) -> tuple[str, ...]:
        """Return the spellings of the topics in the latest save, the text's and the quoted repost's."""
        return self.latest.content.hashtags

    @property
    def first_saved(self) -> datetime | None:
        return next((save.saved for save in self.saves if save.saved), None)

    @property
    def last_saved(self) -> datetime | None:
        return self.latest.saved or self.first_saved


def make_post(post_id: str, source: str, account: str, published: datetime | None, saves: list[Save]) -> Post:
    """Return the post of `saves`, in order of time; where no publish time is known, the first save stands in."""
    ordered = sorted(saves, key=lambda save: (save.saved or datetime.min.replace(tzinfo=UTC), save.path, save.archive))
    post = Post(post_id, source, account, published, tuple(ordered))
    return post if published else Post(post_id, source, account, post.first_saved, post.saves)
