"""Posts by the beginning of their id."""

import os

import numpy as np

from searcher.embedded.snapshot import Snapshot

# Sorts after every character.
_LAST = "\U0010ffff"


def newest_with_id(snapshot: Snapshot, beginning: str, limit: int) -> list[int]:
    """Return the `limit` newest documents whose id begins so.

    Others follow while the ids returned share a longer beginning than all of them, which would complete too much.
    """
    begun = snapshot.with_value_between("id", beginning, beginning + _LAST)
    newest = begun[np.lexsort((begun, -snapshot.published[begun]))]
    doc_ids: list[int] = newest[:limit].tolist()
    while doc_ids:
        shared = os.path.commonprefix([snapshot.id(doc_id) for doc_id in doc_ids])  # noqa: RUF071  # of texts
        others = np.setdiff1d(begun, snapshot.with_value_between("id", shared, shared + _LAST))
        if not len(others):
            break
        doc_ids.append(int(others[0]))
    return doc_ids
