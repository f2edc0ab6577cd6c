"""The `explain` command."""

from collections.abc import Iterator
from pathlib import Path

import click

from searcher import open_searcher
from searcher.cli import completers
from searcher.cli.commands.show import find_post
from searcher.cli.options import index_option, query_argument, run_option, text
from searcher.explanation import Clause, Explanation, Place, Reading, Requirement, Verdict
from searcher.export import count_noun, day
from searcher.ranking.plan import Term
from searcher.results import dump_json

_KINDS = {"and": "all of", "or": "any of", "not": "without"}
_MARKS = {True: click.style("✓", fg="green"), False: click.style("✗", fg="red")}
# The days of saves shown for each part of a post, the latest first.
_MAX_DAYS = 3


@click.command()
@query_argument
@index_option
@run_option(
    "--post",
    "post_id",
    metavar="ID",
    type=text,
    shell_complete=completers.post_ids,
    help="Tell why this post is a hit, or is none.",
)
@run_option("--json", "as_json", is_flag=True, help="Print the explanation as one JSON object.")
@click.pass_context
def explain(
    ctx: click.Context, query: tuple[str, ...], location: str | Path, post_id: str | None, as_json: bool
) -> None:
    """Tell how QUERY was read, folded and cut, and which clause gave a post what score; ID may be a URL, too."""
    ctx.meta["json"], ctx.meta["query"] = as_json, " ".join(query)
    with open_searcher(location) as searcher:
        known_id = None if post_id is None else find_post(searcher, post_id).id
        explanation = searcher.explain(ctx.meta["query"], known_id)
    click.echo(dump_json(explanation.as_json()) if as_json else _as_text(explanation), nl=not as_json)


def _as_text(explanation: Explanation) -> str:
    """Return the parsed query, the verdict on the post if there is one, and a few lines for each clause."""
    lines = [f"Read as  {explanation.reading}", f"Finds    {count_noun(explanation.total, 'post')}"]
    if post := explanation.post:
        lines += [f"Post     {click.style(post.id, fg='cyan')}  {post.title}", f"         {_verdict(post)}"]
    return "\n".join([*lines, "", *_clause(explanation.clause, "")])


def _verdict(post: Verdict) -> str:
    if post.is_hit:
        return click.style(f"is a hit; its score is {post.score:.2f}", bold=True)
    filters = f"; it does not pass the filter of {', '.join(post.failed)}" if post.failed else ""
    return click.style("is no hit", bold=True) + (filters or ": see what is marked ✗")


def _clause(clause: Clause, indent: str) -> Iterator[str]:
    mark = "" if clause.matched is None else f"{_MARKS[clause.matched]} "
    name = _KINDS.get(clause.kind) or click.style(clause.query, bold=True)
    score = _score(sum(part.score for part in clause.score_parts))
    yield f"{indent}{mark}{name}  {count_noun(clause.posts, 'post')}{score and f'  {score}'}"
    below = f"{indent}    "
    if clause.reading:
        yield from (f"{below}{line}" for line in _reading(clause.reading))
    if clause.places:
        yield f"{below}stands in   {'; '.join(map(_place, clause.places))}"
    if clause.score_parts:
        parts = (f"{_kind(part.kind)}{part.text} {_score(part.score)}" for part in clause.score_parts)
        yield f"{below}scores      {', '.join(parts)}"
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
    if reading.required:
        total = sum(required.term.idf for required in reading.required)
        share = f"{reading.min_should_match:.2f} of {total:.2f}"
        yield f"needs       {share}: {', '.join(map(_requirement, reading.required))}"
    if reading.terms:
        yield f"ranked by   {', '.join(map(_term, reading.terms))}"


def _requirement(required: Requirement) -> str:
    term = required.term
    mark = "" if required.is_held is None else f" {_MARKS[required.is_held]}"
    return f"{term.text} {term.idf:.2f} ({term.posts:,}){mark}"


def _term(term: Term) -> str:
    boost = "" if term.boost == 1 else f" × {term.boost:.2g}"
    return f"{_kind(term.kind)}{term.text}{boost} ({term.posts:,})"


def _kind(kind: str) -> str:
    return "" if kind in ("word", "words") else f"{kind} "


def _place(place: Place) -> str:
    days = list(dict.fromkeys(map(day, reversed(place.saves))))
    more = f" and {len(days) - _MAX_DAYS} more days" if len(days) > _MAX_DAYS else ""
    return f"{place.part} (saved {', '.join(days[:_MAX_DAYS])}{more})" if days else place.part


def _score(score: float) -> str:
    return f"{score:+.2f}" if score else ""
