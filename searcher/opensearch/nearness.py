"""How much of a text another one holds in one stretch, by looking into it."""

from index.folding import fold
from index.post import Post
from index.zones import zone_texts

# Of a longer text only the beginning is looked for, as the embedded engine does.
from searcher.embedded.nearness import MAX_LENGTH


def text_of(post: Post) -> str:
    """Return all texts of `post`, folded, each on a line of its own."""
    return "\n".join(fold(text.strip()) for texts in zone_texts(post).values() for text in texts)


def nearness(held: str, text: str) -> float:
    """Return how near together `held` has the folded `text`: 1 where all of it stands.

    The text is taken apart into the longest stretches that are held, from the first character on; of its pairs of
    neighbours those count that stand together in one of them.
    """
    text = text[:MAX_LENGTH]
    if len(text) < 2:
        return 0.0
    near = at = 0
    while at < len(text) - 1:
        end = at + 2
        while end <= len(text) and text[at:end] in held:
            end += 1
        here = end - at - 2
        near += here
        at += here + 1
    return near / (len(text) - 1)
