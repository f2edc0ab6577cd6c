"""The `index` command."""

import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from index.archive.partition import WHOLE, Partition
from index.backend import ClusterOptions, shown
from searcher.cli.group import INTERRUPTED, UNREADABLE_FILES
from searcher.cli.options import Location, index_option, replicas_option, run_option
from searcher.cli.render import progress_line, update_report
from searcher.results import dump_json

if TYPE_CHECKING:
    from index import UpdateReport


@click.command()
@index_option
@click.argument(
    "archives",
    nargs=-1,
    envvar="SEARCHER_ARCHIVES",
    type=click.Path(path_type=Path),
    shell_complete=Location().shell_complete,
)
@run_option("--rebuild", is_flag=True, help="Build anew beside the old index, then put the new one in its place.")
@run_option("--prune", is_flag=True, help="Let go of what is gone, be it most of an archive or all of it.")
@click.option("--watch", is_flag=True, help="Go on following the archives, until Ctrl-C.")
@run_option(
    "--part",
    metavar="PART",
    type=Partition.parse,
    help="Read only this part of the files, such as 3/16; others read the rest.",
)
@click.option("--shards", type=click.IntRange(1, 1024), help="Shards of a new index in a cluster.  [default: 1]")
@replicas_option
@click.option("--strict", is_flag=True, help="Exit with 4 if a file could not be read.")
@run_option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object, on a line of its own.")
@click.pass_context
def index(
    ctx: click.Context,
    location: str | Path,
    archives: tuple[Path, ...],
    rebuild: bool,
    prune: bool,
    watch: bool,
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
    from index.backend import open_backend

    ctx.meta["json"] = as_json
    is_for_cluster = part is not None or shards is not None or replicas is not None
    options = ClusterOptions(part or WHOLE, shards, replicas) if is_for_cluster else None
    before = open_backend(location).newest_commit()
    try:
        with progress_line(sys.stderr) as on_progress:
            report = update(location, archives, rebuild=rebuild, prune=prune, progress=on_progress, options=options)
    except KeyboardInterrupt:
        state = "as it was" if open_backend(location).newest_commit() == before else "up to date"
        click.echo(f"Interrupted: the index at {shown(location)} is {state}.", err=True)
        ctx.exit(INTERRUPTED)
    _print(report, as_json)
    if watch:
        from searcher.cli.following import follow

        try:
            follow(location, lambda report: _print(report, as_json), Event())
        except KeyboardInterrupt:
            click.echo(f"Ended: the index at {shown(location)} is whole.", err=True)
    if strict and report.unreadable:
        ctx.exit(UNREADABLE_FILES)


def _print(report: "UpdateReport", as_json: bool) -> None:
    click.echo(dump_json(report.as_json()) if as_json else update_report(report), nl=not as_json)
