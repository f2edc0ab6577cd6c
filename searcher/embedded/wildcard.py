"""Words of a lexicon that fit a pattern, in which * stands for any characters."""

import re
from collections.abc import Iterator
from itertools import groupby

import numpy as np

from index.codec.lexicon import Lexicon


def matching_words(lexicon: Lexicon, pattern: str) -> Iterator[range]:
    """Yield the numbers of the strings that fit the folded `pattern`, as ranges."""
    first, *middle, last = pattern.split("*")
    numbers = lexicon.with_ends(first.encode(), last.encode())
    if middle := [part for part in middle if part]:
        # What lies between the ends, so that no part of the pattern is found in another's place.
        expression = re.compile(".*".join(map(re.escape, middle)).encode(), re.DOTALL)
        start, stop = len(first.encode()), len(last.encode())
        numbers = np.array(
            [number for number in numbers.tolist() if _fits(lexicon[number], start, stop, expression)], np.int64
        )
    for _, group in groupby(enumerate(numbers.tolist()), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield range(run[0], run[-1] + 1)


def _fits(word: bytes, start: int, stop: int, expression: re.Pattern[bytes]) -> bool:
    return expression.search(word, start, len(word) - stop) is not None
