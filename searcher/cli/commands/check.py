"""The `check` command."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.backend import shown
from index.errors import how_to_rebuild, index_command
from searcher.cli.group import FOUND, NO_INDEX
from searcher.cli.options import index_option, run_option
from searcher.cli.render import progress_line
from searcher.export import count_noun
from searcher.results import dump_json

if TYPE_CHECKING:
    from index.updates.check import CheckReport


@click.command()
@index_option
@run_option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
@click.pass_context
def check(ctx: click.Context, location: str | Path, as_json: bool) -> None:
    """Read all of the index, and compare it with its checksums and with what it knows of its archives' files."""
    from index.backend import check as check_index

    ctx.meta["json"] = as_json
    with progress_line(sys.stderr) as on_progress:
        report = check_index(location, on_progress)
    click.echo(dump_json(report.as_json()) if as_json else _as_text(report, location), nl=not as_json)
    ctx.exit(FOUND if report.is_whole else NO_INDEX)


def _as_text(report: "CheckReport", location: str | Path) -> str:
    where = shown(location)
    lines = [f"{problem.path}: {problem.reason}" for problem in report.damaged]
    if report.is_whole:
        # A cluster checks its own files.
        files = f"{count_noun(report.files, 'file')} of {report.bytes / 2**20:,.1f} MB, " if report.files else ""
        counts = f"{count_noun(report.saves, 'save')} of {count_noun(report.posts, 'post')}"
        lines.append(f"The index at {where} is whole: {files}{counts}.")
    else:
        lines.append(f"The index at {where} is damaged. {how_to_rebuild(where)}")
    if report.behind:
        changed = count_noun(report.behind, "file")
        lines.append(f"Its archives have changed in {changed} since: run {index_command(where)}.")
    return "\n".join(lines)
