"""The posts that share most of the key terms of a post."""

from typing import Any

from index.archive.post import Post
from searcher.opensearch.clauses import feature
from searcher.opensearch.compiler import factor_of
from searcher.ranking.key_terms import MIN_RELATED_SHARE
from searcher.ranking.parameters import TermKind
from searcher.ranking.plan import Term

Json = dict[str, Any]


def related_body(terms: list[Term], post: Post, words: dict[str, float], limit: int) -> Json:
    """Return the search for up to `limit` posts related to `post`, whose key terms are `terms`.

    `words` are `tf / (tf + norm)` of the words of the post. A hashtag counts the same in posts of any length, unlike in
    the embedded engine.
    """
    hashtags = [term for term in terms if term.kind is TermKind.HASHTAG]
    factors = {term.text: factor_of(term) for term in terms if term.kind is TermKind.WORD}
    own = sum(factor * words.get(word, 0.0) for word, factor in factors.items()) + sum(tag.weight for tag in hashtags)
    should = [feature("words", word, factor) for word, factor in factors.items()]
    should += [{"constant_score": {"filter": {"term": {"hashtag": tag.text}}, "boost": tag.weight}} for tag in hashtags]
    others = {"bool": {"should": should, "minimum_should_match": 1, "must_not": [{"term": {"id": post.id}}]}}
    return {
        "query": others if should else {"match_none": {}},
        "min_score": MIN_RELATED_SHARE * own,
        "size": limit,
        "sort": [{"_score": "desc"}, {"published": {"order": "desc", "missing": "_last"}}, {"id": "asc"}],
        "_source": ["post"],
    }
