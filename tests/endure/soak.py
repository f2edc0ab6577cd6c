"""Hours of a busy server in minutes: readers ask for everything at once while its archive changes again and again.

    python -m tests.endure.soak MINUTES

A server as it is started by default, over a generated archive that is changed and indexed again every few seconds, at
times from nothing; now and then one of its workers is killed. Prints how each kind of request was answered and what the
server's processes held over time; an answer that should not have been, one that mixes commits, or a connection that was
dropped, but for those of a worker that was just killed, is named, and makes the exit status 1.
"""

import gzip
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from urllib.parse import quote, urlencode

from index import update
from tests.bench import machine
from tests.bench.corpus import sentences, write_archive
from tests.conftest import REAL_ARCHIVE
from tests.endure.states import rewrite, write_posts
from tests.server import Running, running

POSTS, READERS = 10_000, 24
_CHANGED = 60
_PAUSE = 3.0
# One update in so many is a rebuild, and so many there are, however slow the machine.
_REBUILD, _LEAST_UPDATES = 15, 3
# Before one update in so many, first at half of them, the youngest worker is killed: the oldest shows what grows.
# So many seconds later nothing is cut off any more.
_KILLED, _RECOVERY = 20, 5.0
# How often a reader leaves before the answer comes, as who types on does, and how often one begins a new connection.
_LEAVES, _RECONNECTS = 0.03, 0.05
_SHOWN, _BAR = 20, 24
_SAMPLES, _LEAST_SAMPLE = 100, 0.25
# Posts that are all written anew for each update: an answer has those of one, or none.
_TOGETHER, _MARK = 20, "整批更迭"
_MOST_PROBLEMS = 20
RESULTS, _WORTH_KEEPING = Path(__file__).with_name("RESULTS.md"), 10
_HEAD = """# A busy server whose archive changes

Written by `make soak MINUTES=10`: mixed load on a server as it is started by default, over a generated archive that is
indexed again every few seconds. What is held is the mean over each stretch, of the first process and its workers
together: memory with their shares of what they share (PSS), of it what is theirs alone, files open, files of the index
mapped; the bars are of the memory of their own and of the files open. "left" are readers who went away before the
answer came, "cut off" those whose worker was killed.
"""


class Reader:
    """Thinks of what to ask for next."""

    def __init__(self, seed: int, pool: list[str], posts: list[str]) -> None:
        self._chance = random.Random(seed)
        self._texts = [text for one in pool if len(text := re.sub("[^\u4e00-\u9fff]", "", one)) > 6]
        self._posts = posts

    def one_in(self, share: float) -> bool:
        return self._chance.random() < share

    def kind(self) -> str:
        return self._chance.choices(list(KINDS), [kind.often for kind in KINDS.values()])[0]

    def text(self, length: int) -> str:
        text = self._chance.choice(self._texts)
        at = self._chance.randrange(len(text) - min(length, len(text)) + 1)
        return text[at : at + length]

    def begun(self) -> str:
        """Return what stands in the box while a reader types."""
        return self.text(self._chance.randint(1, 6))

    def number(self, most: int) -> int:
        return self._chance.randint(1, most)

    def post(self) -> str:
        return quote(self._chance.choice(self._posts))


@dataclass(frozen=True, slots=True)
class Kind:
    """Is one kind of request: how often it is made beside the others, for what, and which answers are right."""

    often: int
    path: Callable[[Reader], str]
    statuses: tuple[int, ...] = (200,)
    is_right: Callable[[bytes], bool] = lambda _: True


def _to(path: str, **params: object) -> str:
    return f"{path}?{urlencode(params, doseq=True)}"


def _is_of_one_commit(answer: bytes) -> bool:
    found = json.loads(answer)
    snippets = ("".join(part["text"] for part in hit["snippet"]) for hit in found["hits"])
    versions = {version for text in snippets for version in re.findall(rf"{_MARK}(\d+)次", text)}
    return (found["total"], len(versions)) in ((_TOGETHER, 1), (0, 0))


def _has_its_hits(answer: bytes) -> bool:
    found = json.loads(answer)
    return len({hit["id"] for hit in found["hits"]}) == min(found["total"], found["page_size"])


