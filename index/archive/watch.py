"""Following archives: a call whenever files have changed."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from watchfiles import Change, watch

# Changes are reported once nothing has changed for QUIET_MS, or at most MAX_DELAY_MS after the first: a git pull that
# rewrites hundreds of files is one change.
QUIET_MS, MAX_DELAY_MS = 500, 10_000
# The interval at which the folders and `stop` are looked at.
TICK_MS = 1_000
# Not every file system reports every change: `on_change` is called at least every so many seconds.
MAX_SILENCE = 600.0


class Stop(Protocol):
    """A sign to stop, such as threading.Event."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


def follow(archives: Iterable[str], location: Path | None, on_change: Callable[[], None], stop: Stop) -> None:
    """Call `on_change` whenever files of `archives` have changed, and once at the beginning, until `stop` is set.

    Changes during a call lead to another call. Hidden files and those in `location`, the folder of the index, don't
    count. An archive that disappears is waited for.
    """
    roots = list(archives)

    def counts(_: Change, path: str) -> bool:
        within = next((path[len(root) :] for root in roots if path.startswith(root)), path)
        is_hidden = any(part.startswith(".") for part in Path(within).parts)
        return not is_hidden and not (location and Path(path).is_relative_to(location))

    while not stop.is_set():
        identities = [_identity(root) for root in roots]
        present = [root for root, identity in zip(roots, identities, strict=True) if identity]
        if not present:
            stop.wait(TICK_MS / 1000)
            continue
        changes = watch(
            *present,
            watch_filter=counts,
            debounce=MAX_DELAY_MS,
            step=QUIET_MS,
            rust_timeout=TICK_MS,
            yield_on_timeout=True,
            stop_event=stop,
            ignore_permission_denied=True,
        )
        last_call = 0.0
        with suppress(FileNotFoundError):  # a folder has disappeared since it was looked at
            for changed in changes:
                # Changes before the watch began were not reported: the first round counts as one.
                if changed or not last_call or time.monotonic() - last_call > MAX_SILENCE:
                    on_change()
                    last_call = time.monotonic()
                if [_identity(root) for root in roots] != identities:
                    break  # the watch is on a folder that has disappeared, or one has appeared


def _identity(root: str) -> tuple[int, int] | None:
    """Return device and inode, which tell a folder from a later one at the same path; None where there is none."""
    try:
        stat = Path(root).stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
