"""Whole answers to what a user types: this project's search against tantivy made to do the same work.

Both are to read the query, find the total, count facets, and fetch and excerpt ten posts.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tantivy import SnippetGenerator

from index.text import tokenizer
from index.text.folding import fold
from searcher import open_searcher
from tests.bench.documents import BenchDocument, pairs, stored_documents
from tests.bench.engines.tantivy import Tantivy
from tests.bench.measure import RUNS, percentiles
from tests.bench.questions import FACETS, Question

_PER_KIND = 4
_SAMPLE = 500
_START_OF_2024 = 1_704_038_400  # where the archive is


@dataclass(frozen=True, slots=True)
class Typed:
    """Is one query as it is typed here, and as tantivy's parser takes it."""

    text: str
    for_tantivy: str


def choose_typed(documents: Path, questions: dict[str, list[Question]]) -> dict[str, list[Typed]]:
    """Return queries of each kind, of the words that `questions` ask for and of texts of `documents`."""
    chance = random.Random(20250612)
    sample = list(islice(stored_documents(documents), _SAMPLE))
    words = list(dict.fromkeys(text for name in ("common", "5-or") for one in questions[name] for text in one.texts))
    two, three = (re.compile(f"[\u4e00-\u9fff]{{{length}}}").fullmatch for length in (2, 3))
    two_characters = list(filter(two, words))
    hashtags = [hashtag for document in sample for hashtag in document.hashtags]
    kinds = {
        "two characters": list(map(_words, two_characters)),
        "three characters": list(map(_words, filter(three, words))),
        "two words": [_words(" ".join(question.texts)) for question in questions["2-and"]],
        "long phrase": [_words(text) for text in _long_phrases(sample)],
        "exact text": [_exact(question.texts[0]) for question in questions["phrase"]],
        "Latin word": [_words(word) for word in words if word.isascii() and word.isalpha()],
        "hashtag": [Typed(f"#{name}#", f"hashtag:{_quoted(name)}") for name in dict.fromkeys(hashtags)],
        "filters": [_filtered(word) for word in two_characters],
    }
    # Sentences of jieba's words hold none in Latin script.
    return {kind: chance.sample(typed, min(_PER_KIND, len(typed))) for kind, typed in kinds.items() if typed}


def measure_typed(documents: Path, location: Path, folder: Path, questions: dict[str, list[Question]]) -> str:
    """Return a table of the times of both; this project's index is at `location`, tantivy's is built in `folder`."""
    tantivy = Tantivy(stored_words=True)
    folder.mkdir()
    tantivy.build(folder, stored_documents(documents))
    tantivy.open(folder)
    lines = ["| typed, p50 / p95 ms | this project | tantivy | p50 ÷ tantivy's |", "|---|---:|---:|---:|"]
    all_ours, all_theirs = [], []
    with open_searcher(location) as searcher:
        for kind, typed in choose_typed(documents, questions).items():
            ours = _times(searcher.search, [one.text for one in typed])
            theirs = _times(lambda query: _answer(tantivy, query), [one.for_tantivy for one in typed])
            lines.append(_line(kind, ours, theirs))
            all_ours += ours
            all_theirs += theirs
    return "\n".join((*lines, _line("all of these", all_ours, all_theirs))) + "\n"


def _line(kind: str, ours: list[float], theirs: list[float]) -> str:
    cells = (f"{median:.1f} / {most:.1f}" for median, most in (percentiles(ours), percentiles(theirs)))
    return f"| {kind} | {' | '.join(cells)} | {percentiles(ours)[0] / percentiles(theirs)[0]:.1f}× |"


def _answer(engine: Tantivy, text: str) -> Any:
    query = engine.index.parse_query(text, ["words"])
    result: Any = engine.searcher.search(query, 10)
    facets = engine.facets(query, FACETS)
    snippets = SnippetGenerator.create(engine.searcher, query, engine.schema, "words")
    documents = [engine.searcher.doc(address) for _, address in result.hits]
    hits = [(one["id"][0], one["post"][0], snippets.snippet_from_doc(one).to_html()) for one in documents]
    return result.count, facets, hits


def _times(search: Callable[[str], object], texts: list[str]) -> list[float]:
    for text in texts:
        search(text)
    times = []
    for text in texts * (10 * RUNS):
        began = time.perf_counter()
        search(text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _long_phrases(sample: list[BenchDocument]) -> Iterator[str]:
    for document in sample:
        for text in document.texts:
            yield from re.findall("[\u4e00-\u9fff]{8,12}", text)


def _words(text: str) -> Typed:
    return Typed(text, " ".join(map(_quoted, tokenizer.word_tokens(fold(text)))))


def _exact(text: str) -> Typed:
    # Without the words as well there would be nothing to excerpt in the field that is stored.
    return Typed(f'"{text}"', f"+pairs:{_quoted(' '.join(pairs(text)))} {_words(text).for_tantivy}")


def _filtered(word: str) -> Typed:
    return Typed(
        f"{word} source:weibo since:2024",
        f"+({_words(word).for_tantivy}) +source:weibo +published:[{_START_OF_2024} TO *]",
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
