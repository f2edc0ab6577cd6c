"""BM25 (Robertson and Zaragoza 2009) as far as an index stores it: the weight of each posting, and length norms.

    tf(term, post)  = sum of the zone weights of the term's occurrences
    length(post)    = sum of tf over the words of the post
    norm(post)      = k1 * (1 - b + b * length / mean_length)
    score           = weight * (k1 + 1) * tf / (tf + norm)

The weight of a term is a matter of ranking. Zone weights and tf are stored in tenths, lengths as whole occurrences.
A term that only earlier saves hold has the tf EARLIER_WEIGHT, however often it occurs there, and EARLIER_SHARE of the
score, however short the post: fifty summaries of one post say the same fifty times.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from index.schema.zones import ZONE_WEIGHTS, Zone

# Measured best on Chinese sets.
K1, B = 2.0, 0.85
EARLIER_SHARE = 0.1
# Weights are stored as whole numbers of this part.
WEIGHT_UNIT = 0.1
# The largest weight, in tenths. BM25 is saturated long before.
MOST_WEIGHT = np.iinfo(np.uint8).max
EARLIER_WEIGHT = ZONE_WEIGHTS[Zone.EARLIER]
# The numeric column of the lengths.
LENGTH = "length"
_SUMMED_WEIGHTS = np.array([0 if zone is Zone.EARLIER else ZONE_WEIGHTS[zone] for zone in Zone], np.uint32)


def length_norm(length: float, mean_length: float) -> float:
    """Return `k1 * (1 - b + b * length / mean_length)`."""
    return K1 * (1 - B) + K1 * B * length / mean_length


def posting_weights(zones: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the weight in tenths of each posting; posting i has the occurrences `zones[starts[i]:starts[i + 1]]`."""
    if not len(starts):
        return np.zeros(0, np.uint8)
    weights = np.minimum(np.add.reduceat(_SUMMED_WEIGHTS[zones], starts), MOST_WEIGHT)
    return np.where(weights, weights, EARLIER_WEIGHT).astype(np.uint8)


def token_weights(texts: Iterable[tuple[Zone, Iterable[str]]]) -> dict[str, int]:
    """Return the weight in tenths of each token of one post; equal to `posting_weights` of its occurrences."""
    weights: Counter[str] = Counter()
    earlier: set[str] = set()
    for zone, tokens in texts:
        if zone is Zone.EARLIER:
            earlier.update(tokens)
            continue
        for token, count in Counter(tokens).items():
            weights[token] += count * ZONE_WEIGHTS[zone]
    return dict.fromkeys(earlier, EARLIER_WEIGHT) | {token: min(weights[token], MOST_WEIGHT) for token in weights}


def document_lengths(
    documents: NDArray[np.unsignedinteger], weights: NDArray[np.uint8], size: int
) -> NDArray[np.int64]:
    """Return the length of each of `size` documents; posting i, of weight `weights[i]`, is of `documents[i]`."""
    lengths: NDArray[np.int64] = np.rint(np.bincount(documents, weights, minlength=size) * WEIGHT_UNIT).astype(np.int64)
    return lengths


def document_length(weights: Iterable[int]) -> int:
    """Return the length of the document whose words have these weights in tenths."""
    return round(sum(weights) * WEIGHT_UNIT)
