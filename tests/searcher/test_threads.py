"""One searcher answers many threads."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index import update
from index.text import tokenizer
from searcher import open_searcher
from tests.conftest import WritePost

WORDS = [f"{stem}{ending}" for stem in ("runn", "connect", "relat", "happi", "hop") for ending in ("ing", "ed", "ness")]


@pytest.fixture
def hasty_switches() -> Iterator[None]:
    """Let threads switch within single words, as they may on a busy server."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_switches")
def test_threads_stem_as_one_does() -> None:
    texts = [" ".join(f"{chr(97 + number % 26)}{word}" for word in WORDS) for number in range(26 * 8)]
    alone = {text: list(tokenizer.word_tokens(text)) for text in texts}
    for _ in range(20):
        tokenizer._latin_word.cache_clear()
        with ThreadPoolExecutor(8) as threads:
            together = dict(zip(texts, threads.map(lambda text: list(tokenizer.word_tokens(text)), texts), strict=True))
        assert together == alone


@pytest.mark.thorough
def test_threads_search_while_the_index_changes(write_post: WritePost, archive: Path, location: Path) -> None:
    for number in range(20):
        write_post(f"{number}.md", url=f"https://example.org/{number}", body=f"共同 running {number}")
    update(location, [archive])
    with open_searcher(location) as searcher, ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(lambda: searcher.search("共同 runs").total) for _ in range(200)]
        for number in range(20, 26):
            write_post(f"{number}.md", url=f"https://example.org/{number}", body=f"共同 running {number}")
            update(location)
        assert {one.result() for one in asked} <= set(range(20, 27))
        assert searcher.search("共同 runs").total == 26
