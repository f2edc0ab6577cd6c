"""What a clause matches, what scores that, and what gave a document its score.

A scorer explains itself: each gain it names is computed by what computes the score.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from searcher.embedded import postings
from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import Numbers
from searcher.embedded.proximity import nearness
from searcher.embedded.ranking import Ranking, Term
from searcher.embedded.snapshot import Snapshot
from searcher.explanation import Gain
from searcher.ranking.parameters import NEARNESS_MOST, NEARNESS_WEIGHT, WHOLE_LIFT
from searcher.ranking.proximity import whole_nearness


class Scorer(Protocol):
    """Scores documents that match."""

    def __call__(self, numbers: Numbers) -> Scores:
        """Return the score of each of `numbers`, ascending."""

    def terms(self) -> list[Term]:
        """Return what is scored by."""

    def gains(self, number: int, numbers: Numbers) -> list[Gain]:
        """Return what gives `number` its score, if it is `numbers`, ascending, that are scored."""


@dataclass(frozen=True, slots=True)
class Match:
    """Is what a node matches: documents, ascending, and what scores any of them, None where none is better.

    `parts` are what the children of the node match.
    """

    numbers: Numbers
    scores: Scorer | None = None
    parts: tuple["Match", ...] = ()

    def among(self, numbers: Numbers, size: int) -> Numbers:
        """Return those of `numbers` that match, of `size` in all."""
        return numbers[postings.is_in(numbers, self.numbers, size)]


@dataclass(frozen=True, slots=True)
class SumOfTerms:
    """Scores by what terms give; they are looked up when scores are asked for."""

    ranking: Ranking
    look_up: Callable[[], Iterable[Term]]

    def __call__(self, numbers: Numbers) -> Scores:
        return self.ranking.sum_of(self.terms(), numbers)

    def terms(self) -> list[Term]:
        return list(self.look_up())

    def gains(self, number: int, numbers: Numbers) -> list[Gain]:  # noqa: ARG002
        alone = np.array([number])
        given = [(term, float(self.ranking.sum_of([term], alone)[0])) for term in self.terms()]
        return [Gain(term.text, term.kind, score) for term, score in given if score]


@dataclass(frozen=True, slots=True)
class Lifted:
    """Scores as `base` does, and lifts the documents `whole`, which hold all of `text`.

    The best, as many as `ranking` says, gain by the stretches of it that they hold.
    """

    ranking: Ranking
    snapshot: Snapshot
    text: str
    whole: Numbers
    base: Scorer

    def __call__(self, numbers: Numbers) -> Scores:
        scores = self.base(numbers)
        is_whole = postings.is_in(numbers, self.whole, self.snapshot.size)
        scores[is_whole] *= np.float32(1 + WHOLE_LIFT)
        best = postings.first_places(-scores, self.ranking.lifted)
        near = np.full(len(best), whole_nearness(self.text), np.float32)
        others = ~is_whole[best]
        near[others] = nearness(self.snapshot, self.text, numbers[best[others]])
        near *= np.float32(NEARNESS_WEIGHT * self.ranking.rarest)
        scores[best] += np.minimum(near, np.float32(NEARNESS_MOST) * scores[best])
        return scores

    def terms(self) -> list[Term]:
        return self.base.terms()

    def gains(self, number: int, numbers: Numbers) -> list[Gain]:
        lift = score_of(self, number, numbers) - score_of(self.base, number, numbers)
        kind = "whole text" if number in self.whole else "nearness"
        return [*self.base.gains(number, numbers), *([Gain(self.text, kind, lift)] if lift else [])]


@dataclass(frozen=True, slots=True)
class Weighted:
    """Scores as `base` does, times a weight that is found when scores are asked for."""

    base: Scorer
    weight: Callable[[], float]

    def __call__(self, numbers: Numbers) -> Scores:
        return np.float32(self.weight()) * self.base(numbers)

    def terms(self) -> list[Term]:
        return self.base.terms()

    def gains(self, number: int, numbers: Numbers) -> list[Gain]:
        weight = self.weight()
        return [Gain(gain.text, gain.kind, weight * gain.score) for gain in self.base.gains(number, numbers)]


@dataclass(frozen=True, slots=True)
class BestOf:
    """Scores as `typed` does, and what matches any of `variants` by that where it gives more."""

    typed: Scorer
    variants: tuple[tuple[Numbers, Scorer], ...]
    size: int

    def __call__(self, numbers: Numbers) -> Scores:
        scores = self.typed(numbers)
        for matched, scorer in self.variants:
            held = postings.is_in(numbers, matched, self.size)
            scores[held] = np.maximum(scores[held], scorer(numbers[held]))
        return scores

    def terms(self) -> list[Term]:
        return self.typed.terms()

    def gains(self, number: int, numbers: Numbers) -> list[Gain]:
        offers = [(self.typed, numbers)]
        offers += [
            (scorer, numbers[postings.is_in(numbers, matched, self.size)])
            for matched, scorer in self.variants
            if number in matched
        ]
        scorer, scored = max(offers, key=lambda offer: score_of(offer[0], number, offer[1]))
        return scorer.gains(number, scored)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Scores what all of several clauses match by the sum of their scores."""

    scorers: tuple[Scorer, ...]

    def __call__(self, numbers: Numbers) -> Scores:
        scores = self.scorers[0](numbers)
        for scorer in self.scorers[1:]:
            scores += scorer(numbers)
        return scores

    def terms(self) -> list[Term]:
        return [term for scorer in self.scorers for term in scorer.terms()]

    def gains(self, number: int, numbers: Numbers) -> list[Gain]:
        return [gain for scorer in self.scorers for gain in scorer.gains(number, numbers)]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Scores what any of several clauses match by the sum of the scores of those that do."""

    matches: tuple[Match, ...]
    size: int

    def __call__(self, numbers: Numbers) -> Scores:
        scores = np.zeros(len(numbers), np.float32)
        for match in self.matches:
            if match.scores:
                held = postings.is_in(numbers, match.numbers, self.size)
                scores[held] += match.scores(numbers[held])
        return scores

    def terms(self) -> list[Term]:
        return [term for match in self.matches if match.scores for term in match.scores.terms()]

    def gains(self, number: int, numbers: Numbers) -> list[Gain]:
        return [
            gain
            for match in self.matches
            if match.scores and number in match.numbers
            for gain in match.scores.gains(number, match.among(numbers, self.size))
        ]


def score_of(scorer: Scorer, number: int, numbers: Numbers) -> float:
    """Return the score of `number`, one of `numbers`, ascending."""
    return float(scorer(numbers)[np.searchsorted(numbers, number)])
