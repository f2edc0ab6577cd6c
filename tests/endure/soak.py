"""Hours of a busy server in minutes: readers ask for everything at once while its archive changes again and again.

    python -m tests.endure.soak MINUTES

A server as it is started by default, over a generated archive that is changed and indexed again every few seconds, at
times from nothing. Prints how each kind of request was answered and what the server's processes held over time; an
answer that should not have been, or a connection that was dropped, is named, and makes the exit status 1.
"""

import http.client
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
# One update in so many is a rebuild.
_REBUILD = 15
# How often a reader leaves before the answer comes, as who types on does, and how often one begins a new connection.
_LEAVES, _RECONNECTS = 0.03, 0.05
_SHOWN = 12
_MOST_PROBLEMS = 20


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
    """Is one kind of request: how often it is made beside the others, for what, and how it may be answered."""

    often: int
    path: Callable[[Reader], str]
    statuses: tuple[int, ...] = (200,)


def _to(path: str, **params: object) -> str:
    return f"{path}?{urlencode(params, doseq=True)}"


KINDS = {
    "typing": Kind(24, lambda one: _to("/", q=one.begun(), in_place=1)),
    "completions": Kind(16, lambda one: _to("/completions", q=one.begun())),
    "facets": Kind(8, lambda one: _to("/", q=one.text(2), source="weibo", hashtag=[f"话题{one.number(9)}", "话题1"])),
    "dates": Kind(4, lambda one: _to("/", q=one.text(2), since=f"2023-0{one.number(9)}", sort="newest")),
    "pages": Kind(4, lambda one: _to("/", q=one.text(1), page=one.number(20))),
    "post": Kind(8, lambda one: f"/post/{one.post()}"),
    "file": Kind(2, lambda one: f"/raw/{one.post()}"),
    "API": Kind(8, lambda one: _to("/api/search", q=one.text(4), page_size=one.number(50))),
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
    "style": Kind(2, lambda _: "/static/page.css"),
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
    """Is what came of it: answers by kind and status, what was wrong, updates done, and what was held over time."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    updates: int = 0
    rebuilds: int = 0
    held: list[Held] = field(default_factory=list)


def soak(folder: Path, seconds: float, posts: int = POSTS, readers: int = READERS) -> Outcome:
    """Let `readers` connections ask for everything at once for so long, while an archive of `posts` posts changes."""
    archive, location = folder / "archive", folder / "index"
    pool = sentences(REAL_ARCHIVE)
    write_archive(archive / "generated", posts, pool)
    update(location, [archive])
    outcome, stop = Outcome(), Event()
    with running(location) as server, ThreadPoolExecutor(readers + 1) as threads:
        ids = _ids(server, posts)
        try:
            asked = [threads.submit(_read, server, Reader(seed, pool, ids), stop) for seed in range(readers)]
            held = threads.submit(_watch, server, seconds / 100, stop)
            _keep_changing(archive, location, seconds, outcome)
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


def _keep_changing(archive: Path, location: Path, seconds: float, outcome: Outcome) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        run = outcome.updates
        rewrite(archive / "generated", run, _CHANGED)
        write_posts(archive / "changing", range(run, run + 20), f"第{run}版")
        (archive / "changing" / f"{run - 1}.md").unlink(missing_ok=True)
        is_rebuilt = run % _REBUILD == _REBUILD - 1
        command = [sys.executable, "-m", "searcher", "index", "--index", str(location)]
        subprocess.run([*command, *["--rebuild"] * is_rebuilt], check=True, stdout=subprocess.DEVNULL)
        outcome.updates += 1
        outcome.rebuilds += is_rebuilt
        time.sleep(max(0, min(_PAUSE, ends - time.monotonic())))


def _read(server: Running, reader: Reader, stop: Event) -> tuple[Counter[tuple[str, str]], list[str]]:
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
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            answers[kind, "dropped"] += 1
            problems.append(f"{path}: {error!r}")
            continue
        answers[kind, str(answer.status)] += 1
        if answer.status not in KINDS[kind].statuses:
            problems.append(f"{path}: {answer.status}")
        if kind == "start":
            known = answer.getheader("ETag", "")
        if reader.one_in(_RECONNECTS):
            connection.close()
    connection.close()
    return answers, problems


def _watch(server: Running, pause: float, stop: Event) -> list[Held]:
    held = [_held(server)]
    while not stop.wait(pause):
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


def tell(outcome: Outcome) -> None:
    """Print answers by kind and status, and what was held over time."""
    statuses = sorted({status for _, status in outcome.answers})
    print(f"{outcome.updates} updates, {outcome.rebuilds} of them rebuilds\n")
    print(" ".join((f"{'answers':<14}", *(f"{status:>8}" for status in statuses))))
    rows = {kind: [outcome.answers[kind, status] for status in statuses] for kind in KINDS}
    for kind, counts in {**rows, "in all": [sum(column) for column in zip(*rows.values(), strict=True)]}.items():
        print(" ".join((f"{kind:<14}", *(f"{count:>8,}" for count in counts))))
    print(f"\n{'held by all processes':<24} {'MB':>8} {'own MB':>8} {'open':>8} {'mapped':>8}")
    every = max(1, len(outcome.held) // _SHOWN)
    for number, one in enumerate(outcome.held[::every]):
        _tell(f"after {number * every / len(outcome.held):4.0%} of the time", [one])
    third = max(1, len(outcome.held) // 3)
    _tell("first third, mean", outcome.held[:third])
    _tell("last third, mean", outcome.held[-third:])


def _tell(name: str, held: list[Held]) -> None:
    means = (sum(column) / len(held) for column in zip(*map(astuple, held), strict=True))
    print(f"{name:<24}", *(f"{mean:8,.0f}" for mean in means))


def main(minutes: float) -> None:
    print(f"{minutes:g} minutes, {READERS} connections, {POSTS:,} posts; {machine.describe()}", flush=True)
    with TemporaryDirectory() as folder:
        outcome = soak(Path(folder), minutes * 60)
    tell(outcome)
    if outcome.problems:
        sys.exit("\n".join((f"\n{len(outcome.problems):,} problems", *outcome.problems[:_MOST_PROBLEMS])))


if __name__ == "__main__":
    main(float(sys.argv[1]))
