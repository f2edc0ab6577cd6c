"""The API under load, beside Typesense: the same posts, questions and facets, asked by 16 connections at once.

`make bench-http SIZE=100000` writes the table to RESULTS.md. The load comes from wrk, a process of its own. A question
is new where nobody asked it before: the server is given another cookie each time, so that it keeps no answer.
"""

import json
import random
import re
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from index import update
from index.archive.formats import read_save
from index.archive.identity import identify
from index.archive.post import ARCHIVE_ZONE
from index.archive.walk import Unreadable, walk
from tests.bench import machine, typesense
from tests.bench.corpus import sentences, write_archive
from tests.bench.measure import apart, choose
from tests.bench.results import write_results
from tests.bench.typed import Typed, choose_typed
from tests.conftest import REAL_ARCHIVE
from tests.server import running

CONNECTIONS, SECONDS, ROUNDS = 16, 15, 3
_FACETS = "source,account,hashtag,month"
# As many buckets, hits and fragments as an answer here has.
_SAME_WORK = {"query_by": "title,body,summary", "facet_by": _FACETS, "max_facet_values": 50, "per_page": 10}


@dataclass(frozen=True, slots=True)
class Load:
    """Is what wrk measured: requests a second, milliseconds, and answers that were errors."""

    rate: float
    median: float
    most: float
    errors: int


def main(size: int) -> None:
    with TemporaryDirectory() as folder:
        archive, location = Path(folder, "archive"), Path(folder, "index")
        write_archive(archive, size, sentences(REAL_ARCHIVE))
        update(location, [archive])
        with typesense.running(Path(folder, "typesense")):
            give_typesense(archive)
            section = measure(archive, location)
    print(section)
    write_results(f"{size:,} posts over HTTP", section)


def measure(archive: Path, location: Path) -> str:
    """Return the table, given this project's index and a running Typesense that hold the posts below `archive`."""
    kinds = choose_typed(archive, apart(choose, archive))
    typed = [(kind, one) for kind, some in kinds.items() for one in some]
    random.Random(1).shuffle(typed)
    ours = [f"/api/search?{urlencode({'q': one.text})}" for _, one in typed]
    theirs = [f"/collections/posts/documents/search?{urlencode(_as_typesense(kind, one))}" for kind, one in typed]
    with running(location) as server:
        address = server.address
        found = (
            statistics.mean(_total(address + path) for path in ours),
            statistics.mean(typesense.ask("GET", path)["found"] for path in theirs),
        )
        loads: dict[str, list[Load]] = {"new": [], "again": [], "typesense": []}
        for _ in range(ROUNDS):
            loads["typesense"].append(load(typesense.ADDRESS, theirs, is_new=False))
            loads["new"].append(load(address, ours, is_new=True))
            loads["again"].append(load(address, ours, is_new=False))
    return "\n".join((machine.describe(), "", *_table(loads, len(typed), *found), ""))


def load(address: str, paths: list[str], is_new: bool) -> Load:
    """Ask for `paths` in turn over all connections, and return what that took."""
    with TemporaryDirectory() as folder:
        script = Path(folder, "load.lua")
        script.write_text(_LUA % (", ".join(map(json.dumps, paths)), "true" if is_new else "false", typesense.KEY))
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{SECONDS}",
            "--timeout=30",
            "--latency",
            "-s",
            str(script),
            address,
        ]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert rate, output
    median, most = (_milliseconds(re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", output)) for share in (50, 99))
    errors = sum(map(int, re.findall(r"(?:Non-2xx or 3xx responses:|connect|read|write|timeout) (\d+)", output)))
    return Load(float(rate[1]), median, most, errors)


def _milliseconds(match: re.Match[str] | None) -> float:
    assert match
    return float(match[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[match[2]]


def _table(loads: dict[str, list[Load]], questions: int, found: float, found_there: float) -> Iterator[str]:
    names = {
        "typesense": f"Typesense {typesense.version()}",
        "new": "this project, each question new",
        "again": "this project, questions asked again",
    }
    asked = f"{questions} questions, {CONNECTIONS} connections"
    yield f"| {asked} | requests/s | ÷ Typesense's | p50 ms | p99 ms | errors |"
    yield "|---|" + "---:|" * 5
    middle = {name: sorted(some, key=lambda one: one.rate)[len(some) // 2] for name, some in loads.items()}
    for name, one in middle.items():
        rates = f"{one.rate:,.0f} | {one.rate / middle['typesense'].rate:.1f}×"
        errors = sum(each.errors for each in loads[name])
        yield f"| {names[name]} | {rates} | {one.median:.1f} | {one.most:.1f} | {errors} |"
    yield ""
    yield f"The middle one of {ROUNDS} rounds of {SECONDS} s. A question finds {found:,.0f} posts here, "
    yield f"{found_there:,.0f} in Typesense."


def _as_typesense(kind: str, typed: Typed) -> dict[str, Any]:
    if kind == "hashtag":
        return {**_SAME_WORK, "q": "*", "filter_by": f"hashtag:=`{typed.text.strip('#')}`"}
    if kind == "filters":
        word = typed.text.split()[0]
        return {**_SAME_WORK, "q": word, "filter_by": "source:=weibo && published:>=1704038400"}
    return {**_SAME_WORK, "q": typed.text}


def _total(address: str) -> int:
    with urllib.request.urlopen(address) as answer:
        return int(json.load(answer)["total"])


def give_typesense(archive: Path) -> None:
    """Give Typesense the posts below `archive`, which holds one file of each."""
    text, facet = {"type": "string", "locale": "zh"}, {"type": "string", "facet": True}
    fields = [
        *({"name": name, **text} for name in ("title", "body", "summary")),
        *({"name": name, **facet} for name in ("source", "account", "month")),
        {"name": "hashtag", "type": "string[]", "facet": True},
        {"name": "published", "type": "int64"},
    ]
    typesense.create(fields, default_sorting_field="published")
    typesense.give(_documents(archive))


def _documents(archive: Path) -> Iterator[dict[str, Any]]:
    for entry in walk(archive):
        assert not isinstance(entry, Unreadable)
        yield _document(Path(entry.path))


def _document(path: Path) -> dict[str, Any]:
    save = read_save(path.read_bytes(), "", path.name)
    identity = identify(save.url)
    assert identity.published
    return {
        "id": identity.id.replace("/", "_"),
        "url": save.url,
        "title": save.title,
        "body": save.content.text,
        "summary": save.summary,
        "source": identity.source,
        "account": identity.account,
        "hashtag": list(save.content.hashtags),
        "month": identity.published.astimezone(ARCHIVE_ZONE).strftime("%Y-%m"),
        "published": int(identity.published.timestamp()),
    }


_LUA = """local paths, asked, is_new = {%s}, 0, %s
wrk.headers["X-TYPESENSE-API-KEY"] = "%s"
request = function()
  asked = asked + 1
  if is_new then wrk.headers["Cookie"] = "asked=" .. asked end
  return wrk.format("GET", paths[(asked - 1) %% #paths + 1])
end
"""

if __name__ == "__main__":
    main(int(sys.argv[1]))
