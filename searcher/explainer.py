"""Explains a query by its ranking plan, clause by clause, and what each clause made of one post."""

from collections.abc import Sequence
from typing import Protocol

from index.archive.hashtags import hashtag_key
from index.archive.post import Post, Save
from index.text import tokenizer
from index.text.folding import fold
from searcher.explanation import MAX_WORDS, Clause, Explanation, Place, Reading, Requirement, ScorePart, Verdict
from searcher.query.tree import And, Expansion, Hashtag, Node, Not, Or
from searcher.ranking.parameters import PHRASE_BOOST, proximity_score
from searcher.ranking.plan import (
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
    """The matches and scores of an executed plan, and the post asked about."""

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
            verdict = Verdict(post.id, post.title, is_hit, clause.score if score is None else score, failed)
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
            score_parts=tuple(part for leaf in leaves if asked and leaf.is_scored for part in self._score_parts(leaf)),
        )

    def _places(self, node: Node, post: Post) -> tuple[Place, ...]:
        highlighter = Highlighter(with_synonyms(node, self._planner.variants), self._words.similar_words)
        return tuple(
            Place(part, tuple(save.saved for save in post.saves if save.saved and _holds(save, part, texts)))
            for part, texts in highlighter.places(post).items()
        )

    # --- readings ------------------------------------------------------------------------------------------

    def _reading(self, leaves: Sequence[Evidence]) -> Reading | None:
        if not leaves:
            return None
        terms = tuple(term for leaf in leaves for term in self._terms(leaf.plan))
        match leaves[0].plan:
            case TextPlan(queries=(typed, *variants)):
                return Reading(
                    typed.text,
                    terms,
                    forms=tuple(tuple(map(" ".join, word.alternatives)) for word in tokenizer.latin_words(typed.text)),
                    required=tuple(self._requirement(term, typed, leaves[0]) for term in typed.required),
                    min_should_match=typed.min_should_match,
                    synonyms=tuple(query.text for query in variants),
                )
            case PhrasePlan(text=text):
                return Reading(text, terms)
            case ExpansionPlan(node=node):
                words, count = self._words.expansion_words(node, MAX_WORDS)
                return Reading(fold(node.text).strip(), terms, words=words, word_count=count)
            case plan:
                return Reading(hashtag_key(plan.node.name)) if isinstance(plan.node, Hashtag) else None

    def _terms(self, plan: Plan) -> tuple[Term, ...]:
        return self._planner.scores(plan)[0].terms if isinstance(plan, ScoredPlan) else ()

    def _requirement(self, term: RequiredTerm, query: TextQuery, evidence: Evidence) -> Requirement:
        return Requirement(term, None if self._post is None else evidence.holds(term, query))

    # --- scores --------------------------------------------------------------------------------------------

    def _score_parts(self, evidence: Evidence) -> list[ScorePart]:
        """Return the parts of the best score that a plan gives the post."""
        if not isinstance(evidence.plan, ScoredPlan):
            return []
        scores = self._planner.scores(evidence.plan)
        offers = [
            self._parts_of(score, evidence) for score in scores if not score.query or evidence.matches(score.query)
        ]
        return max(offers, key=lambda parts: sum(part.score for part in parts))

    def _parts_of(self, score: TextScore, evidence: Evidence) -> list[ScorePart]:
        terms = [ScorePart(term.text, term.kind, score.boost * evidence.term_score(term)) for term in score.terms]
        parts = [part for part in terms if part.score]
        if not score.is_rescored:
            return parts
        base = sum(part.score for part in parts)
        is_whole = evidence.holds_whole(score)
        phrase = PHRASE_BOOST * base if is_whole else 0.0
        posts = self._statistics.post_count
        lift = phrase + proximity_score(evidence.proximity(score), base + phrase, posts, score.boost)
        return [*parts, ScorePart(score.text, "whole text" if is_whole else "nearness", lift)] if lift else parts


def _holds(save: Save, part: str, texts: list[str]) -> bool:
    """Return whether `save` has any of `texts` in a part of a post."""
    held = save.content.hashtags if part == "hashtag" else save.texts
    return any(text in held for text in texts)
