"""The posts that share most of what sets a post apart: its hashtags, and words that few others hold."""

from dataclasses import dataclass
from typing import Any

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
from index.schema.bm25 import K1
from index.text.segmenter import Segmenter
from searcher.opensearch.clauses import feature
from searcher.opensearch.compiler import Compiler
from searcher.opensearch.statistics import Known
from searcher.query.tree import Hashtag, Node, Or, Terms
from searcher.ranking.key_terms import HASHTAG_WEIGHT, LEAST_SHARE, key_terms

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alike:
    """Is the search that finds what is related to a post, and the query that shows by what."""

    body: Json
    shared_by: Node


def alike(
    known: Known, compiler: Compiler, segmenter: Segmenter, post: Post, gains: dict[str, float], limit: int
) -> Alike:
    """Return how to find up to `limit` posts related to `post`, each word of which gives it `gains`.

    A hashtag counts the same in posts of any length, unlike in the embedded engine.
    """
    told = key_terms(post, segmenter, lambda word: known.count({"term": {"word": word}}), known.posts, compiler.rarity)
    factors = {
        word: (K1 + 1) * share * compiler.worth(known.count({"term": {"word": word}}), "word") for word, share in told
    }
    topics = list(dict.fromkeys(map(hashtag_key, post.hashtags)))
    weights = {
        topic: HASHTAG_WEIGHT * compiler.worth(known.count({"term": {"hashtag": topic}}), "hashtag") for topic in topics
    }
    own = sum(factor * gains.get(word, 0.0) for word, factor in factors.items()) + sum(weights.values())
    should = [feature("words", word, factor) for word, factor in factors.items()]
    should += [
        {"constant_score": {"filter": {"term": {"hashtag": topic}}, "boost": weight}}
        for topic, weight in weights.items()
    ]
    others = {"bool": {"should": should, "minimum_should_match": 1, "must_not": [{"term": {"id": post.id}}]}}
    body = {
        "query": others if should else {"match_none": {}},
        "min_score": LEAST_SHARE * own,
        "size": limit,
        "sort": [{"_score": "desc"}, {"published": {"order": "desc", "missing": "_last"}}, {"id": "asc"}],
        "_source": ["post"],
    }
    return Alike(body, Or((*map(Terms, factors), *map(Hashtag, topics))))
