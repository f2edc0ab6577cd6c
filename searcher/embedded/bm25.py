"""What a token gives a document that holds it: BM25 (Robertson and Zaragoza 2009) over stored weights."""

import numpy as np
from numpy.typing import NDArray

from index.schema.bm25 import EARLIER_SHARE, EARLIER_WEIGHT, K1, MOST_WEIGHT, WEIGHT_UNIT, B

Scores = NDArray[np.float32]


def length_norms(lengths: NDArray[np.float32], mean: float) -> Scores:
    """Return what the length of each document adds to the weight of a token that is half of the most it can give."""
    return lengths * np.float32(K1 * B / mean) + np.float32(K1 * (1 - B))


def gains(units: NDArray[np.uint8], norms: Scores, factors: float | Scores) -> Scores:
    """Return what weights in tenths give documents of those norms, times `factors`."""
    weights = units * np.float32(WEIGHT_UNIT)
    given: Scores = weights * np.asarray(factors * (K1 + 1), np.float32)
    weights += norms
    given /= weights
    if units.min(initial=MOST_WEIGHT) <= EARLIER_WEIGHT:
        given[units <= EARLIER_WEIGHT] *= np.float32(EARLIER_SHARE)
    return given
