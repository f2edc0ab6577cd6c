"""Commands that make, check and copy an index."""

import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from index.archive.partition import WHOLE, Partition
from index.opensearch.address import shown
from index.opensearch.options import ClusterOptions
from searcher.cli import render
from searcher.cli.parameters import (
    EPILOG,
    FOUND,
    INTERRUPTED,
    NO_INDEX,
    UNREADABLE_FILES,
    Archive,
    FilePart,
    Location,
    index_option,
)
from searcher.results import dump_json

if TYPE_CHECKING:
    from index import UpdateReport


@click.command(epilog=EPILOG)
@click.argument("archives", nargs=-1, envvar="SEARCHER_ARCHIVES", type=Archive())
@index_option
@click.option("--rebuild", is_flag=True, help="Build anew beside the old index, then put the new one in its place.")
@click.option("--prune", is_flag=True, help="Let go of what is gone, be it most of an archive or all of it.")
@click.option("--watch", "watches", is_flag=True, help="Go on following the archives, until Ctrl-C.")
@click.option("--part", type=FilePart(), help="Read only this part of the files, such as 3/16; others read the rest.")
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
    part: Partition | None,
    shards: int | None,
    replicas: int | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Bring the index up to date with ARCHIVES and those it remembers.

    An archive that isn't there, or of whose saves more than half are suddenly gone, changes nothing without --prune.
    """
    from index import update
    from index.backend import newest_commit

    ctx.meta["json"] = as_json
    given = part is not None or shards is not None or replicas is not None
    options = ClusterOptions(part or WHOLE, shards, replicas) if given else None
    before = newest_commit(location)
    try:
        with render.progress(sys.stderr) as on_progress:
            report = update(location, archives, rebuild=rebuild, prune=prune, progress=on_progress, options=options)
    except KeyboardInterrupt:
        is_old = newest_commit(location) == before
        click.echo(
            f"Interrupted: the index at {shown(location)} is {'as it was' if is_old else 'up to date'}.", err=True
        )
        ctx.exit(INTERRUPTED)
    _tell(report, as_json)
    if watches:
        from searcher.cli.following import follow

        try:
            follow(location, lambda report: _tell(report, as_json), lambda said: click.echo(said, err=True), Event())
        except KeyboardInterrupt:
            click.echo(f"Ended: the index at {shown(location)} is whole.", err=True)
    if strict and report.unreadable:
        ctx.exit(UNREADABLE_FILES)


def _tell(report: "UpdateReport", as_json: bool) -> None:
    click.echo(dump_json(report.as_json()) if as_json else render.report(report), nl=not as_json)


@click.command(epilog=EPILOG)
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
@click.pass_context
def check(ctx: click.Context, location: str | Path, as_json: bool) -> None:
    """Read all of the index, and compare it with its checksums and with what it knows of its archives' files."""
    from index.check import check as check_index

    ctx.meta["json"] = as_json
    with render.progress(sys.stderr) as on_progress:
        found = check_index(location, on_progress)
    click.echo(dump_json(found.as_json()) if as_json else render.check(found, location), nl=not as_json)
    ctx.exit(FOUND if found.is_whole else NO_INDEX)


@click.command(epilog=EPILOG)
@click.argument("source", metavar="FROM", type=Location())
@click.argument("target", metavar="TO", type=Location())
@click.option("--shards", type=click.IntRange(1, 1024), help="Shards of a copy in a cluster.  [default: 1]")
@click.option("--replicas", type=click.IntRange(0, 16), help="Copies of each shard besides it.  [default: 1]")
def copy(source: str | Path, target: str | Path, shards: int | None, replicas: int | None) -> None:
    """Copy the index at FROM to TO, a folder or an address, and compare what both answer."""
    from searcher.copying import copy as copy_index

    with render.progress(sys.stderr) as on_progress:
        copied = copy_index(source, target, on_progress, ClusterOptions(shards=shards, replicas=replicas))
    click.echo(
        f"Copied {copied.saves:,} saves of {copied.posts:,} posts to {shown(target)}; "
        f"{copied.queries} queries find as many in both."
    )
