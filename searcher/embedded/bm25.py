"""BM25 over stored weights (Robertson and Zaragoza 2009); `searcher.ranking.parameters` gives the formula."""

import numpy as np
from numpy.typing import NDArray

from index.schema.bm25 import EARLIER_SHARE, EARLIER_WEIGHT, K1, MOST_WEIGHT, WEIGHT_UNIT, B

Scores = NDArray[np.float32]


def length_norms(lengths: NDArray[np.float32], mean: float) -> Scores:
    """Return `k1 * (1 - b + b * length / mean_length)` of each document."""
    return lengths * np.float32(K1 * B / mean) + np.float32(K1 * (1 - B))


def term_scores(tenths: NDArray[np.uint8], norms: Scores, weights: float | Scores) -> Scores:
    """Return `weight * (k1 + 1) * tf / (tf + norm)` of each document, where a tf is stored in tenths.

    A term that only earlier saves hold counts EARLIER_SHARE of that.
    """
    frequencies = tenths * np.float32(WEIGHT_UNIT)
    scores: Scores = frequencies * np.asarray(weights * (K1 + 1), np.float32)
    frequencies += norms
    scores /= frequencies
    if tenths.min(initial=MOST_WEIGHT) <= EARLIER_WEIGHT:
        scores[tenths <= EARLIER_WEIGHT] *= np.float32(EARLIER_SHARE)
    return scores
