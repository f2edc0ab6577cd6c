"""BM25 over the words, pairs and characters of a query, and every weight of the ranking."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import log

import numpy as np

from index import analyzer
from index.codec.grams import CHARACTERS, PAIRS
from index.codec.weights import EARLIER_WEIGHT, WEIGHT_UNIT
from searcher.embedded.columns import Numbers
from searcher.embedded.postings import Postings
from searcher.embedded.snapshot import Scores, Snapshot

# BM25's saturation and length normalisation (Robertson and Zaragoza 2009), as measured best on Chinese sets.
K1, B = 0.9, 0.75
# Words rank; pairs and single characters of Han stand in where word boundaries differ. Chosen on CMRC and CSL.
WORD_WEIGHT, PAIR_WEIGHT, CHARACTER_WEIGHT = 1.0, 0.5, 0.2
# The parts and stems of a Latin token say less than the token.
FORM_WEIGHT = 0.5
# A post is a hit when it holds this share of the query, counted by rarity: either of two words, two of four,
# but not the "of" alone. Of a long query it need not hold more than one rare word weighs, as a share of the
# logarithm of the archive's size: a stricter minimum loses answers (CMRC's reciprocal rank from .985 to .959).
MINIMUM_SHARE = 0.3
MINIMUM_CAP = 0.75
# What only earlier saves hold counts this much beside what a post holds now, however short the post.
EARLIER_SHARE = 0.1
# What a post gains by holding the whole query as it was typed.
WHOLE_QUERY_LIFT = 1.5

# Gives the scores of documents that match.
Scorer = Callable[[Numbers], Scores]


@dataclass(frozen=True, slots=True)
class Term:
    """Is a token that ranks, with how much it counts beside others."""

    postings: Postings
    boost: float = 1.0


class Ranking:
    """Scores the documents of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def rarity(self, count: int) -> float:
        """Return BM25's inverse document frequency, in the form that stays above zero."""
        return log(1 + (len(self._snapshot.all) - count + 0.5) / (count + 0.5))

    def terms_of(self, text: str, are_held: bool = False) -> Iterator[Term]:
        """Yield what the folded `text` is ranked by: its words, and the pairs and characters of its runs of Han.

        Characters stand in for pairs that a document has not: where all documents hold the text they say no more.
        """
        for unit in analyzer.units(text, self._snapshot.segmenter):
            for place, token in enumerate(unit.words):
                form = FORM_WEIGHT if unit.alternatives and place else 1.0
                yield Term(self._snapshot.postings("words", token), WORD_WEIGHT * form)
        for gram, count in Counter(analyzer.han_grams(text)).items():
            if are_held and len(gram) == 1 < len(text):
                continue
            field, weight = (CHARACTERS, CHARACTER_WEIGHT) if len(gram) == 1 else (PAIRS, PAIR_WEIGHT)
            yield Term(self._snapshot.postings(field, gram), count * weight)

    def sum_of(self, terms: Iterable[Term], numbers: Numbers) -> Scores:
        """Return for each of `numbers` the sum of what the `terms` give it."""
        scores = np.zeros(self._snapshot.size, np.float32)
        for term in terms:
            if count := len(term.postings.numbers):
                # All of a short list is scored; of a long one, what is asked for.
                few = count > 2 * len(numbers)
                postings = term.postings.within(numbers, self._snapshot.size) if few else term.postings
                scores[postings.numbers] += self._saturated(postings, term.boost * self.rarity(count))
        return scores[numbers]

    def _saturated(self, postings: Postings, factor: float) -> Scores:
        weights = postings.units * np.float32(WEIGHT_UNIT)
        gains = weights * np.float32(factor * (K1 + 1))
        norms = self._snapshot.lengths[postings.numbers]
        norms *= np.float32(K1 * B / self._snapshot.mean_length)
        norms += np.float32(K1 * (1 - B))
        weights += norms
        gains /= weights
        only_earlier = postings.units <= EARLIER_WEIGHT
        if only_earlier.any():
            gains[only_earlier] *= np.float32(EARLIER_SHARE)
        return gains
