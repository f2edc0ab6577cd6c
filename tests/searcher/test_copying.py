"""A copy of an index answers as its source does, and knows the same files."""

from pathlib import Path

import pytest

from index import update
from index.backend import check
from index.errors import LocationError
from searcher import open_searcher
from searcher.copying import copy
from tests.conftest import EXAMPLES


def test_a_copy_holds_the_posts_and_files_of_its_source(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    update(source, [EXAMPLES])
    copied = copy(source, target)
    assert (copied.posts, copied.saves) == (31, 36)
    with open_searcher(source) as original, open_searcher(target) as copy_of_it:
        for post in (hit.post for hit in original.search("", page_size=100).hits):
            assert copy_of_it.post(post.id) == post
        assert copy_of_it.stats() == original.stats()
    assert check(target).is_whole
    assert update(target).unchanged


def test_a_copy_takes_the_place_of_no_index(tmp_path: Path) -> None:
    for name in ("source", "target"):
        update(tmp_path / name, [EXAMPLES])
    with pytest.raises(LocationError, match="already"):
        copy(tmp_path / "source", tmp_path / "target")
