"""Parameters that several commands share, and their types."""

from functools import partial
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from index.backend import read_location
from index.files.paths import user_data_folder
from searcher.cli import completers


class Location(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """The folder of an index, or its address in a cluster."""

    name = "location"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> str | Path:  # noqa: ARG002
        return read_location(str(value))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return [CompletionItem(incomplete, type="dir")]


def text(value: str) -> str:
    """Return `value` with question marks for bytes that are not valid in the encoding of the command line."""
    return value.encode("utf-8", "replace").decode()


# An option for one run: neither searcher.toml nor the environment can set it. Any other option is a setting.
run_option = partial(click.option, allow_from_autoenv=False)

index_option = click.option(
    "--index",
    "location",
    envvar="SEARCHER_INDEX",
    default=lambda: user_data_folder() / "index",
    show_default="your data folder",
    type=Location(),
    help="Folder of the index, or opensearch+http://HOST:9200/NAME; also SEARCHER_INDEX.",
)
replicas_option = click.option(
    "--replicas", type=click.IntRange(0, 16), help="Copies of each shard besides it.  [default: 1]"
)
query_argument = click.argument("query", nargs=-1, type=text, shell_complete=completers.query_words)
