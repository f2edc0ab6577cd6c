"""What the READMEs tell to type works as typed."""

import re
import shlex
from pathlib import Path

import click
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


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_names_every_command_and_option(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    context = click.Context(main)
    commands = [main.get_command(context, name) for name in main.list_commands(context)]
    for command in (main, *commands):
        assert command is not None
        assert command is main or f"`{command.name}" in text
        options = [option for parameter in command.get_params(click.Context(command)) for option in parameter.opts]
        missing = [option for option in options if option.startswith("-") and f"{option}" not in text]
        assert not missing, command.name


@pytest.mark.parametrize("name", ["operating.md", "operating.zh.md"])
def test_operating_names_every_variable_that_is_read(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    files = [path for package in ("index", "searcher", "web") for path in (ROOT / package).rglob("*.py")]
    sources = "".join(path.read_text(encoding="utf-8") for path in files)
    read = set(re.findall(r"\"(SEARCHER_[A-Z_]+|XDG_\w+|\w*APPDATA)\"", sources))
    assert len(read) > 8
    assert not [variable for variable in read if f"`{variable}`" not in text]


@pytest.mark.parametrize("name", ["operating.md", "operating.zh.md"])
def test_operating_names_every_file_to_deploy(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert not [path.name for path in (ROOT / "deploy").iterdir() if f"`{path.name}`" not in text]
