"""Completion on the command line by bash, zsh and fish at a terminal."""

import fcntl
import json
import os
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from index import update
from searcher import Searcher
from searcher.cli import main
from searcher.request import RequestError
from tests.conftest import EXAMPLES, post_text
from tests.searcher.shelf import linked, weibo_url

pytestmark = pytest.mark.thorough

WAIT = 60
ODD = '买一送一，$5*2, it\'s "GPT 4"'
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(searcher completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'bindkey -e; autoload -U compinit; compinit -u -D; eval "$(searcher completion zsh)"'),
    "fish": (["fish", "--no-config", "-i"], "searcher completion fish | source"),
}
# The line before the tab, and the words of the shell after it.
TYPED = [
    ("searcher sea", ["searcher", "search"]),
    ("searcher search --sort new", ["searcher", "search", "--sort", "newest"]),
    ("searcher show w", ["searcher", "show", "weibo:99000000"]),
    ("searcher show --related weibo:9900000001/Pg", ["searcher", "show", "--related", "weibo:9900000001/PgztznL7L"]),
    ("searcher explain 大模型 --post u", ["searcher", "explain", "大模型", "--post", "url:"]),
    ("searcher search '露营 -#city", ["searcher", "search", "露营 -#CityRide#"]),
    ('searcher search "#买', ["searcher", "search", f"#{ODD}#"]),
    ("searcher search \\#买", ["searcher", "search", f"#{ODD}#"]),
    ("searcher search --hashtag stu", ["searcher", "search", "--hashtag", "studio"]),
    ("searcher search 露营 source:w", ["searcher", "search", "露营", "source:weibo"]),
    ("searcher suggest --index here/an-in", ["searcher", "suggest", "--index", "here/an-index"]),
    ("searcher show --index here/none weibo:99", ["searcher", "show", "--index", "here/none", "weibo:99"]),
]


