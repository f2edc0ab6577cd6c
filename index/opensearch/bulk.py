"""Bulk writes to a cluster: sent again while it has no room, and never lost in silence."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from index.errors import ClusterError
from index.opensearch.client import PASSING, WRITE_PATIENCE, Cluster, failure

Json = dict[str, Any]
# Bytes of a request.
_LARGEST = 8 << 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Operation:
    """The write of a document, or its deletion if it has no source, on condition that it is still as it was read.

    `seen` is its (sequence number, primary term), None if it was not there, () for no condition.
    """

    id: str
    source: bytes | None
    seen: tuple[int, int] | tuple[()] | None = ()

    @property
    def lines(self) -> list[Json | bytes]:
        meta: Json = {"_id": self.id}
        if self.seen:
            meta |= {"if_seq_no": self.seen[0], "if_primary_term": self.seen[1]}
        if self.source is None:
            return [{"delete": meta}]
        return [{"create" if self.seen is None else "index": meta}, self.source]


def write(cluster: Cluster, index: str, operations: list[Operation]) -> tuple[list[str], dict[str, str]]:
    """Write or delete documents of `index`; raise ClusterError if the cluster takes none in for minutes.

    Returns the ids of the documents that others had changed, and for each document that was refused the reason.
    """
    conflicts: list[str] = []
    refused: dict[str, str] = {}
    until = time.monotonic() + WRITE_PATIENCE
    pause = _FIRST_PAUSE
    while operations:
        waiting: list[Operation] = []
        reason = ""
        for batch in _batches(operations):
            items = cluster.bulk(index, (line for operation in batch for line in operation.lines))
            for operation, item in zip(batch, items, strict=True):
                status = item["status"]
                if status == _CONFLICT:
                    conflicts.append(operation.id)
                elif status in PASSING:
                    waiting.append(operation)
                    reason = failure(item)
                elif status == 403:  # a write block
                    raise ClusterError(
                        f"The cluster of {cluster.location} can't be written to now ({failure(item)}): "
                        "remove the block, and try again."
                    )
                elif "error" in item:
                    refused[operation.id] = failure(item)
        if waiting and time.monotonic() + pause > until:
            raise ClusterError(
                f"The cluster of {cluster.location} takes in no more ({reason}): see its health, and try again."
            )
        if waiting:
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        operations = waiting
    return conflicts, refused


def write_all(cluster: Cluster, index: str, documents: Iterable[tuple[str, Json | None]]) -> None:
    """Write documents, and delete those without a source; raise ClusterError if one is refused."""
    operations = [
        Operation(name, None if source is None else json.dumps(source).encode()) for name, source in documents
    ]
    if refused := write(cluster, index, operations)[1]:
        name, reason = next(iter(refused.items()))
        raise ClusterError(
            f"The cluster of {cluster.location} refused {len(refused)} documents, such as {name}: {reason}."
        )


def _batches(operations: list[Operation]) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        batch.append(operation)
        size += len(operation.source or b"")
        if size >= _LARGEST:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
