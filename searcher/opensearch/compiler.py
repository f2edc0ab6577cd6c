"""Ranking plan → a query of OpenSearch that matches as the plan says, and scores nearly so.

A post stores `tf / (tf + norm)` of each term as a rank feature. A term's weight stands in the query as the boost of its
feature, so that scores don't depend on which shard a post lies in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from index.opensearch import tokens
from index.schema.bm25 import K1
from index.text import tokenizer
from searcher.opensearch.clauses import (
    EVERYTHING,
    Json,
    either,
    feature,
    filtered,
    holders,
    property_clause,
    unscored,
    word_clause,
)
from searcher.opensearch.statistics import ClusterStatistics
from searcher.query.tree import MatchAll, Scope
from searcher.ranking.parameters import PHRASE_BOOST, TermKind
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
    is_scored,
)
from searcher.ranking.planner import Planner
from searcher.ranking.synonyms import latin_word

# The cluster adds up idf in another order, and in single precision.
_ROUNDING = 1e-6
# A rank feature: its field and its token.
Feature = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rescored:
    """A score that is rescored; an answer gives it under `name`. Of those with one `group` the best counts."""

    name: str
    group: int
    score: TextScore


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query by what it matches, and by what it matches and scores; `rescored` are the named scores in it."""

    matches: Json
    query: Json
    is_scored: bool
    rescored: list[Rescored] = field(default_factory=list)


class Compiler:
    """Compiles plans for one index by its statistics."""

    def __init__(self, statistics: ClusterStatistics, planner: Planner) -> None:
        self._statistics = statistics
        self._planner = planner

    def compile(self, plan: Plan) -> Compiled:
        """Return the query that executes `plan`."""
        rescored: list[Rescored] = []
        query = self._query(plan, rescored)
        return Compiled(self.matches(plan), query, is_scored(plan), rescored if self._planner.rescore_window else [])

    # --- matching ------------------------------------------------------------------------------------------

    def matches(self, plan: Plan) -> Json:
        """Return a query for the posts that match `plan`."""
        match plan:
            case FilterPlan(node=node):
                return EVERYTHING if isinstance(node, MatchAll) else property_clause(node)
            case TextPlan(queries=queries):
                return either(map(self.text_clause, queries))
            case PhrasePlan(text=text, scope=scope):
                return holders(text, scope)
            case ExpansionPlan(node=node):
                return self._statistics.expansion_clause(node)
            case NotPlan(child=child):
                return {"bool": {"must_not": [self.matches(child)]}}
            case AllPlan(children=children):
                return filtered(map(self.matches, children))
            case AnyPlan(children=children):
                return either(map(self.matches, children))
            case _:
                assert_never(plan)

    def text_clause(self, query: TextQuery) -> Json:
        """Return a query for the posts that match `query`."""
        whole = holders(query.text, query.scope)
        required = [(self.required_clause(term, query), term.idf) for term in query.required]
        if all(idf >= query.min_should_match for _, idf in required):
            matches = either([whole, *(clause for clause, _ in required)])
        else:
            weighed = [{"constant_score": {"filter": clause, "boost": idf}} for clause, idf in required]
            least = query.min_should_match * (1 - _ROUNDING)
            sufficient = {"function_score": {"query": {"bool": {"should": weighed}}, "min_score": least}}
            matches = either([whole, sufficient])
        if not query.synonym:
            return matches
        word = latin_word(query.synonym)
        synonym = word_clause(word, query.scope) if word else holders(query.synonym, query.scope)
        return filtered([matches, synonym])

    def required_clause(self, term: RequiredTerm, query: TextQuery) -> Json:
        """Return a query for the posts that hold a required term of `query`."""
        return word_clause(term.word, query.scope) if term.word else holders(term.text, query.scope)

    # --- scoring -------------------------------------------------------------------------------------------

    def features(self, term: Term) -> list[Feature]:
        """Return the features of `term`, of which the best counts."""
        match term.kind:
            case TermKind.WORD:
                return [("words", tokens.shortened(term.text))]
            case TermKind.PAIR | TermKind.CHARACTER:
                return [("grams", term.text)]
            case TermKind.PHRASE:
                # How often a post holds a text is not stored: the rarest of its tokens stands for it.
                rarest = min(self._tokens(term.text), key=lambda counted: counted[1], default=None)
                return [rarest[0]] if rarest else []
            case TermKind.EXPANSION:
                assert term.expansion
                return [("words", tokens.shortened(word)) for word in self._statistics.words_of(term.expansion)]
            case TermKind.HASHTAG:
                return []
            case _:
                assert_never(term.kind)

    def _query(self, plan: Plan, rescored: list[Rescored]) -> Json:
        """Return a query that matches and scores as `plan` does; add its named scores to `rescored`."""
        if not is_scored(plan):
            return unscored(self.matches(plan))
        match plan:
            case AllPlan(children=children):
                must = [self._query(child, rescored) for child in children if is_scored(child)]
                return {"bool": {"must": must, "filter": [self.matches(c) for c in children if not is_scored(c)]}}
            case AnyPlan(children=children):
                return {"bool": {"should": [self._query(c, rescored) for c in children], "minimum_should_match": 1}}
            case TextPlan() | PhrasePlan() | ExpansionPlan():
                return self._best_score(plan, rescored)
            case FilterPlan() | NotPlan():
                raise AssertionError(plan)
            case _:
                assert_never(plan)

    def _best_score(self, plan: ScoredPlan, rescored: list[Rescored]) -> Json:
        group = len(rescored)
        queries = []
        for score in self._planner.scores(plan):
            matches = self.text_clause(score.query) if score.query else self.matches(plan)
            query: Json = {"bool": {"filter": [matches], "should": list(self._term_queries(score.terms))}}
            if score.is_rescored:
                rescored.append(Rescored(f"text {len(rescored)}", group, score))
                query = _with_phrase_boost(query, rescored[-1])
            queries.append(query)
        return queries[0] if len(queries) == 1 else {"dis_max": {"queries": queries}}

    def _term_queries(self, terms: Iterable[Term]) -> Iterator[Json]:
        for term in terms:
            if queries := [feature(name, token, factor_of(term)) for name, token in self.features(term)]:
                yield queries[0] if len(queries) == 1 else {"dis_max": {"queries": queries}}

    def _tokens(self, text: str) -> Iterator[tuple[Feature, int]]:
        """Yield the grams and Latin words of `text` that posts may hold, with how many do."""
        for gram in tokenizer.han_grams(text):
            kind = TermKind.PAIR if len(gram) == 2 else TermKind.CHARACTER
            yield ("grams", gram), self._statistics.token_count(kind, gram)
        for word in tokenizer.latin_words(text):
            if posts := self._statistics.token_count(TermKind.WORD, word.text, Scope.ANYWHERE):
                yield ("words", tokens.shortened(word.text)), posts


def _with_phrase_boost(query: Json, rescored: Rescored) -> Json:
    score = rescored.score
    whole = {"filter": holders(score.text, score.scope), "weight": 1 + PHRASE_BOOST}
    return {
        "function_score": {
            "query": query,
            # Not "boost": it would multiply the idf of required terms in the filter, but not `min_score`.
            "functions": [whole, {"weight": score.boost}],
            "boost_mode": "multiply",
            "_name": rescored.name,
        }
    }


def factor_of(term: Term) -> float:
    """Return the boost of the features of `term`: `weight * (k1 + 1)`."""
    return (K1 + 1) * term.weight
