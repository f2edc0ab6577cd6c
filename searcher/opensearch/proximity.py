"""Proximity of a text to a post, by looking into the texts of the post."""

from index.archive.post import Post
from index.schema.zones import zone_texts
from index.text.folding import fold
from searcher.ranking.proximity import LENGTH_POWER, MAX_LENGTH, pair_lengths


def text_of(post: Post) -> str:
    """Return all texts of `post`, folded, each on a line of its own."""
    return "\n".join(fold(text.strip()) for texts in zone_texts(post).values() for text in texts)


def proximity_of(text: str, held: str) -> float:
    """Return the proximity of the folded `text` to a post whose texts are `held`."""
    text, lengths = text[:MAX_LENGTH], pair_lengths(text)
    proximity, at = 0.0, 0
    while at < len(text) - 1:
        end = at + 2
        while end <= len(text) and text[at:end] in held:
            end += 1
        pairs = end - at - 2
        proximity += sum(lengths[at : at + pairs]) ** LENGTH_POWER
        at += pairs + 1
    return proximity
