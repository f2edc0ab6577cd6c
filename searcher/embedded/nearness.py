"""How much of a text a document holds in one stretch, by the positions of its pairs of characters."""

import numpy as np
from numpy.typing import NDArray

from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import Numbers
from searcher.embedded.snapshot import Snapshot

# Of a longer text only the beginning is looked for: each pair takes time.
MAX_LENGTH = 64


def nearness(snapshot: Snapshot, text: str, numbers: Numbers) -> Scores:
    """Return for each of `numbers`, ascending, how near together it holds the folded `text`: 1 where all of it stands.

    The text is taken apart into the longest stretches that the document holds, from the first character on; of its
    pairs of neighbours those count that stand together in one of them.
    """
    pairs = [text[at : at + 2] for at in range(min(len(text), MAX_LENGTH) - 1)]
    if not pairs or not len(numbers):
        return np.zeros(len(numbers), np.float32)
    lengths = _stretches(snapshot, pairs, numbers)
    rows = np.arange(len(numbers))
    held, at = np.zeros(len(numbers), np.int64), np.zeros(len(numbers), np.int64)
    # Every step goes beyond a stretch or a character that begins none.
    while np.any(at < len(pairs)):
        here = lengths[rows, np.minimum(at, len(pairs))]
        held += here
        at += here + 1
    return (held / len(pairs)).astype(np.float32)


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
