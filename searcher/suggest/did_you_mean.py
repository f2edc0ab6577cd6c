"""Did you mean: for a query that finds next to nothing, similar queries that may find more."""

from collections.abc import Iterator
from itertools import islice
from typing import assert_never

from index.archive.hashtags import hashtag_key
from index.text import tokenizer
from index.text.folding import fold_with_offsets
from searcher.errors import QuerySyntaxError
from searcher.query.parser import parse
from searcher.query.tree import (
    ExpansionNode,
    FieldEquals,
    Hashtag,
    Leaf,
    MatchAll,
    Node,
    Phrase,
    PropertyNode,
    Span,
    Terms,
    leaves,
)
from searcher.suggest.spelling import MAX_CORRECTIONS, MAX_MISSPELLED, SpellingSuggester
from searcher.suggest.vocabulary import Vocabulary

# Queries that are tried, the likeliest first.
_MAX_QUERIES = 6
# Longer queries have no suggestions: each query that is tried is another search.
_MAX_CLAUSES = 6
_MAX_CHARACTERS = 120


def may_be_misspelled(node: Node, total: int) -> bool:
    """Return whether a query that finds `total` posts finds next to nothing, and is short enough for suggestions."""
    if total > MAX_MISSPELLED:
        return False
    asked = list(leaves(node))
    return len(asked) <= _MAX_CLAUSES and sum(len(str(leaf)) for leaf in asked) <= _MAX_CHARACTERS


def suggested_queries(query: str, node: Node, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the likeliest corrections of `query`, which is `node`; some of them may find no more."""
    corrected = _corrected_queries(query, node, SpellingSuggester(vocabulary))
    return islice(filter(_is_query, corrected), _MAX_QUERIES)


def _is_query(text: str) -> bool:
    try:
        parse(text)
    except QuerySyntaxError:
        return False
    return True


def _corrected_queries(query: str, node: Node, suggester: SpellingSuggester) -> Iterator[str]:
    found = (correction for leaf in leaves(node) for correction in _corrections(query, leaf, suggester))
    corrections = [(span, texts) for span, texts in found if texts]
    # All at once, and then one by one.
    if len(corrections) > 1:
        yield _replace(query, {span: texts[0] for span, texts in corrections})
    for place in range(MAX_CORRECTIONS):
        yield from (_replace(query, {span: texts[place]}) for span, texts in corrections if place < len(texts))
    for leaf in leaves(node):
        if isinstance(leaf, Phrase):
            yield _replace(query, {leaf.span: str(Terms(" ".join(leaf.text.split()), leaf.scope))})


def _corrections(query: str, leaf: Leaf, suggester: SpellingSuggester) -> Iterator[tuple[Span, list[str]]]:
    """Yield the spans of `leaf` that may be misspelled, each with its corrections, the likeliest first."""
    start, end = leaf.span
    match leaf:
        case Hashtag(name=name):
            labels = suggester.correct_hashtag(hashtag_key(name))
            yield leaf.span, [f"#{label}#" if query[start] in "#＃" else str(Hashtag(label)) for label in labels]
        case FieldEquals(field=field, value=value):
            # The node has the indexed form of the value, the query the typed one.
            typed = query[start:end].split(":")[-1].split("：")[-1].strip('"“”＂')
            yield from _correction(query, typed, leaf, suggester.correct_value(field, value))
        case Terms(text=text) | Phrase(text=text):
            folded, offsets = fold_with_offsets(text)
            for run in tokenizer.script_runs(folded):
                correct = suggester.correct_word if run.lastgroup == "latin" else suggester.correct_run
                typed = text[offsets[run.start()] : offsets[run.end() - 1] + 1]
                yield from _correction(query, typed, leaf, correct(run[0]))
        case ExpansionNode() | PropertyNode() | MatchAll():
            return
        case _:
            assert_never(leaf)


def _correction(query: str, typed: str, leaf: Leaf, texts: list[str]) -> Iterator[tuple[Span, list[str]]]:
    if (at := query.find(typed, *leaf.span)) >= 0:
        yield (at, at + len(typed)), texts[:MAX_CORRECTIONS]


def _replace(query: str, replacements: dict[Span, str]) -> str:
    for (start, end), text in sorted(replacements.items(), reverse=True):
        query = query[:start] + text + query[end:]
    return query
