"""Follow archives: say when files of them have changed and come to rest."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from watchfiles import Change, watch

# What changes is told of once nothing has changed for REST, or some of it when MOST has passed: a git pull that
# rewrites hundreds of files is one change.
REST_MS, MOST_MS = 500, 10_000
# How often it is looked whether the folders are still the same ones, and whether it is time to stop.
TICK_MS = 1_000
# Not every file system tells of every change: after so many seconds it is told of anyway.
LOOK_ANYWAY = 600.0


class Stop(Protocol):
    """Says when to stop, as threading.Event does."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


# What tells one folder from another at the same path; None where there is none.
_Identity = tuple[int, int] | None


def follow(archives: Iterable[str], location: Path | None, on_change: Callable[[], None], stop: Stop) -> None:
    """Call `on_change` whenever files of `archives` have changed, and once at the beginning, until `stop` is set.

    What happens during a call is told of after it. What lies in the folder of the index, `location`, or is hidden is
    none of theirs. An archive that goes away is waited for.
    """
    roots = list(archives)

    def concerns(_: Change, path: str) -> bool:
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
            watch_filter=concerns,
            debounce=MOST_MS,
            step=REST_MS,
            rust_timeout=TICK_MS,
            yield_on_timeout=True,
            stop_event=stop,
            ignore_permission_denied=True,
        )
        told = 0.0
        with suppress(FileNotFoundError):  # gone since it was looked for
            for changed in changes:
                # What changed before the watch began was not told.
                if changed or not told or time.monotonic() - told > LOOK_ANYWAY:
                    on_change()
                    told = time.monotonic()
                if [_identity(root) for root in roots] != identities:
                    break  # the watch is on a folder that is gone, or there is one more


def _identity(root: str) -> _Identity:
    try:
        stat = Path(root).stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
