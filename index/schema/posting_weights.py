"""What the occurrences of a term in a document weigh together, in tenths."""

import numpy as np
from numpy.typing import NDArray

from index.schema.zones import ZONE_WEIGHTS, Zone

# Weights are stored as whole numbers of this part.
WEIGHT_UNIT = 0.1
# Weights beyond differ no more: BM25 has long levelled off.
MOST_WEIGHT = np.iinfo(np.uint8).max
# The name of the numeric column that holds the summed weights of each document's words.
LENGTH = "length"
EARLIER_WEIGHT = ZONE_WEIGHTS[Zone.EARLIER]
_UNITS = np.array([0 if zone is Zone.EARLIER else ZONE_WEIGHTS[zone] for zone in Zone], np.uint32)


def posting_weights(zones: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the weight of each posting; posting i has the occurrences in `zones[starts[i]:starts[i + 1]]`."""
    if not len(starts):
        return np.zeros(0, np.uint8)
    weights = np.minimum(np.add.reduceat(_UNITS[zones], starts), MOST_WEIGHT)
    # Fifty summaries of one post say the same fifty times: earlier saves count once.
    return np.where(weights, weights, EARLIER_WEIGHT).astype(np.uint8)


def document_lengths(
    documents: NDArray[np.unsignedinteger], weights: NDArray[np.uint8], size: int
) -> NDArray[np.int64]:
    """Return for each of `size` documents the sum of the weights of its postings, rounded to whole occurrences."""
    sums = np.bincount(documents, weights, minlength=size)
    lengths: NDArray[np.int64] = np.rint(sums * WEIGHT_UNIT).astype(np.int64)
    return lengths
