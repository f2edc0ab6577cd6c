"""One searcher answers many threads."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index import analyzer, update
from searcher import open_searcher
from tests.conftest import WritePost

WORDS = [f"{stem}{ending}" for stem in ("runn", "connect", "relat", "happi", "hop") for ending in ("ing", "ed", "ness")]


def test_threads_stem_as_one_does() -> None:
    words = [f"{word}{number % 7}x {word}" for number in range(400) for word in WORDS]
    alone = {word: list(analyzer.words(word)) for word in words}
    analyzer._latin_unit.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        together = dict(zip(words, threads.map(lambda word: list(analyzer.words(word)), words), strict=True))
    assert together == alone


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
