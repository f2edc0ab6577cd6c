"""How a query was read, and why a post is among its hits or not; every engine tells it so, and its one JSON form."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from index.archive.post import Save
from searcher.query.tree import Span
from searcher.results import timestamp

if TYPE_CHECKING:
    from searcher import json_types

# Of the words that a beginning or a pattern stands for so many are named, the commonest.
MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Token:
    """Is what a text is ranked by, that `posts` posts hold; `boost` is how much it counts beside others as rare.

    Its `kind` is "word", "pair" or "character", "text" for all of a text as if it were one word, or "words" for several
    that count as one.
    """

    text: str
    kind: str
    posts: int
    boost: float


@dataclass(frozen=True, slots=True)
class Clue:
    """Is a part of bare words by which posts are hits: `weight` is what it counts, by how rare it is.

    `held` tells whether the post asked about holds it, None where none was asked about.
    """

    text: str
    posts: int
    weight: float
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Says how a text of a query was folded and cut.

    `forms` are the spellings in which each Latin word is looked for. Bare words are held by a post if its `clues` weigh
    `enough` together; other texts have none. `words` are the commonest of the `word_count` words of the archive that a
    beginning, a pattern or a slip stands for; `synonyms` the texts that are looked for besides.
    """

    folded: str
    tokens: tuple[Token, ...] = ()
    forms: tuple[tuple[str, ...], ...] = ()
    clues: tuple[Clue, ...] = ()
    enough: float = 0.0
    words: tuple[str, ...] = ()
    word_count: int = 0
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """Is what one thing gave to a score.

    Its `kind` is that of a token, "whole text" for holding all of a text as it was typed, or "nearness" for the
    stretches of it that stand there.
    """

    text: str
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Place:
    """Is a part of a post that a clause matched in: title, body, quoted, summary, earlier or hashtag.

    `saves` are when the saves were made that hold it there.
    """

    part: str
    saves: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """Is one node of the query's tree, with how many `posts` it matches by itself.

    `kind` is "words", "literal", "and" and so on. `matched`, `places` and `gains` speak of the post asked about:
    whether the clause is true of it, where, and what it gave to the score. A text that only stands inside other words,
    or in pieces, has matched without a place.
    """

    kind: str
    query: str
    span: Span
    posts: int
    reading: Reading | None = None
    children: tuple["Clause", ...] = ()
    matched: bool | None = None
    places: tuple[Place, ...] = ()
    gains: tuple[Gain, ...] = ()

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
            "gains": [{"text": gain.text, "kind": gain.kind, "score": round(gain.score, 4)} for gain in self.gains],
            "children": [child.as_json() for child in self.children],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Says whether a post is a hit, with which score, and which filters it does not pass (`failed`)."""

    id: str
    title: str
    is_hit: bool
    score: float
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Says how a query was read, how many posts it finds, and what became of one post if one was asked about.

    `reading` is a query that means the same as what was typed. The gains of all clauses add up to the post's score.
    """

    query: str
    reading: str
    total: int
    clause: Clause
    post: Verdict | None = None

    def as_json(self) -> "json_types.Explanation":
        """Return the JSON object, the same on the command line and over HTTP."""
        return {
            "query": self.query,
            "reading": self.reading,
            "total": self.total,
            "clause": self.clause.as_json(),
            "post": _verdict_json(self.post) if self.post else None,
        }


def _verdict_json(verdict: Verdict) -> "json_types.Verdict":
    return {
        "id": verdict.id,
        "title": verdict.title,
        "is_hit": verdict.is_hit,
        "score": round(verdict.score, 4),
        "failed": list(verdict.failed),
    }


def _reading_json(reading: Reading) -> "json_types.Reading":
    return {
        "folded": reading.folded,
        "tokens": [
            {"text": one.text, "kind": one.kind, "posts": one.posts, "boost": round(one.boost, 4)}
            for one in reading.tokens
        ],
        "forms": [list(forms) for forms in reading.forms],
        "clues": [
            {"text": one.text, "posts": one.posts, "weight": round(one.weight, 4), "held": one.held}
            for one in reading.clues
        ],
        "enough": round(reading.enough, 4),
        "words": list(reading.words),
        "word_count": reading.word_count,
        "synonyms": list(reading.synonyms),
    }


def total_score(clause: Clause) -> float:
    """Return the sum of the scores that `clause` and its children give the post."""
    return sum(gain.score for gain in clause.gains) + sum(map(total_score, clause.children))


def holds(save: Save, part: str, texts: list[str]) -> bool:
    """Tell whether `save` has any of `texts` in a part of a post."""
    held = save.content.hashtags if part == "hashtag" else save.texts
    return any(text in held for text in texts)
