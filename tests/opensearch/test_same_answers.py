"""The cluster answers as the folder does: over an archive of real posts, two hundred questions of every kind."""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from index import update
from index.archive.post import Post
from index.backend import open_backend
from searcher import Searcher, SearchRequest, open_searcher
from searcher.results import Results
from tests.conftest import NO_REAL_ARCHIVE, REAL_ARCHIVE
from tests.engines import OPENSEARCH, SPREAD, cluster_there_is, delete_index
from tests.opensearch.questions import questions, slips

# What prefixes and the like stand for is scored by its best word there, and here as if all were one.
LEAST_OVERLAP = 0.9
# Whether posts hold a word itself, or only words that begin so, is told more strictly there.
LEAST_MEANT = 0.97


@pytest.fixture(scope="module")
def real_cluster() -> Iterator[Searcher]:
    """Give a searcher over the real archive in a cluster."""
    location = OPENSEARCH.new_location(Path())
    cluster_there_is()
    if not REAL_ARCHIVE.is_dir():
        pytest.skip(NO_REAL_ARCHIVE)
    update(location, [REAL_ARCHIVE], options=SPREAD)
    with open_searcher(location) as searcher:
        yield searcher
    delete_index(location)


@pytest.fixture(scope="module")
def asked(real_location: Path) -> list[SearchRequest]:
    return questions(stored_posts(real_location))


def stored_posts(location: Path) -> Iterator[Post]:
    with open_backend(location).contents() as source:
        yield from source.iter_posts()


def ids(results: Results) -> list[str]:
    return [hit.post.id for hit in results.hits]


@pytest.mark.thorough
def test_both_engines_agree_on_totals_facets_snippets_and_top_ten(
    real_location: Path, real_cluster: Searcher, asked: list[SearchRequest]
) -> None:
    overlaps = []
    with open_searcher(real_location) as folder:
        for request in asked:
            expected, found = folder.search(request), real_cluster.search(request)
            assert (found.total, found.facets) == (expected.total, expected.facets), request
            shown = {hit.post.id: (hit.matched_in, hit.snippet, hit.hashtags) for hit in expected.hits}
            for hit in found.hits:
                if hit.post.id in shown:
                    assert (hit.matched_in, hit.snippet, hit.hashtags) == shown[hit.post.id], request
            if expected.hits:
                overlaps.append(len(set(ids(expected)) & set(ids(found))) / len(expected.hits))
        assert folder.stats().posts == real_cluster.stats().posts
    print(f"{len(asked)} questions; of the first ten hits the same: {mean(overlaps):.3f}")
    assert mean(overlaps) >= LEAST_OVERLAP


def test_nearly_all_slips_are_put_right_alike(real_location: Path, real_cluster: Searcher) -> None:
    asked = slips(stored_posts(real_location))
    with open_searcher(real_location) as folder:
        expected = [folder.search(query).did_you_mean for query in asked]
    found = [real_cluster.search(query).did_you_mean for query in asked]
    same = sum(one == other for one, other in zip(expected, found, strict=True)) / len(asked)
    print(f"{len(asked)} slips, {sum(map(bool, expected))} of which are put right; the same: {same:.3f}")
    assert same >= LEAST_MEANT
    assert sum(map(bool, expected)) > len(asked) / 2
