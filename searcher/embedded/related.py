"""The posts that share most of what sets a post apart: its hashtags, and words that few others hold."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from index import analyzer
from index.folding import fold
from index.hashtags import hashtag_key
from index.post import Post
from index.zones import ZONE_WEIGHTS, Zone, zone_texts
from searcher.embedded.postings import Postings, first_places, in_any
from searcher.embedded.ranking import Ranking, Term
from searcher.embedded.snapshot import Snapshot
from searcher.query import Hashtag, Node, Or, Words

# So many words tell what a post is about; they are looked for in so much of each of its texts, which say that first.
MOST_WORDS = 20
_READ = 400
# Words that a larger share of all posts hold tell nothing.
_LARGEST_SHARE = 0.2
# A hashtag counts more than a word as rare: the author chose it.
HASHTAG_WEIGHT = 2.0
# A related post has this share at least of the score that the post itself has by its words and hashtags.
LEAST_SHARE = 0.15
# Where a hashtag weighs what one occurrence in a body does, in tenths.
_ONCE = ZONE_WEIGHTS[Zone.BODY]


def related(snapshot: Snapshot, number: int, limit: int) -> tuple[list[tuple[int, float]], Node]:
    """Return up to `limit` documents related to a document, with their scores, and the query that shows by what."""
    post = snapshot.post(number)
    ranking = Ranking(snapshot)
    words = telling_words(post, snapshot.segmenter, partial(snapshot.count, "words"), len(snapshot.all), ranking.rarity)
    topics = list(dict.fromkeys(map(hashtag_key, post.hashtags)))
    terms = [Term(word, "word", snapshot.postings("words", word), weight) for word, weight in words]
    terms += [_topic(snapshot, topic) for topic in topics]
    shared_by = Or((*(Words(word) for word, _ in words), *map(Hashtag, topics)))
    numbers = in_any([term.postings.numbers for term in terms], snapshot.size) if terms else snapshot.all[:0]
    numbers = numbers[numbers != number]
    scores = ranking.sum_of(terms, numbers)
    alike = scores >= LEAST_SHARE * ranking.sum_of(terms, np.array([number]))
    numbers, scores = numbers[alike], scores[alike]
    best = first_places(-scores, limit).tolist()
    best.sort(key=lambda at: (-scores[at], -snapshot.published[numbers[at]], snapshot.id(int(numbers[at]))))
    return [(int(numbers[at]), float(scores[at])) for at in best[:limit]], shared_by


def telling_words(
    post: Post,
    segmenter: analyzer.Segmenter,
    count_of: Callable[[str], int],
    posts: int,
    rarity: Callable[[int], float],
) -> list[tuple[str, float]]:
    """Return the words that tell most of what `post` is about, with how much each counts, its rarity apart.

    `count_of` gives how many of all `posts` hold a word, and `rarity` what that is worth.
    """
    weights: dict[str, float] = defaultdict(float)
    for zone, word in _words(post, segmenter):
        weights[word] += ZONE_WEIGHTS[zone] / _ONCE
    most = _LARGEST_SHARE * posts
    telling: list[tuple[float, str, float]] = []
    for word, weight in weights.items():
        # Words of this post alone lead to no other.
        if 1 < (count := count_of(word)) <= max(most, 2):
            share = weight / (weight + 1)
            telling.append((-share * rarity(count), word, share))
    return [(word, share) for _, word, share in sorted(telling)[:MOST_WORDS]]


def _words(post: Post, segmenter: analyzer.Segmenter) -> Iterator[tuple[Zone, str]]:
    for zone, texts in zone_texts(post).items():
        if zone in (Zone.TITLE, Zone.OPENING, Zone.BODY, Zone.SUMMARY):
            for text in texts:
                for unit in analyzer.units(fold(text[:_READ].strip()), segmenter):
                    if len(unit.text) > 1:
                        yield zone, unit.text


def _topic(snapshot: Snapshot, topic: str) -> Term:
    numbers = snapshot.with_value("hashtag", topic)
    return Term(topic, "hashtag", Postings(numbers, np.full(len(numbers), _ONCE, np.uint8)), HASHTAG_WEIGHT)
