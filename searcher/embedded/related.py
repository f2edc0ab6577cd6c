"""The posts that share most of what sets a post apart: its hashtags, and words that few others hold."""

from functools import partial

import numpy as np

from index.archive.hashtags import hashtag_key
from index.schema.zones import ZONE_WEIGHTS, Zone
from searcher.embedded.postings import Postings, first_places, in_any
from searcher.embedded.ranking import Ranking, Term
from searcher.embedded.snapshot import Snapshot
from searcher.query.tree import Hashtag, Node, Or, Terms
from searcher.ranking.key_terms import HASHTAG_WEIGHT, LEAST_SHARE, key_terms

# Where a hashtag weighs what one occurrence in a body does, in tenths.
_ONCE = ZONE_WEIGHTS[Zone.BODY]


def related(snapshot: Snapshot, number: int, limit: int) -> tuple[list[tuple[int, float]], Node]:
    """Return up to `limit` documents related to a document, with their scores, and the query that shows by what."""
    post = snapshot.post(number)
    ranking = Ranking(snapshot)
    words = key_terms(post, snapshot.segmenter, partial(snapshot.count, "words"), len(snapshot.all), ranking.rarity)
    topics = list(dict.fromkeys(map(hashtag_key, post.hashtags)))
    terms = [Term(word, "word", snapshot.postings("words", word), weight) for word, weight in words]
    terms += [_topic(snapshot, topic) for topic in topics]
    shared_by = Or((*(Terms(word) for word, _ in words), *map(Hashtag, topics)))
    numbers = in_any([term.postings.numbers for term in terms], snapshot.size) if terms else snapshot.all[:0]
    numbers = numbers[numbers != number]
    scores = ranking.sum_of(terms, numbers)
    alike = scores >= LEAST_SHARE * ranking.sum_of(terms, np.array([number]))
    numbers, scores = numbers[alike], scores[alike]
    best = first_places(-scores, limit).tolist()
    best.sort(key=lambda at: (-scores[at], -snapshot.published[numbers[at]], snapshot.id(int(numbers[at]))))
    return [(int(numbers[at]), float(scores[at])) for at in best[:limit]], shared_by


def _topic(snapshot: Snapshot, topic: str) -> Term:
    numbers = snapshot.with_value("hashtag", topic)
    return Term(topic, "hashtag", Postings(numbers, np.full(len(numbers), _ONCE, np.uint8)), HASHTAG_WEIGHT)
