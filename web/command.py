"""The command `serve`."""

import os
import re
from contextlib import nullcontext
from pathlib import Path

import click
from click.core import ParameterSource

from index.backend import shown
from searcher import open_searcher
from searcher.cli.config import ConfigError
from searcher.cli.options import index_option


class WebAddress(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """The address below which readers find the pages, or nothing."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", value):
            self.fail("an address begins with https:// or http:// and ends before any ? or #.", param, ctx)
        return value


@click.command()
@index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer.  [default: one a core, up to 8]")
@click.option(
    "--url",
    default="",
    type=WebAddress(),
    help="Where readers find the page if a proxy stands before it: https://host/path.",
)
@click.option("--open", is_flag=True, help="Let everyone read who can reach --host, without a password.")
@click.option("--password-file", type=click.Path(path_type=Path), help="File with the password on its first line.")
@click.option("--watch", is_flag=True, help="Follow the archives meanwhile, as `index --watch` does.")
@click.pass_context
def serve(
    ctx: click.Context,
    location: str | Path,
    host: str,
    port: int,
    workers: int | None,
    url: str,
    open: bool,
    password_file: Path | None,
    watch: bool,
) -> None:
    """Serve the search page and the API.

    The password in SEARCHER_PASSWORD, or in a file, is asked of everyone. Without one, only this machine is answered.
    """
    from searcher.cli.following import followed
    from web.http.access import Site
    from web.server import default_workers, require_password
    from web.server import serve as serve_forever

    password = _password(ctx, password_file)
    if not open:
        require_password(host, password)
    with open_searcher(location):
        pass  # reports a bad index here, once, rather than in every worker
    site = Site(url, host, password)
    with followed(location) if watch else nullcontext():
        serve_forever(
            location,
            host,
            port,
            workers or default_workers(),
            site,
            lambda address: click.echo(
                f"Serving {shown(location)} on {address}{f', for readers at {url},' if url else ''} (Ctrl-C ends it)"
            ),
        )


def _password(ctx: click.Context, file: Path | None) -> str:
    """Return the password from --password-file, else SEARCHER_PASSWORD, else the file in searcher.toml."""
    from_environment = os.environ.get("SEARCHER_PASSWORD", "")
    is_on_command_line = ctx.get_parameter_source("password_file") is ParameterSource.COMMANDLINE
    if file is None or (from_environment and not is_on_command_line):
        return from_environment
    try:
        password = next(iter(file.read_text(encoding="utf-8").splitlines()), "").strip()
    except UnicodeDecodeError:
        raise ConfigError(f"The password file {file} is no text in UTF-8: write the password there.") from None
    if not password:  # an empty file must not open the archive to everyone
        raise ConfigError(f"There is no password on the first line of {file}: write one.")
    return password
