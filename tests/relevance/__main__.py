"""Print how well this project and others rank, on sets of which it is known what should be found: make relevance."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import REAL_ARCHIVE
from tests.relevance.engines import ENGINES
from tests.relevance.measures import Quality, quality
from tests.relevance.sets import RelevanceSet, read_sets

SETS = REAL_ARCHIVE.parent / "relevance"


def main() -> None:
    if not (sets := read_sets(SETS, REAL_ARCHIVE)):
        sys.exit(f"There are no sets at {SETS} and no archive at {REAL_ARCHIVE}: set SEARCHER_TEST_ARCHIVE.")
    print("| set | engine | MRR@10 | recall@1 | recall@10 | nDCG@10 |\n|---|---|---:|---:|---:|---:|")
    for one in sets:
        for name in ENGINES:
            print(
                _line(f"{one.name}, {len(one.texts):,} posts, {len(one.queries):,} queries", name, measure(one, name))
            )


def measure(texts: RelevanceSet, engine: str) -> Quality:
    """Return how well an engine ranks the texts of a set for its queries."""
    with TemporaryDirectory() as folder:
        rank = ENGINES[engine](texts, Path(folder))
        return quality([(rank(query), relevant) for query, relevant in texts.queries.items()])


def _line(name: str, engine: str, found: Quality) -> str:
    figures = (found.mrr, found.recall_at_1, found.recall, found.ndcg)
    return f"| {name} | {engine} | {' | '.join(f'{figure:.4f}' for figure in figures)} |"


if __name__ == "__main__":
    main()
