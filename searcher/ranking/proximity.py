"""What the stretches of a text count that a post may hold of it, the same for every engine."""

from index.text import tokenizer

# Of a longer text only the beginning is looked for: each pair takes time.
MAX_LENGTH = 64
# A stretch counts more than its parts would apart, but less than its square: its length to this power.
LENGTH_POWER = 1.5
# A Latin word counts so much as if it had so many letters at most, as the longest Chinese words have characters.
LONGEST_WORD = 4


def whole_nearness(text: str) -> float:
    """Return the nearness of what holds all of the folded `text`."""
    return float(sum(pair_lengths(text)) ** LENGTH_POWER)


def pair_lengths(text: str) -> list[int]:
    """Return by how much each pair of neighbours makes a stretch of the folded `text` longer."""
    lengths = [1] * (min(len(text), MAX_LENGTH) - 1)
    for run in tokenizer.script_runs(text[:MAX_LENGTH]):
        if run.lastgroup == "latin":
            beyond = range(run.start() + LONGEST_WORD, min(run.end(), len(lengths)))
            lengths[beyond.start : beyond.stop] = [0] * len(beyond)
    return lengths
