"""A new option of the command line costs the module of its command; it is a setting too."""

from pathlib import Path

import pytest

from searcher import open_searcher
from tests.additions.project import Addition, Edit, Project

pytestmark = pytest.mark.thorough

COMMAND = "searcher/cli/commands/search.py"
ADDITION = Addition(
    (
        Edit(
            COMMAND,
            '@run_option("--jsonl", is_flag=True, help="Print each hit as a line of JSON.")\n',
            '@click.option("--ids", is_flag=True, help="Print the id of each hit.")\n',
        ),
        Edit(COMMAND, "    jsonl: bool,\n", "    ids: bool,\n"),
        Edit(
            COMMAND,
            '        text = "".join(dump_json(hit.as_json()) for hit in results.hits)\n',
            '    elif ids:\n        text = "".join(f"{hit.post.id}\\n" for hit in results.hits)\n',
        ),
    )
)


def test_a_new_option_is_described_completed_and_a_setting(tmp_path: Path, example_index: Path) -> None:
    project = Project(tmp_path / "project", ADDITION)
    with open_searcher(example_index) as searcher:
        ids = [hit.post.id for hit in searcher.search("大模型").hits]
    search = ("search", "大模型", "--index", example_index)
    assert ids
    assert project.searcher(*search, "--ids").stdout.split() == ids
    assert project.searcher(*search, SEARCHER_SEARCH_IDS="1").stdout.split() == ids
    settings = tmp_path / "searcher.toml"
    settings.write_text("[search]\nids = true\n")
    assert project.searcher("--config", settings, *search).stdout.split() == ids
    assert "Print the id of each hit." in project.searcher("search", "--help").stdout
    completed = project.searcher(
        _SEARCHER_COMPLETE="bash_complete", COMP_WORDS="searcher search --id", COMP_CWORD="2", COMP_LINE=""
    )
    assert "--ids" in completed.stdout
