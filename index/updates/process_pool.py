"""A pool of processes that read and write posts.

Each worker is a process that reads calls from its standard input and answers with their results. The pools of the
standard library don't serve: their processes import the main module again, which a script that calls `update` need not
be written for.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import Any, TypeVar

from index.errors import SearcherError

# A function like the built-in `map`: it yields the results in order.
Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
# Returns the map for a number of files or posts.
MapFor = Callable[[int], Map]
MAX_WORKERS = 8
T = TypeVar("T")
# Starting the processes takes as long as reading and writing this many posts in one.
PARALLEL_FROM = 500


class WorkerError(SearcherError):
    """A worker that ended early: run the update again."""

    code = "worker"


class ProcessPool:
    """A process for each core, started when they are first needed, and a thread that waits for each."""

    def __init__(self) -> None:
        self._count = min(os.cpu_count() or 1, MAX_WORKERS)
        self._threads = ThreadPoolExecutor(self._count)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()

    def map_for(self, count: int) -> Map:
        """Return a map over `count` files or posts: by the processes if they are many."""
        return self.map if count >= PARALLEL_FROM else map

    def map(self, function: Callable[[Any], Any], arguments: Iterable[Any]) -> Iterator[Any]:
        """Yield the results of `function`, which must belong to a module, for `arguments`, in order.

        At most two arguments wait for each process, so that memory stays bounded. Raises the SearcherError or OSError
        of the function, and WorkerError if a process has ended.
        """
        if not self._processes:
            self._processes = [_worker() for _ in range(self._count)]
            for process in self._processes:
                self._idle.put(process)
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
            self._idle.put(None)  # wakes a thread that waits for a process
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.communicate()

    def _call(self, function: Callable[[Any], Any], argument: Any) -> Any:
        if (process := self._idle.get()) is None:
            self._idle.put(None)  # a call before this one may not have asked for a process yet
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


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield `items` in lists of `size`, of which the last may be shorter."""
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


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
    """Answer each call on standard input with (has failed, result or error), as a worker does."""
    gc.disable()  # there are no cycles to free, and looking for them takes a tenth of the time
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # keeps what a library prints out of the answers
    while True:
        try:
            function, argument = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = False, function(argument)
        except (SearcherError, OSError) as error:  # such as a full disk, which the caller reports
            answer = True, error
        try:
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:  # the caller was killed
            os._exit(1)
