"""The group of commands: its own options, and the messages and statuses of errors."""

import io
import os
import sys
from pathlib import Path

import click
from click.shell_completion import add_completion_class

from index.errors import (
    ClusterError,
    DamagedIndexError,
    LockedIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
)
from index.files.paths import user_settings_folder
from searcher.cli.config import PREFIX, ConfigError, read_config
from searcher.cli.lazy_group import LazyGroup
from searcher.cli.render import width
from searcher.cli.shells import Bash, Fish
from searcher.errors import QuerySyntaxError
from searcher.request import UnknownPostError
from searcher.results import dump_json

add_completion_class(Bash)
add_completion_class(Fish)
FOUND, NOTHING_FOUND, USAGE, NO_INDEX, UNREADABLE_FILES, INTERRUPTED = 0, 1, 2, 3, 4, 130
_STATUSES = (
    "Exit status: 0 done or found, 1 nothing found, 2 usage or bad query, 3 no or outdated index, 4 unreadable files."
)
_INDEX_ERRORS = (NoIndexError, OutdatedIndexError, DamagedIndexError, LockedIndexError, ClusterError)
_OWN_MODULES = ("index", "search", "show", "explain", "suggest", "stats", "check", "copy", "config", "completion")
_MODULES = {**{name: f"searcher.cli.commands.{name}" for name in _OWN_MODULES}, "serve": "web.command"}


class _Commands(LazyGroup):
    """The commands; an error becomes a message to the user and an exit status."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SearcherError as error:
            _fail(ctx, error)
        except BrokenPipeError:  # such as `searcher search … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(FOUND)
        except OSError as error:
            click.echo(f"{error.filename or 'A file'} can't be used: {error.strerror or error}.", err=True)
            ctx.exit(NO_INDEX)
        return None


def _fail(ctx: click.Context, error: SearcherError) -> None:
    """Print `error`, as JSON if the command was asked for JSON, and exit."""
    if ctx.meta.get("json"):
        click.echo(dump_json({"error": error.as_json()}), nl=False)
    else:
        click.echo(str(error), err=True)
        if isinstance(error, QuerySyntaxError):
            click.echo(_underlined(ctx.meta["query"], error.start, error.end), err=True)
    if isinstance(error, UnknownPostError):
        ctx.exit(NOTHING_FOUND)
    ctx.exit(NO_INDEX if isinstance(error, _INDEX_ERRORS) else USAGE)


def _underlined(query: str, start: int, end: int) -> str:
    """Return the part of `query` around the wrong characters, which are underlined."""
    first, last = max(0, start - 30), min(len(query), end + 30, start + 60)
    line = query[first:last].replace("\n", " ").replace("\t", " ")
    marks = "^" * max(1, width(query[start : min(end, last)]))
    return f"  {line}\n  {' ' * width(query[first:start])}{marks}"


def _load_config(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path:
    """Take defaults from the configuration file; click processes an eager option before all others."""
    assert isinstance(ctx.command, LazyGroup)
    file = path or user_settings_folder() / "searcher.toml"
    try:
        ctx.default_map = read_config(file, ctx.command, is_required=path is not None)
    except ConfigError as error:
        if not ctx.resilient_parsing:  # click parses so to complete a word in a shell
            _fail(ctx, error)
    return file


def _export_words(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    if path:
        os.environ["SEARCHER_WORDS"] = str(path)  # worker processes read it, too
    return path


@click.group(
    cls=_Commands,
    modules=_MODULES,
    epilog=_STATUSES,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": PREFIX},
)
@click.version_option(package_name="archive-searcher", prog_name="searcher", allow_from_autoenv=False)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    callback=_load_config,
    is_eager=True,
    help="Configuration file.  [default: searcher.toml in your folder for settings]",
)
@click.option(
    "--words",
    type=click.Path(path_type=Path),
    callback=_export_words,
    help="File of your own words.  [default: words.txt in your folder for settings]",
)
def main(config: Path, words: Path | None) -> None:  # noqa: ARG001  # used by the callbacks
    """Search an archive of saved posts."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that can't show a character shows another