class Shell:
    """A shell at a terminal, with a command `record` that writes down its arguments."""

    def __init__(self, name: str, folder: Path, location: Path) -> None:
        command, set_up = SHELLS[name]
        self._words = folder / "words"
        self._words.touch()
        recorder = folder / "bin" / "record"
        recorder.parent.mkdir()
        recorder.write_text(
            f"#!{sys.executable}\nimport json, sys\n"
            f"with open({str(self._words)!r}, 'a') as file:\n    file.write(json.dumps(sys.argv[1:]) + '\\n')\n"
        )
        recorder.chmod(0o755)
        self.shown = ""
        self._pid, self._terminal = pty.fork()
        if not self._pid:
            os.chdir(folder)
            path = os.pathsep.join([str(recorder.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
            kept = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHER_")}
            told = {"PATH": path, "HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PS1": "> "}
            os.execvpe(command[0], command, {**kept, **told, "SEARCHER_INDEX": str(location)})
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.type(f"{set_up}\nrecord ready\n")
        self.words(1)

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def words(self, count: int) -> list[list[str]]:
        """Wait for `count` calls of `record`, and return the arguments of all."""
        self.wait_for(lambda: self._words.read_text().count("\n") >= count)
        return [json.loads(line) for line in self._words.read_text().splitlines()]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < end, self.shown
            if select.select([self._terminal], [], [], 0.05)[0]:
                self.shown += os.read(self._terminal, 1 << 16).decode(errors="replace")

    def end(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index over the example archive and one whose hashtags need quotes in a shell."""
    archive, location = tmp_path_factory.mktemp("odd"), tmp_path_factory.mktemp("completion") / "index"
    for number, hashtag in enumerate([ODD, "Studio一号", "studio二号"]):
        text = post_text(url=weibo_url(9900000011 + number), body=linked(hashtag))
        (archive / f"{number}.md").write_text(text, encoding="utf-8")
    update(location, [EXAMPLES, archive])
    return location


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, location: Path) -> Iterator[Shell]:
    if not shutil.which(request.param):
        pytest.skip("need a shell (make shells installs zsh and fish)")
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "here" / "an-index").mkdir(parents=True)
    shell = Shell(request.param, folder, location)
    yield shell
    shell.end()


def test_a_tab_completes_what_is_typed(shell: Shell) -> None:
    found = []
    for number, (line, _) in enumerate(TYPED, 2):
        shell.type(f"{line}\t\x01record \n")
        found.append((line, [word.rstrip("/") for word in shell.words(number)[-1]]))  # zsh takes it off itself
    assert found == TYPED
    assert "Traceback" not in shell.shown


# The line up to the cursor, its last word as the shell passes it, and the first completions.
CHOICES = [
    ("search", "account:990000000", ["account:9900000003", "account:9900000001", "account:9900000002"]),
    ("search", "hashtag:city", ["hashtag:CityRide"]),
    ("search", "'大模型 (#city", ["大模型 (#CityRide#"]),
    ("search", "'\"大模型 #city", []),
    ("search", "大", []),
    ("search", "date:yes", ["date:yesterday"]),
    ("search", "saved:yes", ["saved:yesterday"]),
    ("search --since", "yes", ["yesterday"]),
    ("search --account", "9900000007", ["9900000007"]),
    ("search --source", "", ["weibo", "arxiv"]),
    ("search", "nothing:", []),
    ("show", "weibo:9900000001/Pg", ["weibo:9900000001/PgztznL7L"]),
    ("show", "WEIBO:", []),
    ("--config none.toml show", "arxiv:2505", ["arxiv:2505.99034"]),
    ("search --index opensearch+http://[", "#city", []),
]


@pytest.mark.parametrize(("line", "word", "first"), CHOICES)
def test_the_index_completes_a_word(location: Path, line: str, word: str, first: list[str]) -> None:
    answer = completed(location, line, word)
    found = [line.partition(",")[2].partition("\t")[0] for line in answer.stdout.splitlines() if line]
    assert found[: len(first)] == first
    assert bool(found) == bool(first)
    assert answer.stderr == ""


def completed(location: Path, line: str, word: str) -> Result:
    """Return the answer to a shell that completes `word`."""
    asked = {"_SEARCHER_COMPLETE": "fish_complete", "COMP_WORDS": f"searcher {line} {word}", "COMP_CWORD": word}
    answer = CliRunner().invoke(main, prog_name="searcher", env={**asked, "SEARCHER_INDEX": str(location)})
    assert answer.exit_code == 0
    return answer


def test_a_completed_id_comes_with_its_title(location: Path) -> None:
    answer = completed(location, "show", "arxiv:2505").stdout.strip()
    assert answer.startswith("plain,arxiv:2505.99034\tGreen Room: Can a Troupe of Language Model Agents")


def test_posts_are_found_by_id_prefix(examples: Searcher) -> None:
    everything = [post.id for post in examples.posts("", 100)]
    assert len(everything) == 31
    times = [post.published for post in examples.posts("weibo:", 100)]
    assert times == sorted(times, reverse=True)
    assert [post.id for post in examples.posts("weibo:9900000007")] == ["weibo:9900000007/Puzafo51T"]
    assert examples.posts("weibo:9900000007/Puzafo51T/") == examples.posts("\ud800") == ()
    for beginning in ("", "weibo:", "weibo:9900000003/P", "url:"):
        some = [post.id for post in examples.posts(beginning, 1)]
        begun = [one for one in everything if one.startswith(beginning)]
        assert some[0] == begun[0]
        assert set(some) <= set(begun)
        assert os.path.commonprefix(some) == os.path.commonprefix(begun)  # noqa: RUF071  # of texts
    with pytest.raises(RequestError):
        examples.posts("", 0)


def test_a_cluster_that_does_not_answer_completes_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        location = f"opensearch+http://127.0.0.1:{silent.getsockname()[1]}/posts"
        asked = {"_SEARCHER_COMPLETE": "fish_complete", "COMP_WORDS": "searcher show weibo", "COMP_CWORD": "weibo"}
        answer = subprocess.run(
            [sys.executable, "-m", "searcher"],
            env={**os.environ, **asked, "SEARCHER_INDEX": location},
            capture_output=True,
            text=True,
            timeout=WAIT,
            check=False,
        )
    assert (answer.returncode, answer.stdout.strip(), answer.stderr) == (0, "", "")
