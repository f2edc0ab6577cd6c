"""The command line: index, search, show, explain, suggest, stats, check, copy, serve, config."""

import io
import os
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from index.cluster.location import read_location, shown
from index.cluster.options import ClusterOptions
from index.errors import (
    ClusterError,
    DamagedIndexError,
    LockedIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
)
from index.part import WHOLE, Part
from index.post import Post
from searcher import Searcher, open_searcher, present
from searcher.config import ConfigError, config_file, in_force, name_variables, read_config
from searcher.parser import QuerySyntaxError
from searcher.present_explanation import explanation
from searcher.request import MAX_PAGE_SIZE, SearchRequest, Sort, UnknownPostError
from searcher.results import dump_json, hit_json, post_json, suggestions_json

if TYPE_CHECKING:
    from index import UpdateReport

FOUND, NOTHING_FOUND, USAGE, NO_INDEX, UNREADABLE_FILES, INTERRUPTED = 0, 1, 2, 3, 4, 130
_EPILOG = (
    "Exit status: 0 done or found, 1 nothing found, 2 usage or bad query, 3 no or outdated index, 4 unreadable files."
)


_INDEX_ERRORS = (NoIndexError, OutdatedIndexError, DamagedIndexError, LockedIndexError, ClusterError)


def default_location() -> Path:
    """Return where an index is kept unless told otherwise: the platform's folder for a user's data."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base, "searcher", "index")


class _Commands(click.Group):
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
            click.echo(present.pointer(ctx.meta["query"], error.start, error.end), err=True)
    ctx.exit(_exit_status(error))


def _exit_status(error: SearcherError) -> int:
    if isinstance(error, UnknownPostError):
        return NOTHING_FOUND
    return NO_INDEX if isinstance(error, _INDEX_ERRORS) else USAGE


class _Location(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """Is the folder of an index, or its address in a cluster."""

    name = "location"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> str | Path:  # noqa: ARG002
        return read_location(str(value))


class _Part(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """Is a part of the files of an archive."""

    name = "part"

    def convert(self, value: str | Part, param: click.Parameter | None, ctx: click.Context | None) -> Part:  # noqa: ARG002
        return value if isinstance(value, Part) else Part.of(value)


_index_option = click.option(
    "--index",
    "location",
    envvar="SEARCHER_INDEX",
    default=default_location,
    show_default="your data folder",
    type=_Location(),
    help="Folder of the index, or opensearch+http://HOST:9200/NAME; also SEARCHER_INDEX.",
)


def _read_config(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path:
    """Take what nobody says from the configuration file; it is read before any other option is looked at."""
    file = path or config_file()
    try:
        ctx.default_map = read_config(file, main, is_named=path is not None)
    except ConfigError as error:
        if not ctx.resilient_parsing:  # which is completing what is typed
            _fail(ctx, error)
    return file


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="archive-searcher", prog_name="searcher")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="SEARCHER_CONFIG",
    callback=_read_config,
    is_eager=True,
    help="Configuration file.  [default: searcher.toml in your folder for settings]",
)
@click.option(
    "--words",
    type=click.Path(path_type=Path),
    envvar="SEARCHER_WORDS",
    help="File of your own words.  [default: words.txt in your folder for settings]",
)
def main(config: Path, words: Path | None) -> None:  # noqa: ARG001  # the file was read when it was named
    """Search an archive of saved posts."""
    if words:
        os.environ["SEARCHER_WORDS"] = str(words)  # for workers, too
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that can't show a character shows another


@main.command(epilog=_EPILOG)
@click.argument("archives", nargs=-1, envvar="SEARCHER_ARCHIVES", type=click.Path(path_type=Path))
@_index_option
@click.option("--rebuild", is_flag=True, help="Build anew beside the old index, then put the new one in its place.")
@click.option("--prune", is_flag=True, help="Let go of what is gone, be it most of an archive or all of it.")
@click.option("--watch", "watches", is_flag=True, help="Go on following the archives, until Ctrl-C.")
@click.option("--part", type=_Part(), help="Read only this part of the files, such as 3/16; other machines the others.")
@click.option("--shards", type=click.IntRange(1, 1024), help="Shards of a new index in a cluster.  [default: 1]")
@click.option("--replicas", type=click.IntRange(0, 16), help="Copies of each shard besides it.  [default: 1]")
@click.option("--strict", is_flag=True, help="Exit with 4 if a file could not be read.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object, on a line of its own.")
@click.pass_context
def index(
    ctx: click.Context,
    archives: tuple[Path, ...],
    location: str | Path,
    rebuild: bool,
    prune: bool,
    watches: bool,
    part: Part | None,
    shards: int | None,
    replicas: int | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Bring the index up to date with ARCHIVES and those it remembers.

    An archive that isn't there, or of whose saves more than half are suddenly gone, changes nothing without --prune.
    """
    from index import update
    from index.updating import in_force as commit_in_force

    ctx.meta["json"] = as_json
    given = part is not None or shards is not None or replicas is not None
    options = ClusterOptions(part or WHOLE, shards, replicas) if given else None
    before = commit_in_force(location)
    try:
        with present.progress(sys.stderr) as on_progress:
            report = update(location, archives, rebuild=rebuild, prune=prune, progress=on_progress, options=options)
    except KeyboardInterrupt:
        is_old = commit_in_force(location) == before
        click.echo(
            f"Interrupted: the index at {shown(location)} is {'as it was' if is_old else 'up to date'}.", err=True
        )
        ctx.exit(INTERRUPTED)
    _tell(report, as_json)
    if watches:
        from searcher.following import follow

        try:
            follow(location, lambda report: _tell(report, as_json), lambda said: click.echo(said, err=True), Event())
        except KeyboardInterrupt:
            click.echo(f"Ended: the index at {shown(location)} is whole.", err=True)
    if strict and report.unreadable:
        ctx.exit(UNREADABLE_FILES)


