"""Settings from searcher.toml and the environment: their values, their sources and the errors in them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from searcher.cli import main
from searcher.cli.config import settings
from tests.conftest import EXAMPLES

Searcher = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    """Give a function that runs the program with searcher.toml in a folder for settings of its own."""
    home = tmp_path / "config" / "searcher"
    home.mkdir(parents=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHER_")}

    def run(*arguments: object, file: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        (home / "searcher.toml").write_text(file, encoding="utf-8")
        told = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data"), **environ}
        command = [sys.executable, "-m", "searcher", *map(str, arguments)]
        return subprocess.run(
            command, env={**clean, **told}, capture_output=True, check=False, encoding="utf-8", timeout=60
        )

    return run


def effective(searcher: Searcher, key: str, *arguments: object, file: str = "", **environ: str) -> tuple[object, str]:
    told = json.loads(searcher(*arguments, "config", "--json", file=file, **environ).stdout)["settings"][key]
    return told["value"], told["from"]


@pytest.mark.thorough
def test_the_environment_overrides_the_file_and_the_file_the_default(searcher: Searcher, tmp_path: Path) -> None:
    path = str(tmp_path / "config" / "searcher" / "searcher.toml")
    file = "[serve]\nport = 8100\nopen = true"
    assert effective(searcher, "serve.port") == (8000, "default")
    assert effective(searcher, "serve.port", file=file) == (8100, path)
    assert effective(searcher, "serve.port", file=file, SEARCHER_SERVE_PORT="8200") == (8200, "SEARCHER_SERVE_PORT")
    assert effective(searcher, "serve.open", file=file) == (True, path)
    assert effective(searcher, "serve.open", file=file, SEARCHER_SERVE_OPEN="no") == (False, "SEARCHER_SERVE_OPEN")
    assert effective(searcher, "words", "--words", "w.txt", SEARCHER_WORDS="v.txt") == ("w.txt", "command line")


@pytest.mark.thorough
def test_options_and_environment_override_the_file(searcher: Searcher, tmp_path: Path) -> None:
    (tmp_path / "config" / "searcher" / "mine.txt").write_text("大模型 = 语言巨兽\n", encoding="utf-8")
    file = f"""
        words = "mine.txt"
        [index]
        location = "my-index"
        archives = ["{EXAMPLES}"]
        [search]
        limit = 2
    """
    assert searcher("index", file=file).returncode == 0
    assert (tmp_path / "config" / "searcher" / "my-index" / "searcher.json").exists()
    assert len(json.loads(searcher("search", "大模型", "--json", file=file).stdout)["hits"]) == 2
    assert len(json.loads(searcher("search", "大模型", "--limit", "3", "--json", file=file).stdout)["hits"]) == 3
    assert json.loads(searcher("search", "语言巨兽", "--json", file=file).stdout)["total"] > 2
    assert searcher("stats", file=file).returncode == 0
    other = searcher("search", "大模型", file=file, SEARCHER_INDEX=str(tmp_path / "elsewhere"))
    assert other.returncode == 3
    assert "elsewhere" in other.stderr


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("[serve]\nprot = 8100", "serve.prot, which is no setting: is serve.port meant?"),
        ("port = 8100", "port, which is no setting: is serve.port meant?"),
        ("[index]\nprune = true", "index.prune, which is no setting"),
        ('[serve]\nport = "8100"', "serve.port = '8100': write a whole number there."),
        ("[serve]\nport = true", "serve.port = True: write a whole number there."),
        ("[serve]\nport = 70000", "serve.port = 70000: 70000 is not in the range 0<=x<=65535."),
        ("[serve]\nopen = 1", "serve.open = 1: write true or false there."),
        ("[search]\nsort = 'best'", "search.sort = 'best': 'best' is not one of 'relevance'"),
        ("[index]\narchives = 'here'", "index.archives = 'here': write a list of texts in [ ] there."),
        ("[index]\narchives = [1]", "index.archives = [1]: write a list of texts in [ ] there."),
        ("serve = 1", "serve, which is no setting"),
        ("[serve]\nurl = 'example.org'", "serve.url = 'example.org': an address begins with https://"),
        ("[serve", "is no TOML in UTF-8: "),
    ],
)
def test_an_error_in_the_file_names_file_and_key(searcher: Searcher, tmp_path: Path, file: str, told: str) -> None:
    run = searcher("stats", file=file)
    assert run.returncode == 2
    assert told in run.stderr
    assert str(tmp_path / "config" / "searcher" / "searcher.toml") in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_named_config_file_must_exist(searcher: Searcher, tmp_path: Path) -> None:
    run = searcher("--config", tmp_path / "none.toml", "stats")
    assert (run.returncode, run.stderr.startswith(f"There is no configuration file {tmp_path / 'none.toml'}")) == (
        2,
        True,
    )


def test_the_password_of_a_cluster_is_not_printed(searcher: Searcher) -> None:
    run = searcher("config", SEARCHER_INDEX="opensearch+http://me:secret@127.0.0.1:9200/posts")
    assert "opensearch+http://me@127.0.0.1:9200/posts" in run.stdout
    assert "secret" not in run.stdout


def test_an_empty_password_file_opens_nothing(searcher: Searcher, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("\n", encoding="utf-8")
    run = searcher("serve", "--password-file", tmp_path / "password", "--host", "0.0.0.0", "--port", "0")
    assert run.returncode == 2
    assert "There is no password on the first line" in run.stderr


def test_a_password_file_that_is_no_text_opens_nothing(searcher: Searcher, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"\x8c\xff secret")
    run = searcher("serve", "--password-file", tmp_path / "password", "--host", "0.0.0.0", "--port", "0")
    assert run.returncode == 2
    assert "is no text in UTF-8" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.thorough
def test_the_environment_sets_no_option_of_one_run(searcher: Searcher, tmp_path: Path) -> None:
    location = tmp_path / "index"
    assert searcher("index", EXAMPLES, "--index", location).returncode == 0
    one_run = {"INDEX_REBUILD": "1", "INDEX_PART": "1/2", "INDEX_AS_JSON": "1", "VERSION": "1.0"}
    run = searcher("index", "--index", location, **{f"SEARCHER_{name}": value for name, value in one_run.items()})
    assert (run.returncode, run.stdout.splitlines()[0]) == (0, "Nothing has changed.")


@pytest.mark.parametrize("name", ["operating.md", "operating.zh.md"])
def test_the_docs_name_every_setting_and_variable(name: str) -> None:
    text = (EXAMPLES.parents[1] / "docs" / name).read_text(encoding="utf-8")
    stated = re.findall(r"^\| `([\w.-]+)` \| `(SEARCHER_\w+)` \|", text, re.MULTILINE)
    assert stated == [(key, setting.variable) for key, setting in settings(main).items()]
