"""Explains a query by its ranking plan, clause by clause, and what each clause made of one post."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
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
    total_score,
)
from searcher.query.tree import And, Hashtag, Node, Not, Or
from searcher.ranking.parameters import PHRASE_BOOST, proximity_score
from searcher.ranking.plan import (
    Expansion,
    ExpansionPlan,
    PhrasePlan,
    Plan,
    RequiredTerm,
    ScoredPlan,
    Term,
    TextPlan,
    TextQuery,
    TextScore,
)
from searcher.ranking.planner import Planner
from searcher.ranking.statistics import IndexStatistics
from searcher.ranking.synonyms import with_synonyms
from searcher.request import SearchRequest
from searcher.snippets import Highlighter


class Words(Protocol):
    """The words of an index that a query stands for."""

    def similar_words(self, text: str) -> list[str]:
        """Return the words one or two edits away from the folded `text`."""

    def expansion_words(self, node: Expansion, limit: int) -> tuple[tuple[str, ...], int]:
        """Return up to `limit` of the words that `node` stands for, commonest first, and the number of all of them."""


class Evidence(Protocol):
    """What an engine knows of an executed plan, and of the post asked about."""

    @property
    def plan(self) -> Plan:
        """Return the plan."""

    @property
    def children(self) -> Sequence["Evidence"]:
        """Return the evidence of the plan's children."""

    @property
    def posts(self) -> int:
        """Return how many posts match the plan."""

    @property
    def is_match(self) -> bool:
        """Return whether the post matches the plan."""

    @property
    def is_scored(self) -> bool:
        """Return whether the plan counts for the score of the post: the post is a hit, and matches the plan."""

    def matches(self, query: TextQuery) -> bool:
        """Return whether the post matches `query`."""

    def holds(self, term: RequiredTerm, query: TextQuery) -> bool:
        """Return whether the post holds a required term of `query`."""

    def holds_whole(self, score: TextScore) -> bool:
        """Return whether the post holds the text of `score` whole."""

    def term_score(self, term: Term) -> float:
        """Return the score of `term` in the post."""

    def proximity(self, score: TextScore) -> float:
        """Return the proximity of the text of `score` to the post, 0 if the post is not rescored."""


class Explainer:
    """Explains the plan of one request, and what became of `post` if there is one."""

    def __init__(self, planner: Planner, statistics: IndexStatistics, words: Words, post: Post | None) -> None:
        self._planner = planner
        self._statistics = statistics
        self._words = words
        self._post = post

    def explanation(
        self,
        request: SearchRequest,
        root: Evidence,
        total: int,
        *,
        is_hit: bool = False,
        failed: tuple[str, ...] = (),
        score: float | None = None,
    ) -> Explanation:
        """Return the explanation of `request`, which finds `total` posts.

        If a post is asked about, `failed` names the filters that it does not pass. Without its `score`, the scores of
        all clauses are added up.
        """
        clause = self._clause(root)
        verdict = None
        if post := self._post:
            verdict = Verdict(post.id, post.title, is_hit, total_score(clause) if score is None else score, failed)
        return Explanation(request.query, str(root.plan.node), total, clause, verdict)

    def _clause(self, evidence: Evidence) -> Clause:
        node = evidence.plan.node
        has_children = isinstance(node, (And, Or, Not))
        # A prefix or a wildcard may have two plans: one for words, and one for the text as it stands.
        leaves = () if has_children else evidence.children or (evidence,)
        asked = self._post is not None
        return Clause(
            kind=node.kind,
            query=str(node),
            span=node.span,
            posts=evidence.posts,
            reading=self._reading(leaves),
            children=tuple(map(self._clause, evidence.children)) if has_children else (),
            matched=evidence.is_match if asked else None,
            places=self._places(node, self._post) if self._post and not has_children else (),
            gains=tuple(gain for leaf in leaves if asked and leaf.is_scored for gain in self._gains(leaf)),
        )

    def _places(self, node: Node, post: Post) -> tuple[Place, ...]:
        highlighter = Highlighter(with_synonyms(node, self._planner.variants), self._words.similar_words)
        return tuple(
            Place(part, tuple(save.saved for save in post.saves if save.saved and holds(save, part, texts)))
            for part, texts in highlighter.places(post).items()
        )

    # --- readings ------------------------------------------------------------------------------------------

    def _reading(self, leaves: Sequence[Evidence]) -> Reading | None:
        if not leaves:
            return None
        tokens = tuple(token for leaf in leaves for token in self._tokens(leaf.plan))
        match leaves[0].plan:
            case TextPlan(queries=(typed, *variants)):
                return Reading(
                    typed.text,
                    tokens,
                    forms=tuple(tuple(map(" ".join, word.alternatives)) for word in tokenizer.latin_words(typed.text)),
                    clues=tuple(self._clue(term, typed, leaves[0]) for term in typed.required),
                    enough=typed.min_should_match,
                    synonyms=tuple(query.text for query in variants),
                )
            case PhrasePlan(text=text):
                return Reading(text, tokens)
            case ExpansionPlan(node=node):
                words, count = self._words.expansion_words(node, MOST_WORDS)
                return Reading(fold(node.text).strip(), tokens, words=words, word_count=count)
            case plan:
                return Reading(hashtag_key(plan.node.name)) if isinstance(plan.node, Hashtag) else None

    def _tokens(self, plan: Plan) -> Iterator[Token]:
        if isinstance(plan, ScoredPlan):
            for term in self._planner.scores(plan)[0].terms:
                yield Token(term.text, term.kind, term.posts, term.boost)

    def _clue(self, term: RequiredTerm, query: TextQuery, evidence: Evidence) -> Clue:
        return Clue(term.text, term.posts, term.idf, None if self._post is None else evidence.holds(term, query))

    # --- scores --------------------------------------------------------------------------------------------

    def _gains(self, evidence: Evidence) -> list[Gain]:
        """Return the parts of the best score that a plan gives the post."""
        if not isinstance(evidence.plan, ScoredPlan):
            return []
        scores = self._planner.scores(evidence.plan)
        offers = [self._score_parts(one, evidence) for one in scores if not one.query or evidence.matches(one.query)]
        return max(offers, key=lambda parts: sum(part.score for part in parts))

    def _score_parts(self, score: TextScore, evidence: Evidence) -> list[Gain]:
        terms = [Gain(term.text, term.kind, score.boost * evidence.term_score(term)) for term in score.terms]
        parts = [part for part in terms if part.score]
        if not score.is_rescored:
            return parts
        base = sum(part.score for part in parts)
        is_whole = evidence.holds_whole(score)
        phrase = PHRASE_BOOST * base if is_whole else 0.0
        total = self._statistics.post_count
        lift = phrase + proximity_score(evidence.proximity(score), base + phrase, total, score.boost)
        return [*parts, Gain(score.text, "whole text" if is_whole else "nearness", lift)] if lift else parts