def _tell(report: "UpdateReport", as_json: bool) -> None:
    click.echo(dump_json(report.as_json()) if as_json else present.report(report), nl=not as_json)


class _Text(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """Is any text; bytes of the command line that are none become question marks."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return value.encode("utf-8", "replace").decode()


@main.command(epilog=_EPILOG)
@click.argument("query", nargs=-1, type=_Text())
@_index_option
@click.option("--source", multiple=True, type=_Text(), help="Only posts of this source, such as weibo or arxiv.")
@click.option("--account", multiple=True, type=_Text(), help="Only posts of this account.")
@click.option("--hashtag", multiple=True, type=_Text(), help="Only posts under this hashtag, in any spelling.")
@click.option("--type", "types", multiple=True, type=_Text(), help="Only posts whose file claims this type.")
@click.option("--since", type=_Text(), help="Only posts of this date or later: 2025, 2025-05, 2025-05-09, 7d.")
@click.option("--until", type=_Text(), help="Only posts up to and including this date.")
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
    query: tuple[str, ...],
    location: str | Path,
    source: tuple[str, ...],
    account: tuple[str, ...],
    hashtag: tuple[str, ...],
    types: tuple[str, ...],
    since: str | None,
    until: str | None,
    sort: str,
    limit: int,
    page: int,
    facets: bool,
    as_json: bool,
    jsonl: bool,
    form: str | None,
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
        source=source,
        account=account,
        hashtag=hashtag,
        type=types,
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
        click.echo(present.document(results, form), nl=False)
    else:
        click.echo(present.results(results, facets=facets))
    ctx.exit(FOUND if results.total else NOTHING_FOUND)


@main.command(epilog=_EPILOG)
@click.argument("post_id", metavar="ID", type=_Text())
@_index_option
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
        click.echo("\n\n".join([present.post(post, labels), *([present.related(alike)] if related else [])]))


def _known_post(searcher: Searcher, post_id: str) -> Post:
    """Return the post of an id or a URL; raise UnknownPostError if there is none."""
    from index.identity import identify

    post = searcher.post(post_id) or searcher.post(identify(post_id).id)
    if post is None:
        raise UnknownPostError(post_id)
    return post


@main.command(epilog=_EPILOG)
@click.argument("query", nargs=-1, type=_Text())
@_index_option
@click.option("--post", "post_id", metavar="ID", type=_Text(), help="Tell why this post is a hit, or is none.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as one JSON object.")
@click.pass_context
def explain(
    ctx: click.Context, query: tuple[str, ...], location: str | Path, post_id: str | None, as_json: bool
) -> None:
    """Tell how QUERY was read, folded and cut, and which clause gave a post what score; ID may be a URL, too."""
    ctx.meta["json"], ctx.meta["query"] = as_json, " ".join(query)
    with open_searcher(location) as searcher:
        known = None if post_id is None else _known_post(searcher, post_id).id
        told = searcher.explain(ctx.meta["query"], known)
    click.echo(dump_json(told.as_json()) if as_json else explanation(told), nl=not as_json)


@main.command(epilog=_EPILOG)
@click.argument("prefix", type=_Text())
@_index_option
@click.option("--limit", type=click.IntRange(1, MAX_PAGE_SIZE), default=10, show_default=True, help="Suggestions.")
@click.option("--json", "as_json", is_flag=True, help="Print the suggestions as one JSON object.")
@click.pass_context
def suggest(ctx: click.Context, prefix: str, location: str | Path, limit: int, as_json: bool) -> None:
    """Complete PREFIX by hashtags and words of the archive: as written, in pinyin (dongfang) or its initials (df)."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        found = searcher.suggest(prefix, limit)
    click.echo(dump_json(suggestions_json(found)) if as_json else present.suggestions(found), nl=not as_json)
    ctx.exit(FOUND if found else NOTHING_FOUND)


@main.command(epilog=_EPILOG)
@_index_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.pass_context
def stats(ctx: click.Context, location: str | Path, as_json: bool) -> None:
    """Show what the index holds, of which archives, and when it last matched them."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        figures = searcher.stats()
    click.echo(dump_json(figures.as_json()) if as_json else present.stats(figures, shown(location)), nl=not as_json)


def _web_address(_: click.Context, __: click.Parameter, url: str) -> str:
    if url and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", url):
        raise click.BadParameter("an address begins with https:// or http:// and ends before any ? or #.")
    return url


@main.command(epilog=_EPILOG)
@_index_option
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
@click.pass_context
def check(ctx: click.Context, location: str | Path, as_json: bool) -> None:
    """Read all of the index, and compare it with its checksums and with what it knows of its archives' files."""
    from index.check import check as check_index

    ctx.meta["json"] = as_json
    with present.progress(sys.stderr) as on_progress:
        found = check_index(location, on_progress)
    click.echo(dump_json(found.as_json()) if as_json else present.check(found, location), nl=not as_json)
    ctx.exit(FOUND if found.is_whole else NO_INDEX)


@main.command(epilog=_EPILOG)
@click.argument("source", metavar="FROM", type=_Location())
@click.argument("target", metavar="TO", type=_Location())
@click.option("--shards", type=click.IntRange(1, 1024), help="Shards of a copy in a cluster.  [default: 1]")
@click.option("--replicas", type=click.IntRange(0, 16), help="Copies of each shard besides it.  [default: 1]")
def copy(source: str | Path, target: str | Path, shards: int | None, replicas: int | None) -> None:
    """Copy the index at FROM to TO, a folder or an address, and compare what both answer."""
    from searcher.copying import copy as copy_index

    with present.progress(sys.stderr) as on_progress:
        copied = copy_index(source, target, on_progress, ClusterOptions(shards=shards, replicas=replicas))
    click.echo(
        f"Copied {copied.saves:,} saves of {copied.posts:,} posts to {shown(target)}; "
        f"{copied.queries} queries find as many in both."
    )


@main.command(epilog=_EPILOG)
@_index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer.  [default: one a core, up to 8]")
@click.option(
    "--url",
    default="",
    callback=_web_address,
    help="Where readers find the page if a proxy stands before it: https://host/path.",
)
@click.option("--open", "is_open", is_flag=True, help="Let everyone read who can reach --host, without a password.")
@click.option("--password-file", type=click.Path(path_type=Path), help="File with the password on its first line.")
@click.option("--watch", "watches", is_flag=True, help="Follow the archives meanwhile, as `index --watch` does.")
@click.pass_context
def serve(
    ctx: click.Context,
    location: str | Path,
    host: str,
    port: int,
    workers: int | None,
    url: str,
    is_open: bool,
    password_file: Path | None,
    watches: bool,
) -> None:
    """Serve the search page and the API.

    The password in SEARCHER_PASSWORD, or in a file, is asked of everyone. Without one, only this machine is answered.
    """
    from searcher.following import followed
    from web.server import default_workers, refuse_open
    from web.server import serve as serve_forever
    from web.site import Site

    password = _password(ctx, password_file)
    if not is_open:
        refuse_open(host, password)
    with open_searcher(location):
        pass  # what is wrong with the index is said here, and not by every worker
    site = Site(url, host, password)
    with followed(location) if watches else nullcontext():
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
    """Return the password: of a file on the command line, else the environment, else a file in searcher.toml."""
    told = os.environ.get("SEARCHER_PASSWORD", "")
    if file is None or (told and ctx.get_parameter_source("password_file") is not ParameterSource.COMMANDLINE):
        return told
    try:
        password = next(iter(file.read_text(encoding="utf-8").splitlines()), "").strip()
    except UnicodeDecodeError:
        raise ConfigError(f"The password file {file} is no text in UTF-8: write the password there.") from None
    if not password:  # an empty file must not open the archive to everyone
        raise ConfigError(f"There is no password on the first line of {file}: write one.")
    return password


@main.command(epilog=_EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print the settings as one JSON object.")
@click.pass_context
def config(ctx: click.Context, as_json: bool) -> None:
    """Print every setting of searcher.toml, what is in force, and from where it comes."""
    assert ctx.parent is not None
    file = ctx.parent.params["config"]
    told = list(in_force(main, ctx.parent, file))
    if as_json:
        found = {one.key: {"value": value, "from": source, "variable": one.variable} for one, value, source in told}
        click.echo(dump_json({"file": str(file), "settings": found}), nl=False)
    else:
        click.echo(present.settings(file, [(one.key, value, one.variable, source) for one, value, source in told]))


name_variables(main)
