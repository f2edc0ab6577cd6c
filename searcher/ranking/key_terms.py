"""Key terms: the words and hashtags of a post by which other posts are related to it.

Words rank by `share * idf`, where `share = tf / (tf + 1)` and tf counts occurrences, weighted by zone.
"""

from collections import defaultdict
from collections.abc import Iterator

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
from index.schema.zones import ZONE_WEIGHTS, Zone, zone_texts
from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import Segmenter
from searcher.query.tree import Hashtag, Or, Terms
from searcher.ranking.parameters import TermKind
from searcher.ranking.plan import Term
from searcher.ranking.planner import Planner
from searcher.ranking.statistics import IndexStatistics

_MAX_WORDS = 20
# Characters of each text that are read: a text says first what it is about.
_MAX_LENGTH = 400
# A share of all posts: more common words say nothing of one post.
_MAX_SHARE = 0.2
# A hashtag counts more than a word as rare: the author chose it.
_HASHTAG_BOOST = 2.0
# A related post has this share at least of the score that the post itself has by its key terms.
MIN_RELATED_SHARE = 0.15


def key_terms(post: Post, planner: Planner, statistics: IndexStatistics) -> list[Term]:
    """Return the key terms of `post`, each with what it weighs in other posts."""
    words = [
        planner.term(word, TermKind.WORD, statistics.token_count(TermKind.WORD, word), boost=share)
        for word, share in _key_words(post, planner, statistics)
    ]
    hashtags = [
        planner.term(key, TermKind.HASHTAG, statistics.token_count(TermKind.HASHTAG, key), boost=_HASHTAG_BOOST)
        for key in dict.fromkeys(map(hashtag_key, post.hashtags))
    ]
    return [*words, *hashtags]


def query_of(terms: list[Term]) -> Or:
    """Return the query that marks `terms` in other posts."""
    return Or(tuple(Hashtag(term.text) if term.kind is TermKind.HASHTAG else Terms(term.text) for term in terms))


def _key_words(post: Post, planner: Planner, statistics: IndexStatistics) -> list[tuple[str, float]]:
    """Return the words of `post` with the highest `share * idf`, each with its share."""
    frequencies: dict[str, float] = defaultdict(float)
    for zone, word in _words(post, statistics.segmenter):
        frequencies[word] += ZONE_WEIGHTS[zone] / ZONE_WEIGHTS[Zone.BODY]
    most = max(_MAX_SHARE * statistics.post_count, 2)
    ranked: list[tuple[float, str, float]] = []
    for word, frequency in frequencies.items():
        # Words of this post alone lead to no other.
        if 1 < (count := statistics.token_estimate(TermKind.WORD, word)) <= most:
            share = frequency / (frequency + 1)
            ranked.append((-share * planner.idf(count), word, share))
    return [(word, share) for _, word, share in sorted(ranked)[:_MAX_WORDS]]


def _words(post: Post, segmenter: Segmenter) -> Iterator[tuple[Zone, str]]:
    for zone, texts in zone_texts(post).items():
        if zone in (Zone.TITLE, Zone.OPENING, Zone.BODY, Zone.SUMMARY):
            for text in texts:
                for word in tokenizer.query_words(fold(text[:_MAX_LENGTH].strip()), segmenter):
                    if len(word.text) > 1:
                        yield zone, word.text
