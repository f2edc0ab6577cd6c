"""The `copy` command."""

import sys
from pathlib import Path

import click

from index.backend import ClusterOptions, shown
from searcher.cli.options import Location, replicas_option
from searcher.cli.render import progress_line


@click.command()
@click.argument("source", metavar="FROM", type=Location())
@click.argument("target", metavar="TO", type=Location())
@click.option("--shards", type=click.IntRange(1, 1024), help="Shards of a copy in a cluster.  [default: 1]")
@replicas_option
def copy(source: str | Path, target: str | Path, shards: int | None, replicas: int | None) -> None:
    """Copy the index at FROM to TO, a folder or an address, and compare what both answer."""
    from searcher.copying import copy as copy_index

    with progress_line(sys.stderr) as on_progress:
        copied = copy_index(source, target, on_progress, ClusterOptions(shards=shards, replicas=replicas))
    click.echo(
        f"Copied {copied.saves:,} saves of {copied.posts:,} posts to {shown(target)}; "
        f"{copied.queries} queries find as many in both."
    )
