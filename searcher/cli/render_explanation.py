"""Explanations as a terminal shows them."""

from collections.abc import Iterator

import click

from index.archive.post import ARCHIVE_ZONE
from searcher.explanation import Clause, Clue, Explanation, Gain, Place, Reading, Token, Verdict

_KINDS = {"and": "all of", "or": "any of", "not": "without"}
_MARKS = {True: click.style("✓", fg="green"), False: click.style("✗", fg="red")}
# Saves named for a part of a post, the latest of them.
_SAVES = 3


def explanation(told: Explanation) -> str:
    """Return how a query was read, and what became of a post, a line for each clause and each thing told of it."""
    lines = [f"Read as  {told.reading}", f"Finds    {_posts(told.total)}"]
    if told.post:
        lines += [
            f"Post     {click.style(told.post.id, fg='cyan')}  {told.post.title}",
            f"         {_verdict(told.post)}",
        ]
    return "\n".join([*lines, "", *_clause(told.clause, "")])


def _verdict(post: Verdict) -> str:
    if post.is_hit:
        return click.style(f"is a hit; its score is {post.score:.2f}", bold=True)
    filters = f"; it does not pass the filter of {', '.join(post.failed)}" if post.failed else ""
    return click.style("is no hit", bold=True) + (filters or ": see what is marked ✗")


def _clause(clause: Clause, indent: str) -> Iterator[str]:
    mark = "" if clause.matched is None else f"{_MARKS[clause.matched]} "
    name = _KINDS.get(clause.kind) or click.style(clause.query, bold=True)
    score = _score(sum(gain.score for gain in clause.gains))
    yield f"{indent}{mark}{name}  {_posts(clause.posts)}{score and f'  {score}'}"
    below = f"{indent}    "
    if clause.reading:
        yield from (f"{below}{line}" for line in _reading(clause.reading))
    if clause.places:
        yield f"{below}stands in   {'; '.join(map(_place, clause.places))}"
    if clause.gains:
        yield f"{below}scores      {', '.join(map(_gain, clause.gains))}"
    for child in clause.children:
        yield from _clause(child, below)


def _reading(reading: Reading) -> Iterator[str]:
    yield f"folded      {reading.folded}"
    if reading.forms:
        yield f"also as     {'; '.join(' | '.join(dict.fromkeys(forms)) for forms in reading.forms)}"
    if reading.synonyms:
        yield f"besides     {', '.join(reading.synonyms)}"
    if reading.word_count:
        more = reading.word_count - len(reading.words)
        yield f"stands for  {', '.join(reading.words)}{f' and {more:,} more' if more else ''}"
    if reading.clues:
        total = sum(clue.weight for clue in reading.clues)
        yield f"needs       {reading.enough:.2f} of {total:.2f}: {', '.join(map(_clue, reading.clues))}"
    if reading.tokens:
        yield f"ranked by   {', '.join(map(_token, reading.tokens))}"


def _clue(clue: Clue) -> str:
    mark = "" if clue.held is None else f" {_MARKS[clue.held]}"
    return f"{clue.text} {clue.weight:.2f} ({clue.posts:,}){mark}"


def _token(token: Token) -> str:
    kind = "" if token.kind in ("word", "words") else f"{token.kind} "
    boost = "" if token.boost == 1 else f" × {token.boost:.2g}"
    return f"{kind}{token.text}{boost} ({token.posts:,})"


def _gain(gain: Gain) -> str:
    kind = "" if gain.kind in ("word", "words") else f"{gain.kind} "
    return f"{kind}{gain.text} {_score(gain.score)}"


def _place(place: Place) -> str:
    days = [save.astimezone(ARCHIVE_ZONE).strftime("%Y-%m-%d") for save in place.saves]
    named = list(dict.fromkeys(reversed(days)))
    more = f" and {len(named) - _SAVES} more days" if len(named) > _SAVES else ""
    return f"{place.part} (saved {', '.join(named[:_SAVES])}{more})" if named else place.part


def _score(score: float) -> str:
    return f"{score:+.2f}" if score else ""


def _posts(count: int) -> str:
    return f"{count:,} post{'' if count == 1 else 's'}"
