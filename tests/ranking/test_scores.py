"""The scores of a tiny archive, by the formulas written out here: a wrong constant of the program fails.

The posts' lengths, in words weighted by zone (title 2, body 1, summary 1.5, quoted 0.5, earlier saves 0.2):

    title    "cello" 2, body 3                                     5
    body     body 5, five words of an earlier save 0.2 each        6
    summary  body 4, summary 3                                     7
    phrase   body 4, two quoted words 0.5 each                     5
"""

from collections.abc import Iterator
from math import log

import pytest

from tests.searcher.shelf import Shelf

WORDS = "banjo = gong"
NOTHING = {"title": "", "summary": ""}
POSTS = {
    "title": {**NOTHING, "title": "cello", "body": "drum harp 琵琶"},
    "body": [
        {**NOTHING, "body": "tuba bassoon sitar gong bell", "saved": "2025-05-01T00:00:00Z"},
        {**NOTHING, "body": "cello piano drum harp 琵琶", "saved": "2025-05-02T00:00:00Z"},
    ],
    "summary": {**NOTHING, "summary": "cello organ", "body": "harp drum 二胡，琵琶"},
    "phrase": {**NOTHING, "body": "piano violin drum harp<blockquote>guitar banjo</blockquote>"},
}
MEAN_LENGTH = 5.75
MAX_IDF = log(1 + 3.5 / 1.5)


def idf(posts: int) -> float:
    return log(1 + (4 - posts + 0.5) / (posts + 0.5))


def word(posts: int) -> float:
    return MAX_IDF * (idf(posts) / MAX_IDF) ** 1.15


def gram(posts: int) -> float:
    return MAX_IDF * (idf(posts) / MAX_IDF) ** 2


def bm25(tf: float, length: int) -> float:
    return 3 * tf / (tf + 2 * (0.15 + 0.85 * length / MEAN_LENGTH))


def near(substrings: float) -> float:
    """Return what substrings add whose lengths to the power 1.5 have this sum."""
    return 0.21 * MAX_IDF * substrings


def capped(score: float) -> float:
    """Return a score to which its substrings add as much as they may."""
    return 2.5 * score


PIPA = word(3) + 0.6 * gram(3) + 2 * 1.2 * gram(3)
ERHU = word(1) + 0.6 * gram(1) + 2 * 1.2 * gram(1)
BANJO, GONG = word(1) * bm25(0.5, 5), word(1) * bm25(0.2, 6) * 0.1
GONG_FOR_BANJO = 0.7 * (3.5 * word(1) + near(4**1.5)) / (3.5 * word(1) + near(3**1.5))
SCORES = {
    # As a text and as a word.
    '"cello"': {
        "title": 2 * word(3) * bm25(2, 5),
        "body": 2 * word(3) * bm25(1, 6),
        "summary": 2 * word(3) * bm25(1.5, 7),
    },
    "guitar": {"phrase": 2 * word(1) * bm25(0.5, 5)},
    # An earlier save counts a tenth.
    "tuba": {"body": 2 * word(1) * bm25(0.2, 6) * 0.1},
    # 3.5 times for the whole text, and its 11 pairs less 2, since a Latin word counts as four letters.
    "piano violin": {
        "phrase": 3.5 * bm25(1, 5) * (word(2) + word(1)) + near(9**1.5),
        "body": capped(word(2) * bm25(1, 6)),
    },
    "drum harp": {
        "title": capped(3.5 * 2 * word(4) * bm25(1, 5)),
        "body": capped(3.5 * 2 * word(4) * bm25(1, 6)),
        "summary": capped(2 * word(4) * bm25(1, 7)),
        "phrase": capped(3.5 * 2 * word(4) * bm25(1, 5)),
    },
    # A stem counts half.
    "drums": {
        "title": capped(0.5 * word(4) * bm25(1, 5)),
        "body": capped(0.5 * word(4) * bm25(1, 6)),
        "summary": capped(0.5 * word(4) * bm25(1, 7)),
        "phrase": capped(0.5 * word(4) * bm25(1, 5)),
    },
    # Each a word, a pair and two characters, and a substring of one pair. 琵琶 alone is not enough: its idf(3) is less
    # than 0.2 * (idf(3) + idf(0) + idf(1)), the pair 琶二 included, which no post holds.
    "琵琶二胡": {"summary": bm25(1, 7) * (PIPA + ERHU) + near(1 + 1)},
    # The other word counts less, as if both were equally rare and long.
    "banjo": {"phrase": 3.5 * BANJO + near(4**1.5), "body": GONG_FOR_BANJO * capped(3.5 * GONG)},
    # The words of a pattern score as one word.
    "ce*": {
        "title": word(3) * bm25(2, 5),
        "body": word(3) * bm25(1, 6),
        "summary": word(3) * bm25(1.5, 7),
    },
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("scores")
    (folder / "words.txt").write_text(WORDS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_WORDS", str(folder / "words.txt"))
        shelf = Shelf(folder, POSTS)
    with shelf.searcher:
        yield shelf


@pytest.mark.parametrize("query", SCORES)
def test_scores_follow_the_written_formulas(shelf: Shelf, query: str) -> None:
    scores = {shelf._names[hit.post.id]: hit.score for hit in shelf.search(query).hits}
    assert scores == pytest.approx(SCORES[query], rel=1e-5)
