"""Clauses of OpenSearch queries: for a text, a word, a gram or a property, and combinations of them."""

import re
from collections.abc import Iterable
from typing import Any, assert_never

from index.archive.hashtags import hashtag_key
from index.opensearch import tokens
from index.opensearch.documents import GROUPS
from index.text import tokenizer
from index.text.tokenizer import QueryWord
from searcher.query.tree import FieldEquals, Hashtag, Property, PublishedBetween, SaveCount, SavedBetween, Scope

Json = dict[str, Any]
NOTHING: Json = {"match_none": {}}
EVERYTHING: Json = {"match_all": {}}


def holders(text: str, scope: Scope) -> Json:
    """Return a query for the posts that literally hold the folded `text`."""
    is_gram = len(text) <= 2 and [*tokenizer.han_runs(text)] == [text]
    if is_gram and scope is Scope.ANYWHERE:
        return gram_clause(text)
    groups = [f"text_{group}" for group in _groups(scope)]
    if len(text) == 1:  # every character begins a pair: the last character of a text, with the end of the text
        return either([{"prefix": {name: tokens.encoded(text)}} for name in groups])
    return either([{"match_phrase": {name: tokens.phrase(text)}} for name in groups])


def _groups(scope: Scope) -> list[str]:
    return [group for group, within in GROUPS.items() if scope.zones is None or within[0] in scope.zones]


def in_words(kind: str, value: object, scope: Scope) -> Json:
    """Return a query of a `kind`, such as term or prefix, for the posts with a word in `scope` that fits `value`."""
    if isinstance(value, str) and kind == "term":
        value = tokens.shortened(value)
    names = ["word"] if scope is Scope.ANYWHERE else [f"word_{group}" for group in _groups(scope)]
    return either([{kind: {name: value}} for name in names])


def word_clause(word: QueryWord, scope: Scope) -> Json:
    """Return a query for the posts that hold any alternative of a Latin word."""
    return either([filtered([in_words("term", token, scope) for token in held]) for held in word.alternatives])


def gram_clause(text: str) -> Json:
    """Return a query for the posts that hold a character or a pair of neighbours."""
    return feature("grams", text, 1.0)


def feature(field: str, token: str, boost: float) -> Json:
    """Return a query that scores posts by a rank feature: `boost * x / (x + 1)`."""
    return {"rank_feature": {"field": f"{field}.{tokens.encoded(token)}", "saturation": {"pivot": 1}, "boost": boost}}


def property_clause(node: Property) -> Json:
    """Return a query for the posts with the property that `node` asks for."""
    match node:
        case Hashtag():
            return {"term": {"hashtag": hashtag_key(node.name)}}
        case FieldEquals():
            return {"term": {"domain" if node.field == "site" else node.field: node.value}}
        case PublishedBetween():
            bounds = {"gte": node.start, "lt": node.end}
            times = {name: moment.timestamp() for name, moment in bounds.items() if moment}
            return published(times)
        case SavedBetween():
            days = {"gte": node.start, "lt": node.end}
            return {"range": {"saved": {name: f"{day:%Y-%m-%d}" for name, day in days.items() if day}}}
        case SaveCount():
            most = {} if node.most is None else {"lte": node.most}
            return {"range": {"saves": {"gte": node.least, **most}}}
        case _:
            assert_never(node)


def published(bounds: dict[str, float]) -> Json:
    """Return a query for the posts published within `bounds`, in Unix seconds; without bounds, at any known time."""
    return (
        {"range": {"published": {name: int(-(-seconds // 1)) for name, seconds in bounds.items()}}}
        if bounds
        else {"exists": {"field": "published"}}
    )


def regular_expression(text: str) -> str:
    """Return a regular expression of OpenSearch for `text`."""
    return re.sub(r'([.?+*|{}\[\]()"\\#@&<>~^$-])', r"\\\1", text)


def naming_pattern(key: str) -> str:
    """Return a regular expression for keys that begin with `key`, or have it where a word may begin."""
    # A letter or a digit before a letter or a digit begins no word.
    before = "(.*[^a-z0-9])?" if key[:1].isascii() and key[:1].isalnum() else ".*"
    return f"{before}{regular_expression(key)}.*"


def unscored(query: Json) -> Json:
    """Return a query that matches as `query` does, and scores nothing."""
    return {"bool": {"filter": [query]}}


def filtered(queries: Iterable[Json]) -> Json:
    """Return a query for the posts that match all of `queries`."""
    queries = list(queries)
    return queries[0] if len(queries) == 1 else {"bool": {"filter": queries}}


def either(queries: Iterable[Json]) -> Json:
    """Return a query for the posts that match any of `queries`."""
    different = list({str(query): query for query in queries}.values())
    if len(different) == 1:
        return different[0]
    return {"bool": {"should": different, "minimum_should_match": 1}} if different else NOTHING
