"""Posts → segments in several processes.

Each worker is a process of its own that reads posts from its standard input and answers with the segment that it wrote.
The standard library's pools are not used: their processes import the program's main module again, which is not for an
indexing function to ask of every script that calls it.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from index.change import ChangedPost
from index.codec.builder import SegmentBuilder
from index.codec.segment import ArraySegment
from index.errors import SearcherError
from index.schema import make_document
from index.storage import INDEX_NAME

# Posts of one segment at most: few enough that a worker stays below 300 MB.
CHUNK = 2_000
MAX_WORKERS = 8


class WorkerError(SearcherError):
    """Says that a process which was to write a segment has ended early: run the update again."""

    code = "worker"


def build_segments(folder: Path, posts: Iterable[ChangedPost], total: int) -> Iterator[ArraySegment]:
    """Write about `total` posts as segments into `folder`, by as many processes as there are cores, and yield those.

    At most two chunks of posts wait for each worker, so that memory stays bounded. Raises WorkerError.
    """
    count = min(os.cpu_count() or 1, MAX_WORKERS)
    size = max(1, min(CHUNK, -(-total // count)))
    remaining = iter(posts)
    with _Workers(folder, count) as workers:
        pending: deque[Future[ArraySegment]] = deque()
        while chunk := list(islice(remaining, size)):
            pending.append(workers.submit(chunk))
            if len(pending) > 2 * count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


class _Workers:
    """Holds worker processes; a thread waits for each."""

    def __init__(self, folder: Path, count: int) -> None:
        self._threads = ThreadPoolExecutor(count)
        self._processes = [_start(folder) for _ in range(count)]
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)

    def submit(self, posts: list[ChangedPost]) -> Future[ArraySegment]:
        return self._threads.submit(self._write, posts)

    def __enter__(self) -> "_Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            self._idle.put(None)  # a thread that waits for a process is not to wait for ever
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.communicate()

    def _write(self, posts: list[ChangedPost]) -> ArraySegment:
        if (process := self._idle.get()) is None:
            raise WorkerError(_ENDED)
        assert process.stdin
        assert process.stdout
        try:
            pickle.dump(posts, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            segment: ArraySegment = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._idle.put(None)
            raise WorkerError(_ENDED) from error
        self._idle.put(process)
        return segment


_ENDED = "A process of the indexer ended early, perhaps for want of memory or disk: the index is as it was. Try again."


def _start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", "from index.workers import work; work()", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,  # an interrupt from the terminal is for the process that waits
    )


def work() -> None:
    """Be a worker: write each list of posts that comes on standard input as a segment into the folder named."""
    folder = Path(sys.argv[1])
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that a library prints may pass for an answer
    for posts in _requests():
        builder = SegmentBuilder()
        for changed in posts:
            builder.add(make_document(changed.post()))
        segment = ArraySegment(INDEX_NAME, builder.size)
        builder.write(segment.file(folder))
        pickle.dump(segment, answers)
        answers.flush()


def _requests() -> Iterator[Any]:
    while True:
        try:
            yield pickle.load(sys.stdin.buffer)
        except EOFError:
            return
