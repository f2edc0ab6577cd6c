"""Fuzz the readers of what strangers write, guided by which code an input reaches: `make fuzz SECONDS=600`.

    python -m tests.fuzz TARGET SECONDS    fuzzes one; what it has found so far lies in .fuzz/TARGET
    python -m tests.fuzz keep              puts the few of these that reach all the same code into tests/fuzz/corpus

An input that fails is written to .fuzz/TARGET-*, and is to become a test: its file goes into the corpus.
"""

import sys
import time
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.modules import PACKAGES, ROOT, every_module

FOUND = ROOT / ".fuzz"
CORPUS = Path(__file__).with_name("corpus")
# Seconds for one input, megabytes for the process, and bytes of an input.
SLOW, LARGE, LONG = 20, 3000, 4096
MOST_KEPT = 40
LENGTH_OF_NAME = 12
OURS = tuple(f"{ROOT / package}/" for package in PACKAGES)


def fuzz(name: str, seconds: int) -> None:
    """Ask the target `name` for so many seconds, and end the process."""
    import atheris

    with atheris.instrument_imports(include=list(PACKAGES)):
        from tests.fuzz.targets import TARGETS

        list(every_module())
    # Whoever finds an index damaged tries again after a moment, lest it was a commit: here nobody commits.
    time.sleep = lambda _: None
    target = TARGETS[name]
    target(b"")  # makes the index before the clock of the first input runs

    def ask(content: bytes) -> None:
        try:
            target(content)
        except BaseException:
            (FOUND / f"{name}-{sha1(content).hexdigest()}").write_bytes(content)
            raise

    (FOUND / name).mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOW}",
        f"-rss_limit_mb={LARGE}",
        f"-max_len={LONG}",
        f"-artifact_prefix={FOUND / name}-",  # of what takes too long or too much
        "-print_final_stats=1",
        f"-dict={CORPUS / 'words.dict'}",
    ]
    atheris.Setup([sys.argv[0], *options, str(FOUND / name), str(CORPUS / name)], ask)
    atheris.Fuzz()


def keep() -> None:
    """Put into the corpus few inputs, of it and of what was found, that reach the same lines."""
    from tests.fuzz.targets import TARGETS

    for name, target in TARGETS.items():
        target(b"")
        lines = {path: _lines(target, path.read_bytes()) for path in _inputs(name)}
        kept: list[Path] = []
        missing = set().union(*lines.values())
        while missing and len(kept) < MOST_KEPT:
            best = max(lines, key=lambda path: (len(lines[path] & missing), -path.stat().st_size))
            kept.append(best)
            missing -= lines[best]
        contents = [path.read_bytes() for path in kept]
        folder = CORPUS / name
        for path in folder.iterdir():
            # A file that has a name of its own is there for what it did once.
            if len(path.name) == LENGTH_OF_NAME:
                path.unlink()
        for content in contents:
            (folder / sha1(content).hexdigest()[:LENGTH_OF_NAME]).write_bytes(content)
        print(f"{name}: {len(contents)} of {len(lines)} inputs; lines that none of them reaches: {len(missing)}")


def _inputs(name: str) -> list[Path]:
    return [path for folder in (CORPUS / name, FOUND / name) if folder.exists() for path in sorted(folder.iterdir())]


def _lines(target: Callable[[bytes], None], content: bytes) -> set[tuple[str, int]]:
    """Return the lines of the project that `target` reaches with `content`."""
    reached: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        target(content)
    finally:
        sys.settrace(None)
    return reached


if __name__ == "__main__":
    keep() if sys.argv[1:] == ["keep"] else fuzz(sys.argv[1], int(sys.argv[2]))
