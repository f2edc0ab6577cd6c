"""Query tree and index statistics → ranking plan."""

from collections import defaultdict
from collections.abc import Iterator
from heapq import nlargest, nsmallest
from math import log
from typing import assert_never

from index.text import tokenizer
from index.text.folding import fold
from searcher.query.tree import (
    And,
    Expansion,
    ExpansionNode,
    MatchAll,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    PropertyNode,
    Scope,
    Terms,
    Wildcard,
    leaves,
)
from searcher.ranking.parameters import (
    CHARACTER_BOOST,
    MAX_REQUIRED_TERMS,
    MAX_RESCORED_TEXTS,
    MAX_TERMS,
    MIN_SHOULD_MATCH_CAP,
    MIN_SHOULD_MATCH_SHARE,
    MIN_TERMS,
    PAIR_BOOST,
    RARE_CHARACTER_IDF,
    RESCORE_WINDOW,
    SYNONYM_BOOST,
    WORD_BOOST,
    WORD_FORM_BOOST,
    TermKind,
    full_score,
    idf,
    idf_weight,
)
from searcher.ranking.plan import (
    AllPlan,
    AnyPlan,
    ExpansionPlan,
    FilterPlan,
    NotPlan,
    PhrasePlan,
    Plan,
    RequiredTerm,
    ScoredPlan,
    Term,
    TextPlan,
    TextQuery,
    TextScore,
)
from searcher.ranking.statistics import IndexStatistics
from searcher.ranking.synonyms import Variant

# Names of this module: reading a member off its class takes ten times as long in Python 3.11.
_WORD, _PAIR, _CHARACTER = TermKind.WORD, TermKind.PAIR, TermKind.CHARACTER
_PHRASE, _EXPANSION = TermKind.PHRASE, TermKind.EXPANSION


