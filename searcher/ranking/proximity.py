"""Proximity: how much of a text a post holds in contiguous substrings.

A text is taken apart, from its first character on, into the longest substrings of two or more characters that the post
holds:

    proximity = sum over these substrings of length ** LENGTH_POWER

The length of a substring is the number of its pairs of neighbours, of which a Latin word has MAX_WORD_LENGTH at most.
"""

from index.text import tokenizer

# Characters. Of a longer text only the beginning is looked for: each pair takes time.
MAX_LENGTH = 64
# A substring counts more than its parts would apart, but less than its square.
LENGTH_POWER = 1.5
# Letters of a Latin word that count: the longest Chinese words have as many characters.
MAX_WORD_LENGTH = 4


def full_proximity(text: str) -> float:
    """Return the proximity of a post that holds all of the folded `text`."""
    return float(sum(pair_lengths(text)) ** LENGTH_POWER)


def pair_lengths(text: str) -> list[int]:
    """Return the length, 0 or 1, that each pair of neighbours adds to a substring of the folded `text`."""
    lengths = [1] * (min(len(text), MAX_LENGTH) - 1)
    for run in tokenizer.script_runs(text[:MAX_LENGTH]):
        if run.lastgroup == "latin":
            beyond = range(run.start() + MAX_WORD_LENGTH, min(run.end(), len(lengths)))
            lengths[beyond.start : beyond.stop] = [0] * len(beyond)
    return lengths
