"""A query that finds more, for one that finds next to nothing and is probably a slip."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from index.archive.hashtags import hashtag_key
from index.text import tokenizer
from index.text.folding import fold_with_offsets
from searcher.errors import QuerySyntaxError
from searcher.query.parser import parse
from searcher.query.tree import FieldEquals, Hashtag, Node, Phrase, Terms, leaves
from searcher.suggest.spelling import FEW, READINGS, SpellingSuggester, Vocabulary

# So many queries are tried, the likeliest first.
_TRIED = 6
# Longer queries are not looked at: each is asked again for what is tried.
_MOST_CLAUSES = 6
_MOST_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class _Slip:
    """Is a stretch of the query, from `start` to before `end`, and what may have been meant there."""

    start: int
    end: int
    meant: tuple[str, ...]


def may_be_slip(node: Node, total: int) -> bool:
    """Tell whether a query that finds `total` posts finds next to nothing, and is short enough to be looked at."""
    if total > FEW:
        return False
    asked = list(leaves(node))
    return len(asked) <= _MOST_CLAUSES and sum(len(str(leaf)) for leaf in asked) <= _MOST_CHARACTERS


def suggested_queries(query: str, node: Node, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the likeliest queries that were meant by `query`, which is `node`: some may find no more."""
    return islice(filter(_is_query, _mendings(query, node, SpellingSuggester(vocabulary))), _TRIED)


def _is_query(text: str) -> bool:
    try:
        parse(text)
    except QuerySyntaxError:
        return False
    return True


def _mendings(query: str, node: Node, finder: SpellingSuggester) -> Iterator[str]:
    slips = [slip for leaf in leaves(node) for slip in _slips(query, leaf, finder) if slip.meant]
    # All at once, and then one by one.
    if len(slips) > 1:
        yield _mended(query, [(slip, slip.meant[0]) for slip in slips])
    for place in range(READINGS):
        for slip in slips:
            yield from (_mended(query, [(slip, text)]) for text in slip.meant[place : place + 1])
    for leaf in leaves(node):
        if isinstance(leaf, Phrase):
            yield _mended(query, [(_Slip(*leaf.span, ()), str(Terms(" ".join(leaf.text.split()), leaf.scope)))])


def _slips(query: str, leaf: Node, finder: SpellingSuggester) -> Iterator[_Slip]:
    """Yield the stretches of `leaf` as it was typed that may be slips."""
    start, end = leaf.span
    match leaf:
        case Hashtag(name=name):
            labels = finder.of_hashtag(hashtag_key(name))
            written = [f"#{label}#" if query[start] in "#＃" else str(Hashtag(label)) for label in labels]
            yield _Slip(start, end, tuple(written))
        case FieldEquals(field=field, value=value):
            # A source is kept in lower case: it is all that stands behind the colon.
            typed = query[start:end].split(":")[-1].split("：")[-1].strip('"“”＂')
            yield from _typed(query, typed, (start, end), finder.of_value(field, value))
        case Terms(text=text) | Phrase(text=text):
            folded, offsets = fold_with_offsets(text)
            for match in tokenizer.script_runs(folded):
                meant = finder.of_word(match[0]) if match.lastgroup == "latin" else finder.of_run(match[0])
                typed = text[offsets[match.start()] : offsets[match.end() - 1] + 1]
                yield from _typed(query, typed, (start, end), meant)


def _typed(query: str, typed: str, span: tuple[int, int], meant: list[str]) -> Iterator[_Slip]:
    at = query.find(typed, *span)
    if at >= 0:
        yield _Slip(at, at + len(typed), tuple(meant[:READINGS]))


def _mended(query: str, changes: list[tuple[_Slip, str]]) -> str:
    for slip, text in sorted(changes, key=lambda change: change[0].start, reverse=True):
        query = query[: slip.start] + text + query[slip.end :]
    return query
