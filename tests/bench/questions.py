"""What every engine is asked: seeded, and drawn from what the documents hold, by how many of them hold it."""

import random
import re
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from tests.bench.documents import BenchDocument

Facet = Literal["source", "month", "hashtag"]
Kind = Literal["term", "and", "or", "phrase", "prefix", "wildcard"]

FACETS: tuple[Facet, ...] = ("source", "month", "hashtag")
PER_CLASS = 30
_SAMPLE = 2_000
_HAN_STRETCH = re.compile("[\u4e00-\u9fff]{6,}")


@dataclass(frozen=True, slots=True)
class Question:
    """Asks for the first ten documents, the total of all, and how many of all have each value of `facets`.

    `texts` are words; or one string, of a phrase that whose pairs follow one another, of a prefix the beginning of
    a word, of a wildcard a word's beginning and end around a `*`. Best first, or newest first if `by_date`.
    """

    kind: Kind
    texts: tuple[str, ...]
    facets: tuple[Facet, ...] = ()
    by_date: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {' '.join(self.texts)}"


def choose_questions(documents: Iterable[BenchDocument]) -> dict[str, list[Question]]:
    """Return the questions of each class, the same for the same documents."""
    drawing = _Drawing(documents)
    rare = drawing.questions("term", drawing.rare)
    common = drawing.questions("term", drawing.common)
    ors = drawing.questions("or", drawing.five)
    return {
        "rare": rare,
        "common": common,
        "2-and": drawing.questions("and", drawing.two_together),
        "5-or": ors,
        "phrase": drawing.questions("phrase", drawing.phrase),
        "prefix": drawing.questions("prefix", drawing.prefix),
        "wildcard": drawing.questions("wildcard", drawing.wildcard),
        "common + source facet": [replace(question, facets=("source",)) for question in common],
        "common + three facets": [replace(question, facets=FACETS) for question in common],
        "rare + three facets": [replace(question, facets=FACETS) for question in rare],
        "5-or + three facets": [replace(question, facets=FACETS) for question in ors],
        "by date": [replace(question, by_date=True) for question in ors],
    }


class _Drawing:
    """Draws texts by chance from documents; a draw that finds nothing is to be made again."""

    def __init__(self, documents: Iterable[BenchDocument]) -> None:
        self._chance = random.Random(20250612)
        self._sample: list[BenchDocument] = []
        counts: Counter[str] = Counter()
        size = 0
        for size, document in enumerate(documents, 1):
            counts.update(set(document.words))
            self._keep(document, size)
        self._words = sorted(counts)
        self._long_words = [word for word in self._words if len(word) >= 3 and word.isalnum()]
        shares = {word: counts[word] / size for word in self._words}
        self._rare = _between(shares, max(3 / 100_000, 1 / size), max(30 / 100_000, 1 / size))
        self._common = _between(shares, 0.05, 0.4)
        self._of_five = _between(shares, 0.005, 0.1)
        self._of_two = set(_between(shares, 0.01, 0.2))

    def questions(self, kind: Kind, draw: Callable[[], tuple[str, ...] | None]) -> list[Question]:
        """Return questions of different texts."""
        drawn: dict[tuple[str, ...], None] = {}
        for _ in range(100 * PER_CLASS):
            if texts := draw():
                drawn[texts] = None
            if len(drawn) == PER_CLASS:
                return [Question(kind, texts) for texts in drawn]
        raise ValueError(f"These documents hold only {len(drawn)} texts for questions of kind {kind}.")

    def rare(self) -> tuple[str, ...]:
        return (self._chance.choice(self._rare),)

    def common(self) -> tuple[str, ...]:
        return (self._chance.choice(self._common),)

    def five(self) -> tuple[str, ...]:
        return tuple(self._chance.sample(self._of_five, 5))

    def two_together(self) -> tuple[str, ...] | None:
        held = sorted(self._of_two.intersection(self._chance.choice(self._sample).words))
        return tuple(self._chance.sample(held, 2)) if len(held) >= 2 else None

    def phrase(self) -> tuple[str, ...] | None:
        text = self._chance.choice(self._chance.choice(self._sample).texts)
        if not (stretches := _HAN_STRETCH.findall(text)):
            return None
        stretch, length = self._chance.choice(stretches), self._chance.randint(3, 6)
        start = self._chance.randint(0, len(stretch) - length)
        return (stretch[start : start + length],)

    def prefix(self) -> tuple[str, ...] | None:
        prefix = self._chance.choice(self._words)[: self._chance.randint(1, 3)]
        matching = bisect_left(self._words, prefix + chr(sys.maxunicode)) - bisect_left(self._words, prefix)
        return (prefix,) if prefix.isalnum() and 5 <= matching <= 500 else None

    def wildcard(self) -> tuple[str, ...]:
        word = self._chance.choice(self._long_words)
        return (f"{word[0]}*{word[-1]}",)

    def _keep(self, document: BenchDocument, number: int) -> None:
        """Keep `document`, the `number`-th, so that in the end each is in the sample with the same chance."""
        if len(self._sample) < _SAMPLE:
            self._sample.append(document)
        elif (place := self._chance.randrange(number)) < _SAMPLE:
            self._sample[place] = document


def _between(shares: dict[str, float], low: float, high: float) -> list[str]:
    return [word for word, share in shares.items() if low <= share <= high]
