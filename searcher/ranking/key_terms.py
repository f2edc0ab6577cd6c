"""Which words and hashtags tell what a post is about, the same for every engine."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from index.archive.post import Post
from index.schema.zones import ZONE_WEIGHTS, Zone, zone_texts
from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import Segmenter

# So many words tell what a post is about; they are looked for in so much of each of its texts, which say that first.
_MOST_WORDS = 20
_READ = 400
# Words that a larger share of all posts hold tell nothing.
_LARGEST_SHARE = 0.2
# A hashtag counts more than a word as rare: the author chose it.
HASHTAG_WEIGHT = 2.0
# A related post has this share at least of the score that the post itself has by its words and hashtags.
LEAST_SHARE = 0.15


def key_terms(
    post: Post,
    segmenter: Segmenter,
    count_of: Callable[[str], int],
    posts: int,
    rarity: Callable[[int], float],
) -> list[tuple[str, float]]:
    """Return the words that tell most of what `post` is about, with how much each counts, its rarity apart.

    `count_of` gives how many of all `posts` hold a word, and `rarity` what that is worth.
    """
    weights: dict[str, float] = defaultdict(float)
    for zone, word in _words(post, segmenter):
        weights[word] += ZONE_WEIGHTS[zone] / ZONE_WEIGHTS[Zone.BODY]
    most = _LARGEST_SHARE * posts
    telling: list[tuple[float, str, float]] = []
    for word, weight in weights.items():
        # Words of this post alone lead to no other.
        if 1 < (count := count_of(word)) <= max(most, 2):
            share = weight / (weight + 1)
            telling.append((-share * rarity(count), word, share))
    return [(word, share) for _, word, share in sorted(telling)[:_MOST_WORDS]]


def _words(post: Post, segmenter: Segmenter) -> Iterator[tuple[Zone, str]]:
    for zone, texts in zone_texts(post).items():
        if zone in (Zone.TITLE, Zone.OPENING, Zone.BODY, Zone.SUMMARY):
            for text in texts:
                for unit in tokenizer.query_words(fold(text[:_READ].strip()), segmenter):
                    if len(unit.text) > 1:
                        yield zone, unit.text
