"""A copy of an index, from a folder to a cluster or back, without reading its archives again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.archive.post import Post
from index.backend import ClusterOptions, is_cluster, open_backend, shown
from index.errors import LocationError, SearcherError
from index.updates.report import Progress
from index.updates.update import copy_index
from searcher.engine import Searcher, open_searcher
from searcher.query.tree import Terms, quote

# Posts, evenly spread, whose titles are searched in both indexes.
_SAMPLES = 20
_ASKED = 12


class CopyError(SearcherError):
    """A copy that does not answer as its source does: delete it, and copy again."""

    code = "copy"


@dataclass(frozen=True, slots=True)
class Copied:
    """The counts of a copy, and of the queries that both indexes answered alike."""

    posts: int
    saves: int
    queries: int


def copy(
    source: str | Path, target: str | Path, progress: Progress | None = None, options: ClusterOptions | None = None
) -> Copied:
    """Make at `target`, where there is no index yet, a copy of the index at `source`, and compare their answers.

    Raises LocationError if there is an index at `target`, CopyError if the two do not answer alike, and the errors of
    `index.errors`.
    """
    on_progress = progress or (lambda *_: None)
    backend = open_backend(target, options if is_cluster(target) else None)
    if backend.newest_commit() is not None:
        raise LocationError(f"There is an index at {shown(target)} already: name another place for the copy.")
    titles: list[str] = []
    with open_backend(source).contents() as contents:
        step = max(1, contents.count // _SAMPLES)

        def posts() -> Iterator[Post]:
            for count, post in enumerate(contents.posts(on_progress)):
                if count % step == 0 and post.title.strip():
                    titles.append(" ".join(post.title.split()))
                yield post

        copy_index(backend, contents, posts())
    with open_searcher(source) as one, open_searcher(target) as other:
        return _compared(one, other, titles, target)


def _compared(one: Searcher, other: Searcher, titles: list[str], target: str | Path) -> Copied:
    expected, found = one.stats(), other.stats()
    if (expected.posts, expected.saves) != (found.posts, found.saves):
        raise CopyError(
            f"The copy at {shown(target)} has {found.posts:,} posts and {found.saves:,} saves instead of "
            f"{expected.posts:,} and {expected.saves:,}: delete it, and copy again while nothing else writes."
        )
    queries = [query for title in titles for query in (quote(title[:_ASKED]), _words(title))]
    for query in queries:
        if (there := one.search(query).total) != (here := other.search(query).total):
            raise CopyError(
                f"The copy at {shown(target)} finds {here:,} posts by {query} instead of {there:,}: "
                "delete it, and copy again while nothing else writes."
            )
    return Copied(found.posts, found.saves, len(queries))


def _words(title: str) -> str:
    plain = "".join(character if character.isalnum() else " " for character in title[: 3 * _ASKED])
    return str(Terms(" ".join(plain.split()))) if plain.strip() else "*"
