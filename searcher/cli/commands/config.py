"""The `config` command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from index.backend import shown
from searcher.cli.config import Setting, settings
from searcher.cli.lazy_group import LazyGroup
from searcher.cli.options import run_option
from searcher.cli.render import width
from searcher.results import dump_json


@click.command()
@run_option("--json", "as_json", is_flag=True, help="Print the settings as one JSON object.")
@click.pass_context
def config(ctx: click.Context, as_json: bool) -> None:
    """Print every setting of searcher.toml, what is in force, and from where it comes."""
    assert ctx.parent is not None
    file: Path = ctx.parent.params["config"]
    rows = list(_values(ctx.parent))
    if as_json:
        values = {
            setting.key: {"value": value, "from": source, "variable": setting.variable}
            for setting, value, source in rows
        }
        click.echo(dump_json({"file": str(file), "settings": values}), nl=False)
    else:
        click.echo(f"Configuration file: {file}{'' if file.exists() else ' (there is none)'}\n")
        click.echo(_table([(s.key, _cell(value), source, f"or {s.variable}") for s, value, source in rows]))


def _values(ctx: click.Context) -> Iterator[tuple[Setting, Any, str]]:
    """Yield each setting, its value, and the source of the value.

    `ctx` is the context of the group. Raises click.BadParameter.
    """
    assert isinstance(ctx.command, LazyGroup)
    contexts: dict[click.Command, click.Context] = {ctx.command: ctx}
    for setting in settings(ctx.command).values():
        if (command := setting.command) not in contexts:
            # A command needs its required arguments, of any value.
            arguments = [
                "-" for argument in command.params if isinstance(argument, click.Argument) and argument.required
            ]
            contexts[command] = command.make_context(command.name, arguments, parent=ctx)
        context, name = contexts[command], str(setting.parameter.name)
        sources = {
            ParameterSource.COMMANDLINE: "command line",
            ParameterSource.ENVIRONMENT: setting.variable,
            ParameterSource.DEFAULT_MAP: str(ctx.params["config"]),
        }
        source = context.get_parameter_source(name)
        yield setting, _plain(context.params[name]), sources.get(source, "default") if source else "default"


def _plain(value: Any) -> Any:
    """Return `value` as JSON has it, without the password of an address."""
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return str(shown(value)) if isinstance(value, str | Path) else value


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return str(value).lower()
    return "-" if value in (None, "") else str(value)


def _table(rows: list[tuple[str, ...]]) -> str:
    """Return the rows with their columns aligned."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    padded = ([cell + " " * (columns - width(cell)) for cell, columns in zip(row, widths, strict=True)] for row in rows)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)
