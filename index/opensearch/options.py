"""What can be asked for of an index in a cluster, beyond what any index can do."""

from dataclasses import dataclass

from index.archive.partition import WHOLE, Partition


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Says which part of the files to read, and over how many shards and copies a new index is spread."""

    part: Partition = WHOLE
    shards: int | None = None
    replicas: int | None = None
