"""The `stats` command."""

from datetime import datetime
from pathlib import Path

import click

from index.backend import shown
from searcher import open_searcher
from searcher.cli.options import index_option, run_option
from searcher.cli.render import minute
from searcher.export import day
from searcher.results import Stats, dump_json


@click.command()
@index_option
@run_option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.pass_context
def stats(ctx: click.Context, location: str | Path, as_json: bool) -> None:
    """Show what the index holds, of which archives, and when it last matched them."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        figures = searcher.stats()
    click.echo(dump_json(figures.as_json()) if as_json else _as_text(figures, location), nl=not as_json)


def _as_text(figures: Stats, location: str | Path) -> str:
    sources = ", ".join(f"{name} {count:,}" for name, count in figures.sources.items())
    lines = [
        f"Index      {shown(location)}",
        f"Posts      {figures.posts:,} ({sources})",
        f"Saves      {figures.saves:,}",
        f"Hashtags   {figures.hashtags:,}",
        f"Published  {day(figures.first_published)} to {day(figures.last_published)}",
        f"Matched    its archives as of {minute(datetime.fromisoformat(figures.updated))}",
        *(f"Archive    {archive}" for archive in figures.archives),
    ]
    return "\n".join(lines)
