"""Print how well this project and others rank, on sets of which it is known what should be found: make relevance.

What is printed is also written to RESULTS.md.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import machine
from tests.conftest import REAL_ARCHIVE
from tests.relevance.engines import ENGINES
from tests.relevance.measures import Quality, quality
from tests.relevance.sets import RelevanceSet, read_sets

SETS = REAL_ARCHIVE.parent / "relevance"
RESULTS = Path(__file__).with_name("RESULTS.md")
Ranked = dict[str, list[str]]

_HEAD = """# How well engines rank

Written by `make relevance`. Every engine holds the same texts and is asked the same queries: questions about passages
(CMRC2018), titles of abstracts (CSL), and an archive's own hashtags, taken out of its posts. The last columns are of
two halves of the queries, by chance but always the same: what was fitted to one would not show on the other.
"""
_TITLES = ("set", "engine", "MRR@10", "recall@1", "recall@10", "nDCG@10", "MRR@10 of one half", "of the other")
_COLUMNS = f"| {' | '.join(_TITLES)} |\n|---|---|{'---:|' * (len(_TITLES) - 2)}"


def main() -> None:
    if not (sets := read_sets(SETS, REAL_ARCHIVE)):
        sys.exit(f"There are no sets at {SETS} and no archive at {REAL_ARCHIVE}: set SEARCHER_TEST_ARCHIVE.")
    lines = []
    for line in (_COLUMNS, *_lines(sets)):
        print(line, flush=True)
        lines.append(line)
    RESULTS.write_text("\n".join((_HEAD, machine.describe(), "", *lines, "")), encoding="utf-8")


def _lines(sets: list[RelevanceSet]) -> Iterator[str]:
    for one in sets:
        name = f"{one.name}, {len(one.texts):,} posts, {len(one.queries):,} queries"
        for engine in ENGINES:
            try:
                ranked = rank_all(one, engine)
            except ModuleNotFoundError as missing:
                yield f"| {name} | {engine} | {missing.name} is not installed |{' |' * (len(_TITLES) - 3)}"
                continue
            found = measure(one, ranked)
            halves = (measure(one.half(which), ranked).mrr for which in (0, 1))
            figures = (found.mrr, found.recall_at_1, found.recall, found.ndcg, *halves)
            yield f"| {name} | {engine} | {' | '.join(f'{figure:.4f}' for figure in figures)} |"


def rank_all(texts: RelevanceSet, engine: str) -> Ranked:
    """Return how an engine ranks the texts of a set for each of its queries."""
    with TemporaryDirectory() as folder, ENGINES[engine](texts, Path(folder)) as rank:
        return {query: rank(query) for query in texts.queries}


def measure(texts: RelevanceSet, ranked: Ranked) -> Quality:
    """Return how good rankings are for the queries of a set."""
    return quality([(ranked[query], relevant) for query, relevant in texts.queries.items()])


if __name__ == "__main__":
    main()
