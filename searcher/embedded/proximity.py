"""How much of a text a document holds in long stretches, by the positions of its pairs of characters."""

import numpy as np
from numpy.typing import NDArray

from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import Numbers
from searcher.embedded.snapshot import Snapshot
from searcher.ranking.proximity import LENGTH_POWER, MAX_LENGTH, pair_lengths


def nearness(snapshot: Snapshot, text: str, numbers: Numbers) -> Scores:
    """Return for each of `numbers`, ascending, how near together it holds what it holds of the folded `text`.

    The text is taken apart into the longest stretches that the document holds, from the first character on; each counts
    by its length, to the power LENGTH_POWER.
    """
    pairs = [text[at : at + 2] for at in range(min(len(text), MAX_LENGTH) - 1)]
    if not pairs or not len(numbers):
        return np.zeros(len(numbers), np.float32)
    stretches = _stretches(snapshot, pairs, numbers)
    lengths = np.cumsum([0, *pair_lengths(text), 0])
    rows = np.arange(len(numbers))
    found, at = np.zeros(len(numbers), np.float32), np.zeros(len(numbers), np.int64)
    # Every step goes beyond a stretch or a character that begins none.
    while np.any(at < len(pairs)):
        at = np.minimum(at, len(pairs))
        end = at + stretches[rows, at]
        found += (lengths[end] - lengths[at]) ** LENGTH_POWER
        at = end + 1
    return found


def _stretches(snapshot: Snapshot, pairs: list[str], numbers: Numbers) -> NDArray[np.int64]:
    """Return how many of `pairs`, from each of them on, each document holds in a row: (documents, pairs + 1)."""
    found = [snapshot.texts.occurrences(pair, numbers) for pair in pairs]
    rows = np.concatenate([np.searchsorted(numbers, documents) for documents, _ in found])
    places = np.repeat(np.arange(len(pairs)), [len(documents) for documents, _ in found])
    positions = np.concatenate([positions for _, positions in found]).astype(np.int64)
    # In a row lie what neighbours in the text and in the document alike: as such numbers, one after the other.
    starts = positions - places + len(pairs)
    width = len(pairs) + 1
    keys = np.sort((rows * (int(starts.max(initial=0)) + 1) + starts) * width + places)
    last = np.flatnonzero(np.diff(keys, append=-1) != 1)
    remaining = last[np.searchsorted(last, np.arange(len(keys)))] - np.arange(len(keys)) + 1
    lengths = np.zeros((len(numbers), width), np.int64)
    rows = keys // width // (int(starts.max(initial=0)) + 1)
    np.maximum.at(lengths, (rows, keys % width), remaining)
    return lengths
