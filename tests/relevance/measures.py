"""How good a ranking is, given what should be found."""

from dataclasses import dataclass
from math import log2

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """Holds means over queries, each of the first ten hits: 1 is best."""

    mrr: float
    recall_at_1: float
    recall: float
    ndcg: float


def quality(rankings: list[tuple[list[str], set[str]]]) -> Quality:
    """Return how good rankings are, each with what it should have found."""
    rows = [_of_one(ranked[:DEPTH], relevant) for ranked, relevant in rankings]
    return Quality(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))


def _of_one(ranked: list[str], relevant: set[str]) -> tuple[float, float, float, float]:
    hits = [rank for rank, found in enumerate(ranked, 1) if found in relevant]
    best = sum(1 / log2(rank + 1) for rank in range(1, min(len(relevant), DEPTH) + 1))
    return (
        1 / hits[0] if hits else 0.0,
        float(bool(hits) and hits[0] == 1) / min(1, len(relevant)),
        len(hits) / min(DEPTH, len(relevant)),
        sum(1 / log2(rank + 1) for rank in hits) / best,
    )
