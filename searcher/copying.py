"""Move house: an index as it is, from a folder to a cluster or back, without reading its archives again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.archive.post import Post
from index.backend import newest_commit
from index.errors import LocationError, SearcherError
from index.opensearch.address import is_cluster, shown
from index.opensearch.options import ClusterOptions
from index.source import Source, open_source
from index.updates.report import Progress
from searcher.engine import Searcher, open_searcher
from searcher.query.tree import Terms, quote

# Posts, evenly spread over all, whose titles are asked for in both indexes.
_SAMPLES = 20
_ASKED = 12


class CopyError(SearcherError):
    """Says that a copy does not answer as the index that it was made of: delete it, and copy again."""

    code = "copy"


@dataclass(frozen=True, slots=True)
class Copied:
    """Tells what a copy holds, and how many queries both indexes answered alike."""

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
    if newest_commit(target) is not None:
        raise LocationError(f"There is an index at {shown(target)} already: name another place for the copy.")
    with open_source(source) as read:
        samples = _Samples(max(1, read.count // _SAMPLES))
        _fill(target, read, samples.of(read.posts(on_progress)), options or ClusterOptions())
    with open_searcher(source) as one, open_searcher(target) as other:
        return _compared(one, other, samples.titles, target)


def _fill(target: str | Path, read: Source, posts: Iterator[Post], options: ClusterOptions) -> None:
    if is_cluster(target):
        from index.opensearch.filling import fill_cluster

        fill_cluster(str(target), read, posts, options)
    else:
        from index.store.folder_update import fill_folder

        fill_folder(Path(target).absolute(), posts, read.files, read.matched)


class _Samples:
    """Notes the title of every so-manieth post that passes by."""

    def __init__(self, step: int) -> None:
        self._step = step
        self.titles: list[str] = []

    def of(self, posts: Iterator[Post]) -> Iterator[Post]:
        for number, post in enumerate(posts):
            if number % self._step == 0 and post.title.strip():
                self.titles.append(" ".join(post.title.split()))
            yield post


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
