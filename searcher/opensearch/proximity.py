"""How much of a text another one holds in one stretch, by looking into it."""

from index.archive.post import Post
from index.schema.zones import zone_texts
from index.text.folding import fold
from searcher.ranking.proximity import LENGTH_POWER, MAX_LENGTH, pair_lengths


def text_of(post: Post) -> str:
    """Return all texts of `post`, folded, each on a line of its own."""
    return "\n".join(fold(text.strip()) for texts in zone_texts(post).values() for text in texts)


def nearness(held: str, text: str) -> float:
    """Return how near together `held` has what it has of the folded `text`.

    The text is taken apart into the longest stretches that are held, from the first character on; each counts by its
    length, to the power LENGTH_POWER.
    """
    text, lengths = text[:MAX_LENGTH], pair_lengths(text)
    near, at = 0.0, 0
    while at < len(text) - 1:
        end = at + 2
        while end <= len(text) and text[at:end] in held:
            end += 1
        here = end - at - 2
        near += sum(lengths[at : at + here]) ** LENGTH_POWER
        at += here + 1
    return near
