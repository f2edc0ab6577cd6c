"""The group of commands: its own options, and what an error is to the user."""

import io
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from index.errors import (
    ClusterError,
    DamagedIndexError,
    LockedIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
)
from searcher.cli import render
from searcher.cli.config import ConfigError, config_file, name_variables, read_config
from searcher.cli.parameters import EPILOG, FOUND, NO_INDEX, NOTHING_FOUND, USAGE
from searcher.errors import QuerySyntaxError
from searcher.request import UnknownPostError
from searcher.results import dump_json

_INDEX_ERRORS = (NoIndexError, OutdatedIndexError, DamagedIndexError, LockedIndexError, ClusterError)


class LazyGroup(click.Group):
    """Commands that are given, or named as "module:command" and imported when they are asked for."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self._lazy: dict[str, str] = {}

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        name_variables(cmd)
        super().add_command(cmd, name)

    def add_lazy_command(self, name: str, path: str) -> None:
        self._lazy[name] = path

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if path := self._lazy.pop(cmd_name, None):
            module, _, attribute = path.partition(":")
            self.add_command(getattr(import_module(module), attribute), cmd_name)
        return super().get_command(ctx, cmd_name)


class _Commands(LazyGroup):
    """Turns every error meant for the user into its sentence and exit status."""

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
    if ctx.meta.get("json"):
        click.echo(dump_json({"error": error.as_json()}), nl=False)
    else:
        click.echo(str(error), err=True)
        if isinstance(error, QuerySyntaxError):
            click.echo(render.pointer(ctx.meta["query"], error.start, error.end), err=True)
    ctx.exit(_exit_status(error))


def _exit_status(error: SearcherError) -> int:
    if isinstance(error, UnknownPostError):
        return NOTHING_FOUND
    return NO_INDEX if isinstance(error, _INDEX_ERRORS) else USAGE


def _take_config(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path:
    """Take what nobody says from the configuration file; it is read before any other option is looked at."""
    file = path or config_file()
    try:
        ctx.default_map = read_config(file, ctx, is_named=path is not None)
    except ConfigError as error:
        if not ctx.resilient_parsing:  # which is completing what is typed
            _fail(ctx, error)
    return file


def _take_words(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    if path:
        os.environ["SEARCHER_WORDS"] = str(path)  # for workers, too
    return path


@click.group(cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="archive-searcher", prog_name="searcher")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="SEARCHER_CONFIG",
    callback=_take_config,
    is_eager=True,
    help="Configuration file.  [default: searcher.toml in your folder for settings]",
)
@click.option(
    "--words",
    type=click.Path(path_type=Path),
    envvar="SEARCHER_WORDS",
    callback=_take_words,
    help="File of your own words.  [default: words.txt in your folder for settings]",
)
def main(config: Path, words: Path | None) -> None:  # noqa: ARG001  # both were taken when they were read
    """Search an archive of saved posts."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that can't show a character shows another
