"""What one engine takes to build, to open and to answer, each measured in a fresh process."""

import os
import re
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from tests.bench.documents import BenchDocument, stored_documents
from tests.bench.engines import load
from tests.bench.engines.base import Answer
from tests.bench.questions import Question, choose_questions

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

RUNS = 3


@dataclass(frozen=True, slots=True)
class Built:
    """Says what building took of documents that were there: `seconds`, and `peak` in MB."""

    name: str
    version: str
    posts: int
    seconds: float
    size: int
    peak: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Holds by class the milliseconds of every run and the answer to every question, None where it is not supported.

    `opening` is the milliseconds of opening the index and answering once, in a process that has done neither.
    """

    opening: float
    peak: str
    times: dict[str, list[float]]
    answers: dict[str, list[Answer | None]]


def apart(function: Callable[Arguments, Returned], *args: Arguments.args, **named: Arguments.kwargs) -> Returned:
    """Return what `function` returns in a fresh process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(function, *args, **named).result()


def choose(documents: Path) -> dict[str, list[Question]]:
    """Return the questions to ask of the posts that are stored in `documents`."""
    return choose_questions(stored_documents(documents))


def build(module: str, documents: Path, folder: Path) -> Built | None:
    """Build an index in `folder` of the posts stored in `documents`; return None where the engine is not installed."""
    try:
        engine = load(module)
    except ImportError:
        return None
    folder.mkdir()
    fed = _Timed(stored_documents(documents))
    began = time.perf_counter()
    engine.build(folder, fed)
    seconds = time.perf_counter() - began - fed.seconds
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Built(engine.name, engine.version, fed.count, seconds, size, _peak())


def answer(module: str, folder: Path, questions: dict[str, list[Question]]) -> Answered:
    """Ask the index in `folder` every question, once to warm up and then RUNS times."""
    engine = load(module)
    began = time.perf_counter()
    engine.open(folder)
    engine.answer(questions["common + three facets"][0])
    opening = (time.perf_counter() - began) * 1000
    times: dict[str, list[float]] = {}
    answers: dict[str, list[Answer | None]] = {}
    for name, asked in questions.items():
        supported = [question for question in asked if engine.supports(question)]
        answers[name] = [engine.answer(question) if engine.supports(question) else None for question in asked]
        times[name] = [_milliseconds(engine.answer, question) for _ in range(RUNS) for question in supported]
    return Answered(opening, _peak(), times, answers)


def percentiles(times: list[float]) -> tuple[float, float]:
    """Return the median of `times` and what 95 % of them stay below."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100]


def _milliseconds(function: Callable[[Question], Answer], question: Question) -> float:
    began = time.perf_counter()
    function(question)
    return (time.perf_counter() - began) * 1000


class _Timed:
    """Passes documents on, counting them and the time that they take to come."""

    def __init__(self, documents: Iterator[BenchDocument]) -> None:
        self._documents = documents
        self.count = 0
        self.seconds = 0.0

    def __iter__(self) -> "_Timed":
        return self

    def __next__(self) -> BenchDocument:
        began = time.perf_counter()
        try:
            document = next(self._documents)
        finally:
            self.seconds += time.perf_counter() - began
        self.count += 1
        return document


def _peak() -> str:
    """Return the most memory that this process held, and that any of its own did, in MB."""
    # Not ru_maxrss, which begins with what the parent of the process held.
    held = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert held
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return f"{int(held[1]) / 1024:,.0f}" + (f" + {os.cpu_count()} × {workers / 1024:,.0f}" if workers else "")
