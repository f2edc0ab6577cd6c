"""What a query is ranked by, its words, pairs and characters, and how much each of them counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from math import log

import numpy as np

from index import analyzer
from index.codec.grams import CHARACTERS, PAIRS
from searcher.embedded.bm25 import Scores, gains
from searcher.embedded.columns import Numbers
from searcher.embedded.nearness import whole_nearness
from searcher.embedded.postings import Postings
from searcher.embedded.snapshot import Snapshot

# Words rank; pairs and single characters of Han stand in where word boundaries differ. So much counts one that a single
# post holds. These weights, the powers below, NEARNESS_WEIGHT and BM25's own were chosen by `make relevance` on three
# sets at once, where their neighbours do about as well.
WORD_WEIGHT, PAIR_WEIGHT, CHARACTER_WEIGHT = 1.0, 0.6, 1.2
# By which power of its rarity a token counts. BM25 has 1; a product of vectors has 2, since rarity weighs both the
# query's and the document's (Salton and Buckley 1988). That fits characters and pairs: a rare one says what a text is
# about, a common one is a part of many words or of none (CSL: mean reciprocal rank .979 to .982).
WORD_POWER, GRAM_POWER = 1.15, 2.0
# The parts and stems of a Latin token say less than the token.
FORM_WEIGHT = 0.5
# A post is a hit when it holds this share of the query, counted by rarity: either of two words, two of four,
# but not the "of" alone. Of a long query it need not hold more than one rare word weighs, as a share of the
# logarithm of the archive's size: a stricter minimum loses answers (CMRC's reciprocal rank from .985 to .959).
MINIMUM_SHARE = 0.2
MINIMUM_CAP = 0.5
# Of a long run of Han a single character does, too, if it is as rare as that, and one post in fifty holds it at most:
# such are words by themselves, as the name of an element (CSL: recall at 10 from .9915 to .993).
RARE_CHARACTER = log(50)
# What a post gains by holding the whole query as it was typed, as a share of its score.
WHOLE_LIFT = 2.5
# What the best gain by the stretches of the query that they hold, beside one word that a single post holds: added, not
# multiplied, since a stretch says as much whatever else a post holds (topics as queries: .892 to .901). At the most it
# is this share of what else a post scores: a long Latin name is no more than a few words.
NEARNESS_WEIGHT = 0.21
NEARNESS_MOST = 1.5
LIFTED = 20
# What a word counts that stands for one in the query: a little less, since the user typed the other.
SYNONYM_WEIGHT = 0.7

# Of a text that was pasted, the words, pairs and characters that tell most rank it, and the rarest pairs decide what is
# a hit: more take their time and change little.
MOST_TERMS, LEAST_TERMS = 300, 16
MOST_CLUES = 100
# Where a query has more texts than this, each to be found or not, nothing rises by what it holds of one of them.
MOST_LIFTED_TEXTS = 10

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
        for unit in analyzer.units(text, self._snapshot.segmenter):
            for place, token in enumerate(unit.words):
                boosts["words", token] += WORD_WEIGHT * (FORM_WEIGHT if unit.alternatives and place else 1.0)
        for gram in analyzer.han_grams(text):
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


def rarest(posts: int) -> float:
    """Return the rarity of what a single one of `posts` holds; an archive without any counts as one of one."""
    return log(1 + (max(1, posts) - 0.5) / 1.5)


def worth_of_whole(factors: float, highest: float, text: str) -> float:
    """Return what a post of mean length scores that says all of a text once, whose tokens count `factors` together."""
    return (1 + WHOLE_LIFT) * factors + NEARNESS_WEIGHT * highest * whole_nearness(text)


def steepened(rarity: float, highest: float, kind: str) -> float:
    """Return what a token of a kind counts by its rarity, beside the highest, which a single post has to itself."""
    power = GRAM_POWER if kind in ("pair", "character") else WORD_POWER
    return float(highest * (rarity / highest) ** power)


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