KINDS = {
    "typing": Kind(24, lambda one: _to("/", q=one.begun(), in_place=1)),
    "completions": Kind(16, lambda one: _to("/completions", q=one.begun())),
    "facets": Kind(8, lambda one: _to("/", q=one.text(2), source="weibo", hashtag=[f"话题{one.number(9)}", "话题1"])),
    "dates": Kind(4, lambda one: _to("/", q=one.text(2), since=f"2023-0{one.number(9)}", sort="newest")),
    "pages": Kind(4, lambda one: _to("/", q=one.text(1), page=one.number(20))),
    "post": Kind(8, lambda one: f"/post/{one.post()}"),
    "file": Kind(2, lambda one: f"/raw/{one.post()}"),
    "API": Kind(8, lambda one: _to("/api/search", q=one.text(4), page_size=one.number(50)), is_right=_has_its_hits),
    "one commit": Kind(4, lambda _: _to("/api/search", q=f'"{_MARK}"', page_size=50), is_right=_is_of_one_commit),
    "suggestions": Kind(4, lambda one: _to("/api/suggest", q=one.begun())),
    "related": Kind(2, lambda one: f"/api/related/{one.post()}"),
    "explanation": Kind(2, lambda one: _to("/api/explain", q=one.text(4))),
    "export": Kind(2, lambda one: _to(f"/export.{('csv', 'json', 'md')[one.number(3) - 1]}", q=f'"{one.text(2)}"')),
    "feed": Kind(2, lambda one: _to("/feed.atom", q=one.text(2))),
    "statistics": Kind(2, lambda _: "/statistics"),
    "figures": Kind(
        2, lambda one: ("/api/stats", "/metrics", "/healthz", "/imports", "/imports.atom")[one.number(5) - 1]
    ),
    "help": Kind(1, lambda _: "/help"),
    "description": Kind(2, lambda _: "/openapi.json"),
    "start": Kind(2, lambda _: "/", (200, 304)),
    "no such page": Kind(2, lambda one: f"/{one.text(3).encode().hex()}", (404,)),
    "no such post": Kind(2, lambda one: f"/post/url:{one.number(10**9):016x}", (404,)),
    "bad query": Kind(2, lambda one: _to(("/", "/api/search")[one.number(2) - 1], q=f"({one.text(2)}"), (400,)),
    "bad page": Kind(1, lambda _: _to("/", page=0), (400,)),
}


@dataclass(frozen=True, slots=True)
class Held:
    """Is what a server's processes hold together: MB, of which so many are their own, and files open and mapped."""

    memory: float
    own: float
    open: int
    mapped: int


@dataclass(slots=True)
class Outcome:
    """Is what came of it: answers by kind and status, what was wrong, updates, kills, and what was held over time."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    updates: int = 0
    rebuilds: int = 0
    killed: list[float] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


def soak(folder: Path, seconds: float, posts: int = POSTS, readers: int = READERS, pause: float = _PAUSE) -> Outcome:
    """Let `readers` connections ask for everything at once for so long, while an archive of `posts` posts changes.

    It is indexed again after each `pause`.
    """
    archive, location = folder / "archive", folder / "index"
    pool = sentences(REAL_ARCHIVE)
    write_archive(archive / "generated", posts, pool)
    update(location, [archive])
    outcome, stop = Outcome(), Event()
    with running(location) as server, ThreadPoolExecutor(readers + 1) as threads:
        ids = _ids(server, posts)
        try:
            asked = [threads.submit(_read, server, Reader(seed, pool, ids), outcome, stop) for seed in range(readers)]
            held = threads.submit(_watch, server, max(_LEAST_SAMPLE, seconds / _SAMPLES), stop)
            _keep_changing(server, archive, location, seconds, pause, outcome)
        finally:
            stop.set()
        for answers, problems in (one.result() for one in asked):
            outcome.answers += answers
            outcome.problems += problems
        outcome.held = held.result()
        there, told = len(list(archive.rglob("*.md"))), json.loads(server.get("/api/stats")[1])["posts"]
        if there != told:
            outcome.problems.append(f"{told} posts are told of, and {there} are there")
    return outcome


def _ids(server: Running, posts: int) -> list[str]:
    pages = range(1, min(10, -(-posts // 100)) + 1)
    found = [json.loads(server.get(_to("/api/search", page=page, page_size=100))[1]) for page in pages]
    return [hit["id"] for one in found for hit in one["hits"]]


def _keep_changing(
    server: Running, archive: Path, location: Path, seconds: float, pause: float, outcome: Outcome
) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends or outcome.updates < _LEAST_UPDATES:
        run = outcome.updates
        if run % _KILLED == _KILLED // 2:
            outcome.killed.append(time.monotonic())
            os.kill(max(server.children()), signal.SIGKILL)
        rewrite(archive / "generated", run, _CHANGED)
        write_posts(archive / "changing", range(run, run + _TOGETHER), f"{_MARK}{run}次")
        (archive / "changing" / f"{run - 1}.md").unlink(missing_ok=True)
        is_rebuilt = run % _REBUILD == _REBUILD - 1
        command = [sys.executable, "-m", "searcher", "index", "--index", str(location)]
        subprocess.run([*command, *["--rebuild"] * is_rebuilt], check=True, stdout=subprocess.DEVNULL)
        outcome.updates += 1
        outcome.rebuilds += is_rebuilt
        time.sleep(max(0, min(pause, ends - time.monotonic())))


def _read(server: Running, reader: Reader, outcome: Outcome, stop: Event) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Ask again and again over one connection, a new one now and then, and return how that was answered."""
    answers: Counter[tuple[str, str]] = Counter()
    problems: list[str] = []
    connection, known = server.connect(), ""
    while not stop.is_set():
        kind = reader.kind()
        path = KINDS[kind].path(reader)
        headers = {"Accept-Encoding": "gzip", **({"If-None-Match": known} if known and kind == "start" else {})}
        try:
            connection.request("GET", path, headers=headers)
            if reader.one_in(_LEAVES):
                connection.close()
                answers[kind, "left"] += 1
                continue
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if outcome.killed and time.monotonic() < outcome.killed[-1] + _RECOVERY:
                answers[kind, "cut off"] += 1
            else:
                answers[kind, "dropped"] += 1
                problems.append(f"{path}: {error!r}")
            continue
        answers[kind, str(answer.status)] += 1
        if answer.status not in KINDS[kind].statuses:
            problems.append(f"{path}: {answer.status}")
        elif answer.status == 200 and not KINDS[kind].is_right(_unpacked(answer, content)):
            problems.append(f"{path}: a wrong answer, {_unpacked(answer, content)[:200]!r}")
        if kind == "start":
            known = answer.getheader("ETag", "")
        if reader.one_in(_RECONNECTS):
            connection.close()
    connection.close()
    return answers, problems


