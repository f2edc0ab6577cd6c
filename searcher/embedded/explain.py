"""How a query was read, and what became of one post, clause by clause: told by what evaluates and scores."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from index.archive.hashtags import hashtag_key
from index.archive.post import Post
from index.text import tokenizer
from index.text.folding import fold
from searcher.embedded.columns import Numbers
from searcher.embedded.facets import Filters
from searcher.embedded.fuzzy import similar_words
from searcher.embedded.matches import Found
from searcher.embedded.scoring import Match, score_of
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
from searcher.query.tree import And, Fuzzy, Hashtag, Node, Not, Or, Phrase, Prefix, Scope, Terms, Wildcard
from searcher.ranking.synonyms import with_synonyms
from searcher.request import UnknownPostError
from searcher.snippets import Highlighter


@dataclass(frozen=True, slots=True)
class Asked:
    """Is the post asked about, as a document among those that are `scored`, all of which its clause matches.

    Where the post is no hit, or its clause is one that excludes, none are.
    """

    number: int
    post: Post
    scored: Numbers


def explain(found: Found, post_id: str | None) -> Explanation:
    """Return how the query of `found` was read, and what became of a post; raise UnknownPostError if it is unknown."""
    asked = None if post_id is None else _asked(found, post_id)
    return Explanation(
        query=found.request.query,
        reading=str(found.node),
        total=len(found.passing),
        clause=Explainer(found, asked).clause(found.node, found.matched),
        post=None if asked is None else _verdict(found, asked),
    )


def _asked(found: Found, post_id: str) -> Asked:
    number = found.snapshot.number_of(post_id)
    if number is None:
        raise UnknownPostError(post_id)
    is_hit = number in found.passing
    return Asked(number, found.snapshot.post(number), found.passing if is_hit else found.passing[:0])


def _verdict(found: Found, asked: Asked) -> Verdict:
    is_hit = asked.number in asked.scored
    scores = found.matched.scores
    score = score_of(scores, asked.number, asked.scored) if scores and is_hit else 0.0
    masks = Filters.of(found.request, found.snapshot, np.array([asked.number])).masks
    failed = tuple(name for name, mask in masks.items() if not mask[0])
    return Verdict(asked.post.id, asked.post.title, is_hit, score, failed)


class Explainer:
    """Explains the clauses of a query by the evaluator that matched them, and what they made of a post if asked."""

    def __init__(self, found: Found, asked: Asked | None) -> None:
        self._found = found
        self._snapshot = found.snapshot
        self._asked = asked

    def clause(self, node: Node, match: Match) -> Clause:
        """Return what is to be said of `node`, which matches `match`."""
        clause = Clause(
            kind=node.kind,
            query=str(node),
            span=node.span,
            posts=len(match.numbers),
            reading=self._reading(node, match),
            children=tuple(self._children(node, match)),
        )
        if self._asked is None:
            return clause
        places = () if clause.children else self._places(node, self._asked.post)
        gains = () if clause.children else self._gains(match, self._asked)
        return replace(clause, matched=self._asked.number in match.numbers, places=places, gains=gains)

    def _children(self, node: Node, match: Match) -> Iterator[Clause]:
        match node:
            case And(children=children) | Or(children=children):
                for child, part in zip(children, match.parts, strict=True):
                    yield self._within(part).clause(child, part)
            case Not(child=child):
                yield self._within(None).clause(child, match.parts[0])

    def _within(self, part: Match | None) -> "Explainer":
        """Return what explains a child, whose documents are scored apart from the others; without one, none are."""
        if self._asked is None:
            return self
        scored = self._asked.scored
        scored = part.among(scored, self._snapshot.size) if part else scored[:0]
        return Explainer(self._found, replace(self._asked, scored=scored))

    def _gains(self, match: Match, asked: Asked) -> tuple[Gain, ...]:
        if match.scores is None or asked.number not in asked.scored:
            return ()
        return tuple(match.scores.gains(asked.number, asked.scored))

    def _places(self, node: Node, post: Post) -> tuple[Place, ...]:
        highlighter = Highlighter(
            with_synonyms(node, self._snapshot.variants), lambda text: similar_words(self._snapshot, text)
        )
        return tuple(
            Place(part, tuple(save.saved for save in post.saves if save.saved and holds(save, part, texts)))
            for part, texts in highlighter.places(post).items()
        )

    # --- readings ------------------------------------------------------------------------------------------

    def _reading(self, node: Node, match: Match) -> Reading | None:
        match node:
            case Terms(text=text, scope=scope):
                return self._words(fold(text).strip(), scope, match)
            case Phrase(text=text):
                return Reading(fold(text), _tokens(match))
            case Prefix(text=text) | Wildcard(text=text) | Fuzzy(text=text):
                words, count = self._snapshot.words_of(self._found.evaluator.expansion(node), MOST_WORDS)
                return Reading(fold(text).strip(), _tokens(match), words=words, word_count=count)
            case Hashtag(name=name):
                return Reading(hashtag_key(name))
            case _:
                return None

    def _words(self, text: str, scope: Scope, match: Match) -> Reading:
        form = self._found.evaluator.form(text, scope)
        clues = tuple(Clue(one.text, len(one.numbers), one.weight, self._is_held(one.numbers)) for one in form.clues)
        return Reading(
            text,
            _tokens(match),
            forms=tuple(tuple(map(" ".join, unit.alternatives)) for unit in tokenizer.latin_words(text)),
            clues=clues,
            enough=form.enough,
            synonyms=tuple(variant.text for variant in self._snapshot.variants(text)),
        )

    def _is_held(self, numbers: Numbers) -> bool | None:
        return None if self._asked is None else self._asked.number in numbers


def _tokens(match: Match) -> tuple[Token, ...]:
    terms = match.scores.terms() if match.scores else []
    return tuple(Token(term.text, term.kind, len(term.postings.numbers), term.boost) for term in terms)
