"""How a query was read, and what became of one post, clause by clause.

What a token gave to the post's score is reckoned here, by what is stored of the post.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
from index.schema.bm25 import K1
from index.text import tokenizer
from index.text.folding import fold
from searcher.explanation import (
    MOST_WORDS,
    Clause,
    Clue,
    Explanation,
    Gain,
    Place,
    Reading,
    Token,
    Verdict,
    holds,
)
from searcher.opensearch.clauses import holders
from searcher.opensearch.compiler import Compiler, Term, similar_words
from searcher.opensearch.proximity import nearness, text_of
from searcher.opensearch.statistics import Known
from searcher.query.tree import And, Fuzzy, Hashtag, Node, Not, Or, Phrase, Prefix, Terms, Wildcard
from searcher.ranking.parameters import NEARNESS_MOST, WHOLE_LIFT
from searcher.ranking.synonyms import with_synonyms
from searcher.request import SearchRequest
from searcher.snippets import Highlighter

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Is the post asked about: what each of its tokens gives, and whether it is one of the best, which are lifted."""

    post: Post
    gains: dict[str, dict[str, float]]
    is_lifted: bool
    is_scored: bool = True


class Explainer:
    """Explains the clauses of a query by what is `known` of an index."""

    def __init__(self, known: Known, compiler: Compiler, asked: Asked | None) -> None:
        self._known = known
        self._compiler = compiler
        self._asked = asked

    def explanation(self, request: SearchRequest, node: Node, filters: dict[str, Json]) -> Explanation:
        """Return how the query of `request`, which is `node`, was read, and what became of the post asked about."""
        matches = self._compiler.ranked(node).matches
        passing = {"bool": {"filter": [matches, *filters.values()]}}
        total = self._known.count(passing)
        if self._asked is None:
            return Explanation(request.query, str(node), total, self.clause(node))
        is_hit = self._is_true(passing)
        clause = (self if is_hit else self._unscored()).clause(node)
        post = self._asked.post
        failed = tuple(name for name, one in filters.items() if not self._is_true(one))
        score = sum(gain.score for gain in _all_gains(clause))
        return Explanation(request.query, str(node), total, clause, Verdict(post.id, post.title, is_hit, score, failed))

    def clause(self, node: Node) -> Clause:
        """Return what is to be said of `node`."""
        matches = self._compiler.ranked(node).matches
        clause = Clause(
            kind=node.kind,
            query=str(node),
            span=node.span,
            posts=self._known.count(matches),
            reading=self._reading(node),
            children=tuple(self._children(node)),
        )
        if self._asked is None:
            return clause
        matched = self._is_true(matches)
        if clause.children:
            return replace(clause, matched=matched)
        gains = tuple(self._gains(node, self._asked)) if matched and self._asked.is_scored else ()
        return replace(clause, matched=matched, places=self._places(node, self._asked.post), gains=gains)

    def _children(self, node: Node) -> Iterator[Clause]:
        match node:
            case And(children=children) | Or(children=children):
                yield from map(self.clause, children)
            case Not(child=child):
                yield self._unscored().clause(child)

    def _unscored(self) -> "Explainer":
        asked = self._asked and replace(self._asked, is_scored=False)
        return Explainer(self._known, self._compiler, asked)

    def _is_true(self, query: Json) -> bool:
        assert self._asked
        return self._known.count({"bool": {"filter": [query, {"term": {"id": self._asked.post.id}}]}}) == 1

    def _places(self, node: Node, post: Post) -> tuple[Place, ...]:
        highlighter = Highlighter(
            with_synonyms(node, self._compiler.variants), lambda text: similar_words(self._known, text)
        )
        return tuple(
            Place(part, tuple(save.saved for save in post.saves if save.saved and holds(save, part, texts)))
            for part, texts in highlighter.places(post).items()
        )

    # --- gains ---------------------------------------------------------------------------------------------

    def _gains(self, node: Node, asked: Asked) -> list[Gain]:
        match node:
            case Terms(text=text):
                folded = fold(text).strip()
                if self._compiler.is_exact(node):
                    return _given(self._compiler.exact_terms(folded, node.scope), asked)
                offers = [self._lifted(folded, 1.0, asked)]
                for variant in self._compiler.variants(folded):
                    if self._is_true(holders(variant.word, node.scope)):
                        weight = self._compiler.synonym_weight(folded, variant.text)
                        offers.append(self._lifted(variant.text, weight, asked))
                return max(offers, key=lambda gains: sum(gain.score for gain in gains))
            case Phrase(text=text):
                return _given(self._compiler.exact_terms(fold(text), node.scope), asked)
            case Prefix() | Wildcard() | Fuzzy():
                matches, words = self._compiler.expansion(node)
                factor = (K1 + 1) * self._compiler.worth(self._known.count(matches), "words")
                best = max((asked.gains["words"].get(word, 0.0) for word in words), default=0.0)
                gains = [Gain(node.text, "words", factor * best)] if best else []
                text = fold(node.text).strip()
                if self._compiler.stands_for_itself(node) and self._is_true(holders(text, node.scope)):
                    gains += _given(self._compiler.exact_terms(text, node.scope), asked)
                return gains
            case _:
                return []

    def _lifted(self, text: str, weight: float, asked: Asked) -> list[Gain]:
        gains = [replace(gain, score=weight * gain.score) for gain in _given(self._compiler.terms(text), asked)]
        base = sum(gain.score for gain in gains)
        held = text_of(asked.post)
        is_whole = text in held
        lift = WHOLE_LIFT * base if is_whole else 0.0
        if asked.is_lifted:
            lift += min(self._compiler.nearness_weight(weight) * nearness(held, text), NEARNESS_MOST * (base + lift))
        return [*gains, Gain(text, "whole text" if is_whole else "nearness", lift)] if lift else gains

    # --- readings ------------------------------------------------------------------------------------------

    def _reading(self, node: Node) -> Reading | None:
        match node:
            case Terms(text=text):
                return self._words(fold(text).strip(), node)
            case Phrase(text=text):
                folded = fold(text)
                return Reading(folded, _tokens(self._compiler.exact_terms(folded, node.scope)))
            case Prefix(text=text) | Wildcard(text=text) | Fuzzy(text=text):
                words = self._compiler.expansion(node)[1]
                return Reading(fold(text).strip(), words=tuple(words[:MOST_WORDS]), word_count=len(words))
            case Hashtag(name=name):
                return Reading(hashtag_key(name))
            case _:
                return None

    def _words(self, text: str, node: Terms) -> Reading:
        clues, enough = self._compiler.clues(text, node.scope)
        is_exact = self._compiler.is_exact(node)
        terms = self._compiler.exact_terms(text, node.scope) if is_exact else self._compiler.terms(text)
        return Reading(
            text,
            _tokens(terms),
            forms=tuple(tuple(map(" ".join, unit.alternatives)) for unit in tokenizer.latin_words(text)),
            clues=tuple(
                Clue(one.text, one.posts, one.weight, self._is_true(one.query) if self._asked else None)
                for one in clues
            ),
            enough=enough,
            synonyms=tuple(variant.text for variant in self._compiler.variants(text)),
        )


def _given(terms: Iterator[Term], asked: Asked) -> list[Gain]:
    gains = [Gain(term.text, term.kind, term.factor * asked.gains[term.field].get(term.token, 0.0)) for term in terms]
    return [gain for gain in gains if gain.score]


def _tokens(terms: Iterator[Term]) -> tuple[Token, ...]:
    return tuple(Token(term.text, term.kind, term.posts, term.boost) for term in terms)


def _all_gains(clause: Clause) -> Iterator[Gain]:
    yield from clause.gains
    for child in clause.children:
        yield from _all_gains(child)
