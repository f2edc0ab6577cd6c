"""What an engine is to the benchmark."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.bench.documents import BenchDocument
from tests.bench.questions import Question

# No value of a facet holds it.
_BETWEEN = "\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """Is the ids of the first ten, the exact total, and for each facet asked for its values with their counts."""

    ids: list[str]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)


class Engine(Protocol):
    """Builds an index of documents once, opens it, and answers questions; ranks by its own BM25."""

    name: str
    version: str

    def build(self, folder: Path, documents: Iterable[BenchDocument]) -> None:
        """Write an index into the empty `folder`."""

    def open(self, folder: Path) -> None:
        """Open the index in `folder` for answering."""

    def supports(self, question: Question) -> bool:
        """Tell whether there is a way to ask `question` that its users would take."""

    def answer(self, question: Question) -> Answer:
        """Return the answer to a question that is supported."""


def count_lists(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how often each value stands in lists that `join_list` wrote, given how often each list does."""
    values: Counter[str] = Counter()
    for joined, count in counts.items():
        for value in joined.split(_BETWEEN) if joined else ():
            values[value] += count
    return dict(values)


def join_list(values: list[str]) -> str:
    """Return `values` as one, for engines that count documents by a single value each."""
    return _BETWEEN.join(values)
