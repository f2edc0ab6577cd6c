"""The ranking plan: what a query tree matches and how that scores, in terms that any engine can execute.

A plan names folded texts, terms and numbers, and no postings. `searcher.ranking.planner` makes it.
"""

from typing import NamedTuple, assert_never

from index.text.tokenizer import QueryWord
from searcher.query.tree import And, Expansion, MatchAll, Not, Or, Property, Scope, Terms, Text
from searcher.ranking.parameters import TermKind


class RequiredTerm(NamedTuple):
    """A part of a text by which posts match it, which `posts` posts hold.

    A Latin `word` is held in any of its alternatives; without one, `text` is held literally.
    """

    text: str
    word: QueryWord | None
    posts: int
    idf: float


class TextQuery(NamedTuple):
    """The condition on which posts match a folded text, as typed or with a synonym in it.

    They hold `text` whole, or `required` terms whose idf adds up to `min_should_match`; and `synonym` if there is one.
    """

    text: str
    scope: Scope
    required: tuple[RequiredTerm, ...]
    min_should_match: float
    synonym: str = ""


class Term(NamedTuple):
    """A scored term that `posts` posts hold; its `weight` is `boost * max_idf * (idf / max_idf) ** p`."""

    text: str
    kind: TermKind
    scope: Scope
    posts: int
    boost: float
    weight: float
    expansion: Expansion | None = None


class TextScore(NamedTuple):
    """The score of posts that match `query`, or of all posts that match the plan if it is None.

    The scores of `terms` add up. With `is_rescored`, the phrase boost and proximity of `text` come on top. All of it is
    times `boost`.
    """

    text: str
    scope: Scope
    terms: tuple[Term, ...]
    is_rescored: bool = False
    boost: float = 1.0
    query: TextQuery | None = None


class FilterPlan(NamedTuple):
    """Matches by a property, and scores nothing."""

    node: MatchAll | Property


class TextPlan(NamedTuple):
    """Matches any of `queries`: the text as typed, and then with a synonym in it. The best score counts."""

    node: Terms
    queries: tuple[TextQuery, ...]


class PhrasePlan(NamedTuple):
    """Matches posts that literally hold the folded `text`, and scores it as one word."""

    node: Text
    text: str
    scope: Scope


class ExpansionPlan(NamedTuple):
    """Matches posts that hold any of the words that `node` stands for, and scores them as one word."""

    node: Expansion


class NotPlan(NamedTuple):
    """Matches the posts that `child` does not match, and scores nothing."""

    node: Not
    child: "Plan"


class AllPlan(NamedTuple):
    """Matches what all of `children` match; their scores add up."""

    node: And
    children: tuple["Plan", ...]


class AnyPlan(NamedTuple):
    """Matches what any of `children` matches; the scores of those that do add up."""

    node: Or | Expansion
    children: tuple["Plan", ...]


ScoredPlan = TextPlan | PhrasePlan | ExpansionPlan
Plan = ScoredPlan | FilterPlan | NotPlan | AllPlan | AnyPlan


def is_scored(plan: Plan) -> bool:
    """Return whether some posts that match `plan` are better than others."""
    match plan:
        case TextPlan() | PhrasePlan() | ExpansionPlan():
            return True
        case FilterPlan() | NotPlan():
            return False
        case AllPlan(children=children) | AnyPlan(children=children):
            return any(map(is_scored, children))
        case _:
            assert_never(plan)


def children_of(plan: Plan) -> tuple[Plan, ...]:
    """Return the plans that `plan` combines."""
    match plan:
        case AllPlan(children=children) | AnyPlan(children=children):
            return children
        case NotPlan(child=child):
            return (child,)
        case TextPlan() | PhrasePlan() | ExpansionPlan() | FilterPlan():
            return ()
        case _:
            assert_never(plan)
