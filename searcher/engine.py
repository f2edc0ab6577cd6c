"""The interface of both engines, and how a searcher is opened by the location of its index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, Self

from index.archive.post import Post
from index.backend import is_cluster
from index.updates.report import UpdateReport
from searcher.explanation import Explanation
from searcher.request import SearchRequest
from searcher.results import Commit, Hit, Results, Stats, Suggestion


class Searcher(Protocol):
    """A searcher over one index; threads may share it, and it follows the index's commits."""

    def search(self, query: str | SearchRequest, *, page: int = 1, page_size: int = 10) -> Results:
        """Return a page of ranked, faceted answers; `page` and `page_size` go with a `str`.

        Raises QuerySyntaxError if the query has no meaning.
        """

    def pages(self, request: SearchRequest) -> Iterator[Results]:
        """Yield every page of `request`, all of one commit; the page that it asks for does not matter.

        Raises QuerySyntaxError and RequestError, and MovingIndexError if a commit came between pages.
        """

    def post(self, post_id: str) -> Post | None:
        """Return the post with all its saves, or None if the index has no such post."""

    def posts(self, beginning: str, limit: int = 50) -> tuple[Post, ...]:
        """Return the newest posts whose id begins with `beginning`, the newest first.

        If there are more than `limit`, some others follow, so that the returned ids share no longer beginning than all
        such ids: shells complete it. Raises RequestError if `limit` is not from 1 to 100.
        """

    def labels(self, hashtags: tuple[str, ...]) -> tuple[str, ...]:
        """Return the archive's commonest spelling of each hashtag, once each."""

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return the commonest hashtags and words that begin with `prefix`: as written, in pinyin, or in its initials.

        A prefix that begins with # is completed by hashtags alone. Raises RequestError if `limit` is not from 1 to 100.
        """

    def explain(self, query: str | SearchRequest, post_id: str | None = None) -> Explanation:
        """Return how `query` is read, and why the post `post_id` is among its hits by relevance, or is not.

        Raises QuerySyntaxError, and UnknownPostError if the index has no such post.
        """

    def related(self, post_id: str, limit: int = 10) -> tuple[Hit, ...]:
        """Return the posts that share most of the key terms of a post: its hashtags and its rarest words.

        Raises UnknownPostError, and RequestError if `limit` is not from 1 to 100.
        """

    def stats(self) -> Stats:
        """Return the statistics of the index."""

    def commit(self) -> Commit:
        """Return the newest commit; later questions are answered from it or from a later one."""

    def imports(self, limit: int = 20) -> tuple[UpdateReport, ...]:
        """Return the reports of the last updates that had any news, the newest first; at most 50 are kept.

        Raises RequestError if `limit` is not from 1 to 100.
        """

    def close(self) -> None:
        """Release the index's files or connections."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


def open_searcher(location: str | Path) -> Searcher:
    """Return a searcher over the index at `location`: a folder, or the address opensearch+http://HOST:9200/NAME of one.

    Raises NoIndexError, OutdatedIndexError, DamagedIndexError, LocationError or ClusterError.
    """
    if is_cluster(location):
        from searcher.opensearch.engine import OpenSearchSearcher

        return OpenSearchSearcher(str(location))
    from searcher.embedded.engine import EmbeddedSearcher

    return EmbeddedSearcher(Path(location))
