"""The `suggest` command."""

from pathlib import Path

import click

from searcher import open_searcher
from searcher.cli.group import FOUND, NOTHING_FOUND
from searcher.cli.options import index_option, run_option, text
from searcher.request import MAX_PAGE_SIZE
from searcher.results import dump_json, suggestions_json


@click.command()
@click.argument("prefix", type=text)
@index_option
@click.option("--limit", type=click.IntRange(1, MAX_PAGE_SIZE), default=10, show_default=True, help="Suggestions.")
@run_option("--json", "as_json", is_flag=True, help="Print the suggestions as one JSON object.")
@click.pass_context
def suggest(ctx: click.Context, prefix: str, location: str | Path, limit: int, as_json: bool) -> None:
    """Complete PREFIX by hashtags and words of the archive: as written, in pinyin (dongfang) or its initials (df)."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        suggestions = searcher.suggest(prefix, limit)
    if as_json:
        click.echo(dump_json(suggestions_json(suggestions)), nl=False)
    else:
        lines = [f"{suggestion.text}  {suggestion.count:,}" for suggestion in suggestions]
        click.echo("\n".join(lines) or "Nothing found.")
    ctx.exit(FOUND if suggestions else NOTHING_FOUND)
