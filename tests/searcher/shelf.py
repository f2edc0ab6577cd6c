"""Small archives of named posts: what a test writes, and the names of what a query finds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index import update
from index.archive.identity import identify, weibo_bid
from searcher import SearchRequest, open_searcher
from searcher.results import Results
from tests.conftest import post_text
from tests.engines import EMBEDDED, Engine, delete_index

NOON = datetime(2025, 5, 8, 4, 0, tzinfo=UTC)
Parts = dict[str, str]


def weibo_url(account: int, published: datetime = NOON) -> str:
    """Return the URL of a Weibo post of a time: the clock stands above 22 bits of its numeric id."""
    return f"https://weibo.com/{account}/{weibo_bid((int(published.timestamp()) - 515483463) << 22)}"


def linked(hashtag: str) -> str:
    """Return a hashtag as Weibo's HTML has it."""
    return f'<a href="https://m.weibo.cn/search?q={hashtag}"><span class="surl-text">#{hashtag}#</span></a>'


class Shelf:
    """Is an archive of named posts with an index and a searcher over it; each post is one save or a list of them."""

    def __init__(self, folder: Path, posts: dict[str, Parts | list[Parts]], engine: Engine = EMBEDDED) -> None:
        self.folder = folder
        self.location = engine.new_location(folder)
        self._engine = engine
        self._names: dict[str, str] = {}
        for name, parts in posts.items():
            self.write(name, *([parts] if isinstance(parts, dict) else parts))
        self.update()
        self.searcher = open_searcher(self.location)

    def write(self, name: str, *saves: Parts) -> None:
        url = weibo_url(9900000100 + len(self._names))
        for number, parts in enumerate(saves):
            whole = {"url": url, "title": "札记", "body": "正文", "summary": "小结", **parts}
            self._names[identify(whole["url"]).id] = name
            file = self.folder / "archive" / f"{name}-{number}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(post_text(**whole), encoding="utf-8")

    def update(self) -> None:
        update(self.location, [self.folder / "archive"], options=self._engine.options)

    def close(self) -> None:
        self.searcher.close()
        delete_index(self.location)

    def search(self, query: str, **parts: Any) -> Results:
        return self.searcher.search(SearchRequest(query, page_size=100, **parts))

    def ranked(self, query: str, **parts: Any) -> list[str]:
        """Return the names of all posts found, the best first."""
        results = self.search(query, **parts)
        assert results.total == len(results.hits)
        return [self._names[hit.post.id] for hit in results.hits]

    def found(self, query: str, **parts: Any) -> set[str]:
        return set(self.ranked(query, **parts))

    def id(self, name: str) -> str:
        return next(one for one, known in self._names.items() if known == name)

    def related(self, name: str) -> list[str]:
        """Return the names of the posts related to one, the closest first."""
        return [self._names[hit.post.id] for hit in self.searcher.related(self.id(name))]

    def matched_in(self, query: str) -> dict[str, tuple[str, ...]]:
        return {self._names[hit.post.id]: hit.matched_in for hit in self.search(query).hits}
