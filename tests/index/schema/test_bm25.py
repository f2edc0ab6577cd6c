"""Both backends store the same weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.schema.bm25 import (
    MOST_WEIGHT,
    document_length,
    document_lengths,
    length_norm,
    posting_weights,
    token_weights,
)
from index.schema.zones import Zone


@given(st.lists(st.sampled_from(Zone), min_size=1, max_size=60))
def test_arrays_and_tokens_have_equal_weights(zones: list[Zone]) -> None:
    by_token = token_weights((zone, ["a"]) for zone in zones)
    assert posting_weights(np.array(zones, np.uint8), np.array([0])).tolist() == [by_token["a"]]


def test_a_title_weighs_two_and_earlier_saves_once() -> None:
    texts = [(Zone.TITLE, ["a", "b"]), (Zone.BODY, ["a", "a"]), (Zone.EARLIER, ["a", "c", "c"]), (Zone.EARLIER, ["c"])]
    assert token_weights(texts) == {"a": 40, "b": 20, "c": 2}
    assert token_weights([(Zone.BODY, ["a"] * 1_000)]) == {"a": MOST_WEIGHT}


def test_lengths_are_whole_occurrences() -> None:
    assert document_length([40, 20, 2]) == 6
    documents, weights = np.array([0, 0, 2, 2], np.uint16), np.array([40, 2, 10, 5], np.uint8)
    assert document_lengths(documents, weights, 3).tolist() == [4, 0, 2]


def test_a_length_norm_by_hand() -> None:
    assert length_norm(30, 60) == pytest.approx(2.0 * (1 - 0.85 + 0.85 / 2))
