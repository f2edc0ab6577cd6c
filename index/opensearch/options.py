"""Options of an update that only a cluster has."""

from dataclasses import dataclass

from index.archive.partition import WHOLE, Partition


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """The partition of the files to read, and the shards and replicas of a new index."""

    part: Partition = WHOLE
    shards: int | None = None
    replicas: int | None = None
