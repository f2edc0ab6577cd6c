"""What a query is ranked by, its words, pairs and characters, and how much each of them counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from math import log

import numpy as np

from index.segments.grams import CHARACTERS, PAIRS
from index.text import tokenizer
from searcher.embedded.bm25 import Scores, gains
from searcher.embedded.columns import Numbers
from searcher.embedded.postings import Postings
from searcher.embedded.snapshot import Snapshot
from searcher.ranking.parameters import (
    CHARACTER_WEIGHT,
    FORM_WEIGHT,
    LEAST_TERMS,
    LIFTED,
    MOST_LIFTED_TEXTS,
    MOST_TERMS,
    PAIR_WEIGHT,
    SYNONYM_WEIGHT,
    WORD_WEIGHT,
    rarest,
    steepened,
    worth_of_whole,
)

_KINDS = {"words": "word", PAIRS: "pair", CHARACTERS: "character"}
# Lists of documents are scored together until they have so many: beyond, what it takes to call NumPy matters no more.
_BATCH = 8192


@dataclass(frozen=True, slots=True)
class Term:
    """Is a token that ranks, with how much it counts beside others; its kind as explanations name it."""

    text: str
    kind: str
    postings: Postings
    boost: float = 1.0


class Ranking:
    """Scores the documents of one snapshot."""

    def __init__(self, snapshot: Snapshot, texts: int = 1) -> None:
        """Score by what tells most of each of so many `texts`: all of them together may take their time once."""
        self._snapshot = snapshot
        self._most_terms = max(LEAST_TERMS, MOST_TERMS // max(1, texts))
        self.lifted = LIFTED if texts <= MOST_LIFTED_TEXTS else 0

    @cached_property
    def rarest(self) -> float:
        """Return the rarity of what a single document holds."""
        return rarest(len(self._snapshot.all))

    def rarity(self, count: int) -> float:
        """Return BM25's inverse document frequency, in the form that stays above zero."""
        return log(1 + (len(self._snapshot.all) - count + 0.5) / (count + 0.5))

    def terms_of(self, text: str) -> Iterator[Term]:
        """Yield what the folded `text` is ranked by: its words, and the pairs and characters of its runs of Han."""
        boosts: dict[tuple[str, str], float] = defaultdict(float)
        for unit in tokenizer.query_words(text, self._snapshot.segmenter):
            for place, token in enumerate(unit.tokens):
                boosts["words", token] += WORD_WEIGHT * (FORM_WEIGHT if unit.alternatives and place else 1.0)
        for gram in tokenizer.han_grams(text):
            field, weight = (PAIRS, PAIR_WEIGHT) if len(gram) == 2 else (CHARACTERS, CHARACTER_WEIGHT)
            boosts[field, gram] += weight
        for field, token in self._most_telling(boosts):
            yield Term(token, _KINDS[field], self._snapshot.postings(field, token), boosts[field, token])

    def _most_telling(self, boosts: dict[tuple[str, str], float]) -> Iterable[tuple[str, str]]:
        """Return those of the tokens, by field, that count most, each by its boost and its rarity."""
        if len(boosts) <= self._most_terms:
            return boosts
        return nlargest(
            self._most_terms,
            boosts,
            key=lambda one: boosts[one] * self._steep(self._snapshot.count(*one), _KINDS[one[0]]),
        )

    def synonym_weight(self, text: str, variant: str) -> float:
        """Return what the scores of `variant` count beside those of `text`, in which a synonym stands.

        A rarer synonym, or one of more tokens, says no more than what was typed, and a commoner one no less.
        """
        typed, other = map(self._whole, (text, variant))
        return SYNONYM_WEIGHT * typed / other

    def _whole(self, text: str) -> float:
        return worth_of_whole(sum(map(self._factor, self.terms_of(text))), self.rarest, text)

    def sum_of(self, terms: Sequence[Term], numbers: Numbers) -> Scores:
        """Return for each of `numbers` the sum of what the `terms` give it."""
        size = self._snapshot.size
        norms = self._snapshot.length_norms
        if len(terms) == 1 and terms[0].postings.numbers is numbers:
            return gains(terms[0].postings.units, norms[numbers], self._factor(terms[0]))
        scores = np.zeros(size, np.float32)
        # All of a short list is scored; of a long one, what is asked for.
        most = 2 * len(numbers)
        found = [
            (
                one.postings.within(numbers, size) if len(one.postings.numbers) > most else one.postings,
                self._factor(one),
            )
            for one in terms
        ]
        for postings, factor in _batches(found):
            np.add.at(scores, postings.numbers, gains(postings.units, norms[postings.numbers], factor))
        return scores[numbers]

    def _factor(self, term: Term) -> float:
        return term.boost * self._steep(len(term.postings.numbers), term.kind)

    def _steep(self, count: int, kind: str) -> float:
        return steepened(self.rarity(count), self.rarest, kind)


def _batches(found: list[tuple[Postings, float]]) -> Iterator[tuple[Postings, Scores]]:
    """Yield the same postings, short lists several at once, and the factor of each of them."""
    batch: list[tuple[Postings, float]] = []
    size = 0
    for one in found:
        batch.append(one)
        size += len(one[0].numbers)
        if size >= _BATCH:
            yield _together(batch)
            batch, size = [], 0
    if batch:
        yield _together(batch)


def _together(batch: list[tuple[Postings, float]]) -> tuple[Postings, Scores]:
    factors = np.array([factor for _, factor in batch], np.float32)
    if len(batch) == 1:
        return batch[0][0], factors
    lists = [postings.numbers for postings, _ in batch]
    units = np.concatenate([postings.units for postings, _ in batch])
    return Postings(np.concatenate(lists), units), np.repeat(factors, [len(numbers) for numbers in lists])
