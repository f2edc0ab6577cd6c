"""The report of an update, as it is printed, and kept in the index as JSON."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Generic, Self, TypeVar

# Posts or files of a kind that a report lists; it counts all of them.
MAX_NAMED = 200
# Reports that an index keeps.
MAX_IMPORTS = 50
# The parts of a post in which an update finds changes.
PARTS = ("title", "body", "summary")
POST_KINDS = ("added", "resaved", "changed", "moved", "lost")
FILE_KINDS = ("malformed", "unopened", "not_posts")
T = TypeVar("T")
# Called as progress(step, done, total); total is 0 while it isn't known.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class PostNews:
    """A post that an update wrote or lost; `changed` lists those of its PARTS that differ from before.

    For a post that a rebuild lost, only the `id` is known.
    """

    id: str
    title: str = ""
    url: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that could not be used, and the reason."""

    path: str
    reason: str


@dataclass(slots=True)
class Listing(Generic[T]):
    """The posts or files of a kind: their count, and the first MAX_NAMED of them."""

    count: int = 0
    first: list[T] = field(default_factory=list)

    def add(self, item: T) -> None:
        self.count += 1
        if len(self.first) < MAX_NAMED:
            self.first.append(item)

    @classmethod
    def from_items(cls, items: list[T]) -> Self:
        """Return the listing of all `items`."""
        return cls(len(items), items[:MAX_NAMED])


@dataclass(slots=True)
class UpdateReport:
    """The report of one update; `posts` and `saves` are the totals of the index after it.

    Posts are `added`, or `lost` with their last save. A `changed` post differs in text from before. A `resaved` post
    has the same text in a new save. A `moved` post has the same text in files that were renamed or are fewer.
    `changed_parts` counts the changed posts by part. A rebuild reports only added and lost posts.

    `malformed` files look like posts but can't be read as such. `unopened` files could not be opened; the index keeps
    the saves it had from them. `finished` is in ISO form, in UTC.
    """

    finished: str = ""
    rebuilt: bool = False
    posts: int = 0
    saves: int = 0
    archives: list[str] = field(default_factory=list)
    added: Listing[PostNews] = field(default_factory=Listing)
    resaved: Listing[PostNews] = field(default_factory=Listing)
    changed: Listing[PostNews] = field(default_factory=Listing)
    moved: Listing[PostNews] = field(default_factory=Listing)
    lost: Listing[PostNews] = field(default_factory=Listing)
    changed_parts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))
    malformed: Listing[Problem] = field(default_factory=Listing)
    unopened: Listing[Problem] = field(default_factory=Listing)
    not_posts: Listing[str] = field(default_factory=Listing)

    @property
    def unchanged(self) -> bool:
        return not (self.rebuilt or any(getattr(self, kind).count for kind in POST_KINDS))

    @property
    def unreadable(self) -> int:
        """Return how many files could not be read."""
        return self.malformed.count + self.unopened.count

    def add(self, kind: str, news: PostNews) -> None:
        """Count a post under one of POST_KINDS."""
        listing: Listing[PostNews] = getattr(self, kind)
        listing.add(news)
        for part in news.changed:
            self.changed_parts[part] += 1

    def finish(self, posts: int, saves: int) -> None:
        """Note the counts of the index, and that the update ends now."""
        self.posts, self.saves = posts, saves
        self.finished = datetime.now(UTC).isoformat(timespec="seconds")

    def is_news(self, last: "UpdateReport | None") -> bool:
        """Return whether this report says more than the one before: that of an hourly update mostly doesn't."""
        return not self.unchanged or not last or (self.malformed, self.unopened) != (last.malformed, last.unopened)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object of the report, the same on the command line, over HTTP and in the index."""
        record = asdict(self)
        for kind in (*POST_KINDS, *FILE_KINDS):
            record[kind]["posts" if kind in POST_KINDS else "files"] = record[kind].pop("first")
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Self:
        """Return the report whose `as_json` is `record`; raise KeyError or TypeError if there is none."""
        values = {field.name: record[field.name] for field in fields(cls)}
        for kind in POST_KINDS:
            posts = [PostNews(**{**post, "changed": tuple(post["changed"])}) for post in record[kind]["posts"]]
            values[kind] = Listing(record[kind]["count"], posts)
        for kind in FILE_KINDS:
            files = record[kind]["files"]
            first = files if kind == "not_posts" else [Problem(**file) for file in files]
            values[kind] = Listing(record[kind]["count"], first)
        return cls(**values)
