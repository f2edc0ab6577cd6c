"""Work on several processes.

Each worker is a process of its own that reads calls from its standard input and answers with what they return. The
standard library's pools are not used: their processes import the program's main module again, which is not for an
indexing function to ask of every script that calls it.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from index.errors import SearcherError

# What the built-in `map` is: calls a function on each of many arguments and yields the results in order.
Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
# Gives the way to map over so many files or posts.
MapFor = Callable[[int], Map]
MAX_WORKERS = 8
# Starting processes takes as long as reading and writing so many posts in this one.
PARALLEL_FROM = 500


class WorkerError(SearcherError):
    """Says that a process which did a part of the work has ended early: run the update again."""

    code = "worker"


class ProcessPool:
    """Holds as many processes as there are cores, started when they are first needed; a thread waits for each."""

    def __init__(self) -> None:
        self._count = min(os.cpu_count() or 1, MAX_WORKERS)
        self._threads = ThreadPoolExecutor(self._count)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()

    def map_for(self, count: int) -> Map:
        """Return how to map over `count` files or posts: by the processes if they are many."""
        return self.map if count >= PARALLEL_FROM else map

    def map(self, function: Callable[[Any], Any], arguments: Iterable[Any]) -> Iterator[Any]:
        """Yield what `function`, of a module, returns for each of `arguments`, in order.

        Raises the SearcherError or OSError that it does, and WorkerError if a process has ended. At most two
        arguments wait for each process, so that memory stays bounded.
        """
        self._start()
        pending: deque[Future[Any]] = deque()
        for argument in arguments:
            pending.append(self._threads.submit(self._call, function, argument))
            if len(pending) > 2 * self._count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def __enter__(self) -> "ProcessPool":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            self._idle.put(None)  # a thread that waits for a process is not to wait for ever
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.communicate()

    def _start(self) -> None:
        if not self._processes:
            self._processes = [_worker() for _ in range(self._count)]
            for process in self._processes:
                self._idle.put(process)

    def _call(self, function: Callable[[Any], Any], argument: Any) -> Any:
        if (process := self._idle.get()) is None:
            raise WorkerError(_ENDED)
        assert process.stdin
        assert process.stdout
        try:
            pickle.dump((function, argument), process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            has_failed, result = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._idle.put(None)
            raise WorkerError(_ENDED) from error
        self._idle.put(process)
        if has_failed:
            raise result
        return result


_ENDED = "A process of the indexer ended early, perhaps for want of memory or disk: the index is as it was. Try again."


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", "from index.updates.process_pool import work; work()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,  # an interrupt from the terminal is for the process that waits
    )


def work() -> None:
    """Be a worker: answer each call on standard input with whether it failed, and what it returned or raised."""
    gc.disable()  # what a call leaves is freed without; looking for cycles takes a tenth of the time
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that a library prints may pass for an answer
    for function, argument in _calls():
        try:
            answer = False, function(argument)
        except (SearcherError, OSError) as error:  # such as a full disk: whoever waits is to say so
            answer = True, error
        try:
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:  # whoever waited was killed
            os._exit(1)


def _calls() -> Iterator[Any]:
    while True:
        try:
            yield pickle.load(sys.stdin.buffer)
        except EOFError:
            return
