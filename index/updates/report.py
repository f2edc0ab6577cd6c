"""What an update did, in the form in which it is told, and kept in the index."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

# Of how many posts or files of a kind a report gives the names; it counts all.
MAX_NAMED = 200
# What of a post an update can find changed.
PARTS = ("title", "body", "summary")
Named = TypeVar("Named")
# Called as progress(step, done, total); total is 0 while it isn't known.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class PostNews:
    """Names a post that an update wrote or lost; `changed` says which of its PARTS say something else than before.

    Of a post that a rebuild lost no more is known than its `id`.
    """

    id: str
    title: str = ""
    url: str = ""
    changed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "url": self.url, "changed": list(self.changed)}


@dataclass(frozen=True, slots=True)
class Problem:
    """Names a file or folder that was passed over, and why."""

    path: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"path": self.path, "reason": self.reason}


@dataclass(slots=True)
class Listing(Generic[Named]):
    """Counts all of a kind, and has the first MAX_NAMED of them."""

    count: int = 0
    first: list[Named] = field(default_factory=list)

    def add(self, one: Named) -> None:
        self.count += 1
        if len(self.first) < MAX_NAMED:
            self.first.append(one)

    @classmethod
    def of(cls, all_of_them: Iterable[Named]) -> Self:
        """Return the listing of `all_of_them`."""
        listing = cls()
        for one in all_of_them:
            listing.add(one)
        return listing


@dataclass(slots=True)
class UpdateReport:
    """Is what one update did; `posts` and `saves` count what the index holds after it.

    Posts are `added`, or `lost` with their last save. Of the others `changed` ones say something else than before,
    `resaved` ones the same in a save that is new, `moved` ones the same in files that were renamed or are fewer.
    `changed_parts` counts the changed by part. A rebuild reports what was added and lost, nothing between.

    `malformed` files look like posts and can't be read as such; `unopened` ones could not be opened, and what the
    index held of them before is kept. `finished` is in ISO form, in UTC.
    """

    finished: str = ""
    posts: int = 0
    saves: int = 0
    rebuilt: bool = False
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

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object of the report, the same from the command line, over HTTP and in the index."""
        return {
            "finished": self.finished,
            "rebuilt": self.rebuilt,
            "posts": self.posts,
            "saves": self.saves,
            "archives": list(self.archives),
            **{kind: _listing_json(getattr(self, kind), "posts") for kind in POST_KINDS},
            "changed_parts": self.changed_parts,
            **{kind: _listing_json(getattr(self, kind), "files") for kind in FILE_KINDS},
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Self:
        """Return the report that `as_json` made `record` of; raises KeyError or TypeError if it didn't."""
        plain = ("finished", "rebuilt", "posts", "saves", "archives", "changed_parts")
        listings = {kind: _listing(record[kind], read) for kind, read in _READ.items()}
        fields: dict[str, Any] = {**{name: record[name] for name in plain}, **listings}
        return cls(**fields)


POST_KINDS = ("added", "resaved", "changed", "moved", "lost")
FILE_KINDS = ("malformed", "unopened", "not_posts")


def _listing_json(listing: Listing[Any], name: str) -> dict[str, Any]:
    return {"count": listing.count, name: [one if isinstance(one, str) else one.as_json() for one in listing.first]}


def _listing(record: dict[str, Any], read: Callable[[Any], Any]) -> Listing[Any]:
    return Listing(record["count"], [read(one) for one in record["posts" if "posts" in record else "files"]])


def _news(record: dict[str, Any]) -> PostNews:
    return PostNews(record["id"], record["title"], record["url"], tuple(record["changed"]))


def _problem(record: dict[str, Any]) -> Problem:
    return Problem(record["path"], record["reason"])


_READ: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(POST_KINDS, _news),
    "malformed": _problem,
    "unopened": _problem,
    "not_posts": str,
}
