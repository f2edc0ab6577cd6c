"""What the READMEs tell to type works as typed."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from index import update
from searcher.cli import main
from tests.conftest import EXAMPLES

ROOT = Path(__file__).parents[1]
COMMANDS = [
    (name, shlex.split(line, comments=True))
    for name in ("README.md", "README.zh.md")
    for line in re.findall(r"^    \.venv/bin/searcher (.*)$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize(("readme", "arguments"), COMMANDS, ids=lambda value: " ".join(value) if value else "")
def test_a_command_works(readme: str, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if arguments[0] == "serve":
        arguments = [*arguments, "--help"]  # it would serve until it is stopped
    monkeypatch.setenv("SEARCHER_INDEX", str(tmp_path / "index"))
    update(tmp_path / "index", [EXAMPLES])
    arguments = [str(EXAMPLES) if argument == "~/my/archive" else argument for argument in arguments]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, f"{readme}: {result.output}"


def test_the_commands_of_both_languages_are_the_same() -> None:
    by_language = {name: [arguments for readme, arguments in COMMANDS if readme == name] for name, _ in COMMANDS}
    assert by_language["README.md"] == by_language["README.zh.md"]


def test_the_readme_names_every_option() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in main.commands.items():
        assert f"`{name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--"):
                    assert option in text, f"{name} {option}"
