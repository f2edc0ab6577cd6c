"""The `search` command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from index.schema.fields import FILTERS
from searcher import open_searcher
from searcher.cli import completers
from searcher.cli.group import FOUND, NOTHING_FOUND
from searcher.cli.options import index_option, query_argument, run_option, text
from searcher.cli.render import hit_list
from searcher.export import count_noun, markdown, spreadsheet
from searcher.request import MAX_PAGE_SIZE, SearchRequest, Sort
from searcher.results import Bucket, Results, dump_json

_BAR_WIDTH = 24
_MAX_BUCKETS = 10


def _filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each filter in the table of fields that has one."""
    for field in reversed(FILTERS.values()):
        if field.option:
            option = run_option(
                f"--{field.name}",
                multiple=True,
                type=text,
                shell_complete=completers.field_values(field),
                help=field.parameter.replace("`", ""),  # the description is Markdown
            )
            command = option(command)
    return command


@click.command()
@query_argument
@index_option
@_filter_options
@run_option(
    "--since",
    type=text,
    shell_complete=completers.dates,
    help="Only posts of this date or later: 2025, 2025-05, 2025-05-09, 7d.",
)
@run_option("--until", type=text, shell_complete=completers.dates, help="Only posts up to and including this date.")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(1, MAX_PAGE_SIZE), default=10, show_default=True, help="Hits a page.")
@run_option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--facets", is_flag=True, help="Show how the hits spread over sources, accounts, hashtags and months.")
@run_option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@run_option("--jsonl", is_flag=True, help="Print each hit as a line of JSON.")
@run_option("--format", "document", type=click.Choice(["markdown", "csv"]), help="Print the hits as a document.")
@click.pass_context
def search(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    location: str | Path,
    since: str | None,
    until: str | None,
    sort: str,
    limit: int,
    page: int,
    facets: bool,
    as_json: bool,
    jsonl: bool,
    document: str | None,
    **filters: Any,
) -> None:
    """Find posts. Without QUERY, all posts that pass the filters.

    \b
    Words are ranked; "exact text" is required; -word excludes; #hashtag#, source:, date: and
    the like filter. Put a query that starts with a minus after --.
    """
    if as_json + jsonl + bool(document) > 1:
        raise click.UsageError("--json, --jsonl and --format exclude each other.")
    ctx.meta["json"], ctx.meta["query"] = as_json or jsonl, " ".join(query)
    request = SearchRequest(
        query=ctx.meta["query"], **filters, since=since, until=until, sort=Sort(sort), page=page, page_size=limit
    )
    with open_searcher(location) as searcher:
        results = searcher.search(request)
    if as_json:
        text = dump_json(results.as_json())
    elif jsonl:
        text = "".join(dump_json(hit.as_json()) for hit in results.hits)
    elif document:
        text = spreadsheet(results.hits) if document == "csv" else markdown(results.query, results.hits)
    else:
        text = _as_text(results, facets) + "\n"
    click.echo(text, nl=False)
    ctx.exit(FOUND if results.total else NOTHING_FOUND)


def _as_text(results: Results, facets: bool) -> str:
    """Return the hits, numbered through the pages, a summary, and the facets if wanted."""
    first = (results.page - 1) * results.page_size + 1
    blocks = [*hit_list(results.hits, first), _summary(results, first)]
    if results.did_you_mean:
        blocks.append(f"Did you mean {click.style(results.did_you_mean, bold=True)}?")
    if facets:
        blocks += [_facet(name, buckets) for name, buckets in results.facets.items() if buckets]
    return "\n\n".join(blocks)


def _summary(results: Results, first: int) -> str:
    total = count_noun(results.total, "post")
    if not results.total:
        return "Nothing found."
    if not results.hits:
        return f"{total} found; page {results.page} is beyond the last, {results.pages}."
    return (
        f"{first}–{first + len(results.hits) - 1} of {total} · page {results.page} of {results.pages}"
        f" · {results.took_ms:.0f} ms"
    )


def _facet(name: str, buckets: tuple[Bucket, ...]) -> str:
    """Return a bar for each bucket, up to _MAX_BUCKETS."""
    highest = max(bucket.count for bucket in buckets) or 1
    lines = [click.style(name, bold=True)]
    for bucket in buckets[:_MAX_BUCKETS]:
        bar = "█" * round(_BAR_WIDTH * bucket.count / highest)
        lines.append(f"  {'*' if bucket.selected else ' '} {bucket.count:>6,} {bar:<{_BAR_WIDTH}} {bucket.label}")
    if len(buckets) > _MAX_BUCKETS:
        lines.append(f"    … {len(buckets) - _MAX_BUCKETS} more")
    return "\n".join(lines)