class Planner:
    """The planner of one query, in two steps: its matches, and, on demand, their scores."""

    def __init__(self, statistics: IndexStatistics, node: Node | None = None) -> None:
        """Make plans of a query whose tree is `node`: its texts share MAX_TERMS."""
        texts = sum(isinstance(leaf, Terms) for leaf in leaves(node)) if node else 0
        self._statistics = statistics
        self._max_terms = max(MIN_TERMS, MAX_TERMS // max(1, texts))
        self.rescore_window = RESCORE_WINDOW if texts <= MAX_RESCORED_TEXTS else 0

    def plan(self, node: Node) -> Plan:
        """Return what `node` matches."""
        match node:
            case Terms():
                return TextPlan(node, tuple(self._text_queries(fold(node.text).strip(), node.scope)))
            case Phrase():
                return PhrasePlan(node, fold(node.text), node.scope)
            case Prefix() | Wildcard():
                return self._expansion(node)
            case ExpansionNode():
                return ExpansionPlan(node)
            case And(children=children):
                return AllPlan(node, tuple(map(self.plan, children)))
            case Or(children=children):
                return AnyPlan(node, tuple(map(self.plan, children)))
            case Not(child=child):
                return NotPlan(node, self.plan(child))
            case MatchAll() | PropertyNode():
                return FilterPlan(node)
            case _:
                assert_never(node)

    def scores(self, plan: ScoredPlan) -> tuple[TextScore, ...]:
        """Return the scores of `plan`, of which the best counts; the first is that of every match."""
        match plan:
            case TextPlan(queries=queries):
                return self._text_scores(queries)
            case PhrasePlan(text=text, scope=scope):
                return (self._phrase_score(text, scope),)
            case ExpansionPlan(node=node):
                return (self._expansion_score(node),)
            case _:
                assert_never(plan)

    # --- matching ------------------------------------------------------------------------------------------

    def variants(self, text: str) -> list[Variant]:
        """Return the folded `text` with synonyms in it."""
        synonyms = self._statistics.synonyms
        return synonyms.variants(text, self._statistics.segmenter) if synonyms else []

    def _text_queries(self, text: str, scope: Scope) -> Iterator[TextQuery]:
        yield self._text_query(text, scope)
        for variant in self.variants(text):
            yield self._text_query(variant.text, scope, variant.word)

    def _text_query(self, text: str, scope: Scope, synonym: str = "") -> TextQuery:
        required = tuple(self._required_terms(text, scope))
        share = MIN_SHOULD_MATCH_SHARE * sum(term.idf for term in required)
        return TextQuery(text, scope, required, min(share, self._min_should_match_cap), synonym)

    @property
    def _min_should_match_cap(self) -> float:
        return MIN_SHOULD_MATCH_CAP * log(2 + self._statistics.post_count)

    def _required_terms(self, text: str, scope: Scope) -> Iterator[RequiredTerm]:
        """Yield each Latin word of the folded `text`, and of its runs of Han what `required_han_terms` says."""
        for word in dict.fromkeys(tokenizer.latin_words(text)):
            posts = self._statistics.word_count(word, scope)
            yield RequiredTerm(word.text, word, posts, self.idf(posts))
        for han in self._rarest(self._required_han_terms(text, scope)):
            posts = self._statistics.phrase_count(han, scope)
            yield RequiredTerm(han, None, posts, self.idf(posts))

    def _required_han_terms(self, text: str, scope: Scope) -> list[str]:
        least = max(self._min_should_match_cap, RARE_CHARACTER_IDF)
        found = tokenizer.required_han_terms(
            text,
            lambda run: self._statistics.phrase_count(run, scope) > 0,
            lambda character: self.idf(self._statistics.token_count(_CHARACTER, character)) >= least,
        )
        return list(dict.fromkeys(found))

    def _rarest(self, terms: list[str]) -> list[str]:
        """Return MAX_REQUIRED_TERMS of `terms` at most, which are pairs if there are more."""
        if len(terms) <= MAX_REQUIRED_TERMS:
            return terms
        counts = {term: self._statistics.token_estimate(_PAIR, term[:2]) for term in terms}
        return nsmallest(MAX_REQUIRED_TERMS, filter(counts.get, terms), key=counts.__getitem__)

    def _expansion(self, node: Prefix | Wildcard) -> Plan:
        text = fold(node.text).strip()
        # Chinese has no word beginnings that a reader could mean: what holds the text begins a word with it.
        # And "2*3" may be meant as it stands.
        if isinstance(node, Prefix) and text[-1].isascii():
            return ExpansionPlan(node)
        return AnyPlan(node, (ExpansionPlan(node), PhrasePlan(node, text, node.scope)))

    # --- scoring -------------------------------------------------------------------------------------------

    def idf(self, posts: int) -> float:
        """Return the idf of a term that `posts` posts hold."""
        return idf(posts, self._statistics.post_count)

    def term(
        self,
        text: str,
        kind: TermKind,
        posts: int,
        *,
        boost: float = 1.0,
        scope: Scope = Scope.ANYWHERE,
        expansion: Expansion | None = None,
    ) -> Term:
        """Return a scored term that `posts` posts hold."""
        weight = boost * idf_weight(kind, posts, self._statistics.post_count)
        return Term(text, kind, scope, posts, boost, weight, expansion)

    def _text_scores(self, queries: tuple[TextQuery, ...]) -> tuple[TextScore, ...]:
        typed, *variants = queries
        if not variants and self._statistics.is_phrase(typed):
            return (self._phrase_score(typed.text, typed.scope),)
        scores = [TextScore(typed.text, typed.scope, self._terms(typed.text), is_rescored=True)]
        for query in variants:
            terms = self._terms(query.text)
            # A rarer synonym, or one of more terms, says no more than what was typed, and a commoner one no less.
            boost = SYNONYM_BOOST * self._full_score(scores[0].terms, typed.text) / self._full_score(terms, query.text)
            scores.append(TextScore(query.text, query.scope, terms, is_rescored=True, boost=boost, query=query))
        return tuple(scores)

    def _full_score(self, terms: tuple[Term, ...], text: str) -> float:
        return full_score(sum(term.weight for term in terms), text, self._statistics.post_count)

    def _terms(self, text: str) -> tuple[Term, ...]:
        """Return the terms that score the folded `text`: its words, and the grams of its runs of Han."""
        boosts: dict[tuple[TermKind, str], float] = defaultdict(float)
        for word in tokenizer.query_words(text, self._statistics.segmenter):
            for place, token in enumerate(word.tokens):
                is_form = word.alternatives and place
                boosts[_WORD, token] += WORD_BOOST * (WORD_FORM_BOOST if is_form else 1.0)
        for gram in tokenizer.han_grams(text):
            kind, boost = (_PAIR, PAIR_BOOST) if len(gram) == 2 else (_CHARACTER, CHARACTER_BOOST)
            boosts[kind, gram] += boost
        count = self._statistics.token_count
        return tuple(
            self.term(token, kind, count(kind, token), boost=boosts[kind, token])
            for kind, token in self._heaviest(boosts)
        )

    def _heaviest(self, boosts: dict[tuple[TermKind, str], float]) -> list[tuple[TermKind, str]]:
        """Return the tokens of `boosts` that weigh most, by estimate, if they are too many."""
        if len(boosts) <= self._max_terms:
            return list(boosts)
        total = self._statistics.post_count

        def weight(token: tuple[TermKind, str]) -> float:
            return boosts[token] * idf_weight(token[0], self._statistics.token_estimate(*token), total)

        return nlargest(self._max_terms, boosts, key=weight)

    def _phrase_score(self, text: str, scope: Scope) -> TextScore:
        """Return the score of the folded `text` as one word, and as the word that it may be."""
        terms = [self.term(text, _PHRASE, self._statistics.phrase_count(text, scope), scope=scope)]
        if posts := self._statistics.token_count(_WORD, text, scope):
            terms.append(self.term(text, _WORD, posts, scope=scope))
        return TextScore(text, scope, tuple(terms))

    def _expansion_score(self, node: Expansion) -> TextScore:
        text, posts = str(node), self._statistics.expansion_count(node)
        term = self.term(text, _EXPANSION, posts, scope=node.scope, expansion=node)
        return TextScore(text, node.scope, (term,))
