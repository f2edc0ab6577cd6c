"""The beginning of an id → posts that have such a one."""

import os

import numpy as np

from searcher.embedded.snapshot import Snapshot

# Behind every text that begins as what it is put behind.
_LAST = "\U0010ffff"


def newest_with_id(snapshot: Snapshot, beginning: str, limit: int) -> list[int]:
    """Return the `limit` newest documents whose post's id begins so, and some others if they share more than all do."""
    begun = snapshot.with_value_between("id", beginning, beginning + _LAST)
    newest = begun[np.lexsort((begun, -snapshot.published[begun]))]
    found: list[int] = newest[:limit].tolist()
    while found:
        shared = os.path.commonprefix([snapshot.id(number) for number in found])  # noqa: RUF071  # of texts
        others = np.setdiff1d(begun, snapshot.with_value_between("id", shared, shared + _LAST))
        if not len(others):
            break
        found.append(int(others[0]))
    return found
