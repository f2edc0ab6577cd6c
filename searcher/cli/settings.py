"""The command that prints the settings in force."""

import click

from searcher.cli import render
from searcher.cli.config import in_force
from searcher.cli.parameters import EPILOG
from searcher.results import dump_json


@click.command(epilog=EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print the settings as one JSON object.")
@click.pass_context
def config(ctx: click.Context, as_json: bool) -> None:
    """Print every setting of searcher.toml, what is in force, and from where it comes."""
    assert ctx.parent is not None
    file = ctx.parent.params["config"]
    told = list(in_force(ctx.parent))
    if as_json:
        found = {one.key: {"value": value, "from": source, "variable": one.variable} for one, value, source in told}
        click.echo(dump_json({"file": str(file), "settings": found}), nl=False)
    else:
        click.echo(render.settings(file, [(one.key, value, one.variable, source) for one, value, source in told]))
