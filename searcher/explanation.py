"""The explanation of a query and of one post, and its JSON form."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from searcher.query.tree import Span
from searcher.ranking.plan import RequiredTerm, Term
from searcher.results import timestamp

if TYPE_CHECKING:
    from searcher import json_types

# Words named of those that a prefix, a wildcard or a fuzzy word stands for, the commonest first.
MAX_WORDS = 20


@dataclass(frozen=True, slots=True)
class Requirement:
    """A required term, and whether the post asked about holds it, None if no post is asked about."""

    term: RequiredTerm
    is_held: bool | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text of a query was folded and cut.

    `terms` score it, `forms` are the alternatives of each of its Latin words. A post matches bare words if it holds
    `required` terms whose idf adds up to `min_should_match`; other texts have none. `words` are the commonest of the
    `word_count` words that a prefix, a wildcard or a fuzzy word stands for. `synonyms` are the texts with synonyms.
    """

    folded: str
    terms: tuple[Term, ...] = ()
    forms: tuple[tuple[str, ...], ...] = ()
    required: tuple[Requirement, ...] = ()
    min_should_match: float = 0.0
    words: tuple[str, ...] = ()
    word_count: int = 0
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A part of a score.

    Its `kind` is that of a term, "whole text" for the phrase boost and proximity of a post that holds the text whole,
    or "nearness" for proximity alone.
    """

    text: str
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a post in which a clause matched: title, body, quoted, summary, earlier or hashtag.

    `saves` are the times of the saves that hold the match there.
    """

    part: str
    saves: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """One node of the query tree, with the number of `posts` that match it by itself.

    `matched`, `places` and `score_parts` are about the post asked about: whether it matches, where, and how that counts
    for its score. A text that the post holds only inside other words, or in pieces, has matched without a place.
    """

    kind: str
    query: str
    span: Span
    posts: int
    reading: Reading | None = None
    children: tuple["Clause", ...] = ()
    matched: bool | None = None
    places: tuple[Place, ...] = ()
    score_parts: tuple[ScorePart, ...] = ()

    @property
    def score(self) -> float:
        """Return the sum of all score parts of the clause and its children."""
        return sum(part.score for part in self.score_parts) + sum(child.score for child in self.children)

    def as_json(self) -> "json_types.Clause":
        start, end = self.span
        return {
            "kind": self.kind,
            "query": self.query,
            "start": start,
            "end": end,
            "posts": self.posts,
            "reading": _reading_json(self.reading) if self.reading else None,
            "matched": self.matched,
            "places": [
                {"part": place.part, "saves": [timestamp(save) for save in place.saves]} for place in self.places
            ],
            "gains": [
                {"text": part.text, "kind": part.kind, "score": round(part.score, 4)} for part in self.score_parts
            ],
            "children": [child.as_json() for child in self.children],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a post is a hit, its score, and the names of the filters that it does not pass (`failed`)."""

    id: str
    title: str
    is_hit: bool
    score: float
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a query was read, how many posts it finds, and the verdict on a post if one is asked about.

    `reading` is a query string with the same meaning. The score parts of all clauses add up to the score of the post.
    """

    query: str
    reading: str
    total: int
    clause: Clause
    post: Verdict | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object, the same on the command line and over HTTP."""
        return {
            "query": self.query,
            "reading": self.reading,
            "total": self.total,
            "clause": self.clause.as_json(),
            "post": {**asdict(self.post), "score": round(self.post.score, 4)} if self.post else None,
        }


def _reading_json(reading: Reading) -> "json_types.Reading":
    return {
        "folded": reading.folded,
        "tokens": [
            {"text": term.text, "kind": term.kind, "posts": term.posts, "boost": round(term.boost, 4)}
            for term in reading.terms
        ],
        "forms": [list(forms) for forms in reading.forms],
        "clues": [
            {"text": term.text, "posts": term.posts, "weight": round(term.idf, 4), "held": is_held}
            for term, is_held in ((required.term, required.is_held) for required in reading.required)
        ],
        "enough": round(reading.min_should_match, 4),
        "words": list(reading.words),
        "word_count": reading.word_count,
        "synonyms": list(reading.synonyms),
    }
