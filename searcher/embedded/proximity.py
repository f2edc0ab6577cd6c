"""Proximity of a text to documents, by the positions of its pairs of characters."""

import numpy as np
from numpy.typing import NDArray

from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import DocIds
from searcher.embedded.snapshot import Snapshot
from searcher.ranking.proximity import LENGTH_POWER, MAX_LENGTH, pair_lengths


def proximities(snapshot: Snapshot, text: str, doc_ids: DocIds) -> Scores:
    """Return the proximity of the folded `text` to each of `doc_ids`, ascending."""
    pairs = [text[at : at + 2] for at in range(min(len(text), MAX_LENGTH) - 1)]
    if not pairs or not len(doc_ids):
        return np.zeros(len(doc_ids), np.float32)
    matched = _matched_lengths(snapshot, pairs, doc_ids)
    lengths = np.cumsum([0, *pair_lengths(text), 0])
    rows = np.arange(len(doc_ids))
    proximity, at = np.zeros(len(doc_ids), np.float32), np.zeros(len(doc_ids), np.int64)
    # Every step goes beyond a substring, or a character that begins none.
    while np.any(at < len(pairs)):
        at = np.minimum(at, len(pairs))
        end = at + matched[rows, at]
        proximity += (lengths[end] - lengths[at]) ** LENGTH_POWER
        at = end + 1
    return proximity


def _matched_lengths(snapshot: Snapshot, pairs: list[str], doc_ids: DocIds) -> NDArray[np.int64]:
    """Return how many of `pairs`, from each of them on, each document holds in a row: (documents, pairs + 1)."""
    found = [snapshot.texts.occurrences(pair, doc_ids) for pair in pairs]
    rows = np.concatenate([np.searchsorted(doc_ids, documents) for documents, _ in found])
    places = np.repeat(np.arange(len(pairs)), [len(documents) for documents, _ in found])
    positions = np.concatenate([positions for _, positions in found]).astype(np.int64)
    # Pairs that follow each other in the text and in a document get keys that follow each other.
    starts = positions - places + len(pairs)
    width = len(pairs) + 1
    keys = np.sort((rows * (int(starts.max(initial=0)) + 1) + starts) * width + places)
    last = np.flatnonzero(np.diff(keys, append=-1) != 1)
    remaining = last[np.searchsorted(last, np.arange(len(keys)))] - np.arange(len(keys)) + 1
    lengths = np.zeros((len(doc_ids), width), np.int64)
    rows = keys // width // (int(starts.max(initial=0)) + 1)
    np.maximum.at(lengths, (rows, keys % width), remaining)
    return lengths