def _unpacked(answer: http.client.HTTPResponse, content: bytes) -> bytes:
    return gzip.decompress(content) if answer.getheader("Content-Encoding") == "gzip" else content


def _watch(server: Running, pause: float, stop: Event) -> list[Held]:
    held = [_held(server)]
    while not stop.wait(pause):
        with suppress(FileNotFoundError, ProcessLookupError):  # a worker was killed meanwhile
            held.append(_held(server))
    return held


def _held(server: Running) -> Held:
    processes = [Path(f"/proc/{number}") for number in (server.process.pid, *server.children())]
    shares = [(one / "smaps_rollup").read_text() for one in processes]
    return Held(
        memory=sum(int(size) for text in shares for size in re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)) / 1024,
        own=sum(int(size) for text in shares for size in re.findall(r"^Pss_Anon:\s+(\d+)", text, re.MULTILINE)) / 1024,
        open=sum(len(list((one / "fd").iterdir())) for one in processes),
        mapped=sum(len(re.findall(r"/data-\d+/", (one / "maps").read_text())) for one in processes),
    )


def told(outcome: Outcome, minutes: float) -> str:
    """Return answers by kind and status, and what was held over those minutes, as a text."""
    statuses = sorted({status for _, status in outcome.answers})
    rows = {kind: [outcome.answers[kind, status] for status in statuses] for kind in KINDS}
    rows["in all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    every, third = max(1, len(outcome.held) // _SHOWN), max(1, len(outcome.held) // 3)
    stretches = {
        f"up to minute {minutes * end / every / _SHOWN:g}": outcome.held[end - every : end]
        for end in range(every, len(outcome.held) + 1, every)
    }
    stretches |= {"first third": outcome.held[:third], "last third": outcome.held[-third:]}
    return "\n".join(
        (
            f"{outcome.updates} updates, {outcome.rebuilds} of them rebuilds; {len(outcome.killed)} workers killed; "
            f"{len(outcome.problems)} problems",
            "",
            " ".join((f"{'answers':<24}", *(f"{status:>8}" for status in statuses))),
            *(" ".join((f"{kind:<24}", *(f"{count:>8,}" for count in counts))) for kind, counts in rows.items()),
            "",
            f"{'held by all processes':<24} {'MB':>8} {'own MB':>8} {'open':>8} {'mapped':>8}",
            *_drawn({name: _means(held) for name, held in stretches.items()}),
        )
    )


def _means(held: list[Held]) -> list[float]:
    return [sum(column) / len(held) for column in zip(*map(astuple, held), strict=True)]


def _drawn(rows: dict[str, list[float]]) -> Iterator[str]:
    """Yield each row with bars of its own memory and of its open files, beside the most of all rows."""
    _, most_own, most_open, _ = (max(column) for column in zip(*rows.values(), strict=True))
    for name, means in rows.items():
        _, own, opened, _ = means
        bars = ("▇" * round(_BAR * part) for part in (own / most_own, opened / most_open))
        figures = (f"{mean:8,.0f}" for mean in means)
        yield " ".join((f"{name:<24}", *figures, "", *(f"{bar:<{_BAR}}" for bar in bars))).rstrip()


def main(minutes: float) -> None:
    head = f"{minutes:g} minutes, {READERS} connections, {POSTS:,} posts; {machine.describe()}"
    print(head, flush=True)
    with TemporaryDirectory() as folder:
        outcome = soak(Path(folder), minutes * 60)
    text = told(outcome, minutes)
    print(text)
    if minutes >= _WORTH_KEEPING:
        RESULTS.write_text(f"{_HEAD}\n    " + f"{head}\n\n{text}\n".replace("\n", "\n    ").rstrip() + "\n", "utf-8")
    if outcome.problems:
        sys.exit("\n".join((f"\n{len(outcome.problems):,} problems", *outcome.problems[:_MOST_PROBLEMS])))


if __name__ == "__main__":
    main(float(sys.argv[1]))
