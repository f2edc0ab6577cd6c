"""Commands that look things up: search, show, explain, suggest, stats."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from index.archive.post import Post
from index.opensearch.address import shown
from index.schema.fields import FILTERS
from searcher import Searcher, open_searcher
from searcher.cli import choices, render
from searcher.cli.parameters import EPILOG, FOUND, NOTHING_FOUND, Text, index_option
from searcher.request import MAX_PAGE_SIZE, SearchRequest, Sort, UnknownPostError
from searcher.results import dump_json, hit_json, post_json, suggestions_json


def _filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each filter of the table of fields that is one on the command line."""
    for field in reversed(FILTERS.values()):
        if field.option:
            # Descriptions are Markdown.
            option = click.option(
                f"--{field.name}",
                multiple=True,
                type=Text(),
                shell_complete=choices.values_of(field),
                help=field.parameter.replace("`", ""),
            )
            command = option(command)
    return command


@click.command(epilog=EPILOG)
@click.argument("query", nargs=-1, type=Text(), shell_complete=choices.query_words)
@index_option
@_filter_options
@click.option(
    "--since",
    type=Text(),
    shell_complete=choices.dates,
    help="Only posts of this date or later: 2025, 2025-05, 2025-05-09, 7d.",
)
@click.option("--until", type=Text(), shell_complete=choices.dates, help="Only posts up to and including this date.")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(1, MAX_PAGE_SIZE), default=10, show_default=True, help="Hits a page.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--facets", is_flag=True, help="Show how the hits spread over sources, accounts, hashtags and months.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.option("--jsonl", is_flag=True, help="Print each hit as a line of JSON.")
@click.option("--format", "form", type=click.Choice(["markdown", "csv"]), help="Print the hits as a document.")
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
    form: str | None,
    **filters: Any,
) -> None:
    """Find posts. Without QUERY, all posts that pass the filters.

    \b
    Words are ranked; "exact text" is required; -word excludes; #hashtag#, source:, date: and
    the like filter. Put a query that starts with a minus after --.
    """
    if as_json + jsonl + bool(form) > 1:
        raise click.UsageError("--json, --jsonl and --format exclude each other.")
    ctx.meta["json"], ctx.meta["query"] = as_json or jsonl, " ".join(query)
    request = SearchRequest(
        query=ctx.meta["query"],
        **filters,
        since=since,
        until=until,
        sort=Sort(sort),
        page=page,
        page_size=limit,
    )
    with open_searcher(location) as searcher:
        results = searcher.search(request)
    if as_json:
        click.echo(dump_json(results.as_json()), nl=False)
    elif jsonl:
        click.echo("".join(dump_json(hit_json(hit)) for hit in results.hits), nl=False)
    elif form:
        click.echo(render.document(results, form), nl=False)
    else:
        click.echo(render.results(results, facets=facets))
    ctx.exit(FOUND if results.total else NOTHING_FOUND)


@click.command(epilog=EPILOG)
@click.argument("post_id", metavar="ID", type=Text(), shell_complete=choices.post_ids)
@index_option
@click.option("--related", is_flag=True, help="Show the posts that share most of what sets it apart, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the post as one JSON object.")
@click.pass_context
def show(ctx: click.Context, post_id: str, location: str | Path, related: bool, as_json: bool) -> None:
    """Show one post with all its saves; ID as a hit names it, or the post's URL."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        post = _known_post(searcher, post_id)
        labels = searcher.labels(post.hashtags)
        alike = searcher.related(post.id) if related else ()
    if as_json:
        found = {"related": [hit_json(hit) for hit in alike]} if related else {}
        click.echo(dump_json({**post_json(post, labels), **found}), nl=False)
    else:
        click.echo("\n\n".join([render.post(post, labels), *([render.related(alike)] if related else [])]))


def _known_post(searcher: Searcher, post_id: str) -> Post:
    """Return the post of an id or a URL; raise UnknownPostError if there is none."""
    from index.archive.identity import identify

    post = searcher.post(post_id) or searcher.post(identify(post_id).id)
    if post is None:
        raise UnknownPostError(post_id)
    return post


@click.command(epilog=EPILOG)
@click.argument("query", nargs=-1, type=Text(), shell_complete=choices.query_words)
@index_option
@click.option(
    "--post",
    "post_id",
    metavar="ID",
    type=Text(),
    shell_complete=choices.post_ids,
    help="Tell why this post is a hit, or is none.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as one JSON object.")
@click.pass_context
def explain(
    ctx: click.Context, query: tuple[str, ...], location: str | Path, post_id: str | None, as_json: bool
) -> None:
    """Tell how QUERY was read, folded and cut, and which clause gave a post what score; ID may be a URL, too."""
    from searcher.cli.render_explanation import explanation  # which a search is not to wait for

    ctx.meta["json"], ctx.meta["query"] = as_json, " ".join(query)
    with open_searcher(location) as searcher:
        known = None if post_id is None else _known_post(searcher, post_id).id
        told = searcher.explain(ctx.meta["query"], known)
    click.echo(dump_json(told.as_json()) if as_json else explanation(told), nl=not as_json)


@click.command(epilog=EPILOG)
@click.argument("prefix", type=Text())
@index_option
@click.option("--limit", type=click.IntRange(1, MAX_PAGE_SIZE), default=10, show_default=True, help="Suggestions.")
@click.option("--json", "as_json", is_flag=True, help="Print the suggestions as one JSON object.")
@click.pass_context
def suggest(ctx: click.Context, prefix: str, location: str | Path, limit: int, as_json: bool) -> None:
    """Complete PREFIX by hashtags and words of the archive: as written, in pinyin (dongfang) or its initials (df)."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        found = searcher.suggest(prefix, limit)
    click.echo(dump_json(suggestions_json(found)) if as_json else render.suggestions(found), nl=not as_json)
    ctx.exit(FOUND if found else NOTHING_FOUND)


@click.command(epilog=EPILOG)
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.pass_context
def stats(ctx: click.Context, location: str | Path, as_json: bool) -> None:
    """Show what the index holds, of which archives, and when it last matched them."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        figures = searcher.stats()
    click.echo(dump_json(figures.as_json()) if as_json else render.stats(figures, shown(location)), nl=not as_json)
