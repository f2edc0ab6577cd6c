"""The two indices in a cluster that make up an index of ours, and their metadata.

NAME.7              posts; the mapping has the metadata
NAME.7.files        the file catalog, the record of each partition that was read, and the reports
NAME, NAME.files    aliases of the active ones, moved in one step
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from index.archive.partition import Partition, path_hash
from index.errors import ForeignFolderError, NoIndexError, index_command
from index.opensearch.address import ClusterLocation
from index.opensearch.client import Cluster
from index.opensearch.documents import CLUSTER_FORMAT, index_body
from index.schema.bm25 import EARLIER_SHARE, K1, B, length_norm
from index.schema.fingerprint import check_rules
from index.schema.fingerprint import fingerprint as base_fingerprint
from index.schema.zones import ZONE_WEIGHTS
from index.text.segmenter import Segmenter, compiled_segmenter
from index.text.user_words import UserWords, parse_words, read_words, user_words_file
from index.updates.file_catalog import FileRecord, Files

Json = dict[str, Any]
_KIND = "searcher index"
# Documents read at a time.
_BATCH = 5_000


@dataclass(frozen=True)
class IndexMetadata:
    """The rules, the user's words with their frequencies, the archives and the number of partitions of an index.

    `mean_length` is the mean length of the posts when the index was made. It stays until a rebuild.
    """

    fingerprint: dict[str, str]
    words: str
    frequencies: dict[str, int]
    parts: int
    archives: tuple[str, ...]
    mean_length: float

    def as_json(self) -> Json:
        return {
            "kind": _KIND,
            **{field.name: getattr(self, field.name) for field in fields(self)},
            "archives": list(self.archives),
        }

    @classmethod
    def from_json(cls, record: Json) -> "IndexMetadata":
        return cls(
            record["fingerprint"],
            record["words"],
            record["frequencies"],
            record["parts"],
            tuple(record["archives"]),
            record["mean_length"],
        )

    def with_sample(self, frequencies: dict[str, int], mean_length: float) -> "IndexMetadata":
        """Return the same with `frequencies` and `mean_length`."""
        return replace(self, frequencies=frequencies, mean_length=mean_length)

    @cached_property
    def user_words(self) -> UserWords:
        """Return the user's words that the index was made with."""
        return parse_words(self.words)

    @property
    def segmenter(self) -> Segmenter:
        """Return the segmenter of the index."""
        return compiled_segmenter(tuple(sorted(self.frequencies.items())))

    def norm(self, length: float) -> float:
        """Return the BM25 length norm of a document."""
        return length_norm(length, self.mean_length)


@dataclass(frozen=True)
class PartitionRecord:
    """A partition of the archives: when it last matched them, and the id of the update that read it."""

    part: Partition
    archives: tuple[str, ...]
    updated: str
    commit: str


@dataclass(frozen=True)
class ClusterIndex:
    """The `number`-th index of a name."""

    location: ClusterLocation
    number: int
    metadata: IndexMetadata

    @property
    def posts(self) -> str:
        return f"{self.location.name}.{self.number}"

    @property
    def files(self) -> str:
        return f"{self.posts}.files"


def fingerprint(words: UserWords) -> dict[str, str]:
    """Return the rules by which an index with the user's `words` is made in a cluster now."""
    weights = "/".join(str(weight) for weight in ZONE_WEIGHTS.values())
    # A cluster stores the weights of tokens as ranking computes them.
    return {
        **base_fingerprint(words),
        "cluster": str(CLUSTER_FORMAT),
        "ranking": f"{K1}/{B}/{EARLIER_SHARE}/{weights}",
    }


def check_fingerprint(index: ClusterIndex) -> None:
    """Raise OutdatedIndexError, naming what changed, unless `index` was made by the present rules and words."""
    check_rules(index.metadata.fingerprint, fingerprint(read_words(user_words_file())), index.location)


def active_index(cluster: Cluster) -> ClusterIndex:
    """Return the active index; raise NoIndexError or ForeignFolderError."""
    if (found := find_active(cluster)) is None:
        where = cluster.location
        raise NoIndexError(f"There is no index at {where}: run {index_command(where, 'ARCHIVE')} first.")
    return found


def find_active(cluster: Cluster) -> ClusterIndex | None:
    """Return the active index, or None; raise ForeignFolderError if the name is that of something else."""
    found = cluster.settings_and_mappings(cluster.location.name)
    return None if found is None else _index(cluster.location, found)


def find_numbered(cluster: Cluster, number: int) -> ClusterIndex | None:
    """Return the `number`-th index, active or being made, or None."""
    found = cluster.settings_and_mappings(f"{cluster.location.name}.{number}")
    return None if found is None else _index(cluster.location, found)


def create(cluster: Cluster, number: int, metadata: IndexMetadata, shards: int, replicas: int) -> ClusterIndex:
    """Create the `number`-th index unless another machine just did, and return it."""
    index = ClusterIndex(cluster.location, number, metadata)
    cluster.create(index.files, _files_body(replicas), replicas)
    if cluster.create(index.posts, index_body(metadata.as_json(), shards, replicas), replicas):
        return index
    made = find_numbered(cluster, number)
    return made or index


def activate(cluster: Cluster, index: ClusterIndex, before: ClusterIndex | None) -> None:
    """Move the aliases to `index`, and delete the index `before`, in one step."""
    name = cluster.location.name
    actions: list[Json] = [
        {"add": {"index": index.posts, "alias": name}},
        {"add": {"index": index.files, "alias": f"{name}.files"}},
    ]
    if before:
        actions += [{"remove_index": {"index": replaced}} for replaced in (before.posts, before.files)]
    cluster.change_aliases(actions)


def sizes(cluster: Cluster, index: ClusterIndex) -> tuple[int, int]:
    """Return the numbers of shards and of replicas of `index`."""
    found = cluster.settings_and_mappings(index.posts) or {}
    settings = found[index.posts]["settings"]["index"]
    return int(settings["number_of_shards"]), int(settings["number_of_replicas"])


def partitions_query() -> Json:
    """Return the search for the records of all partitions."""
    return {"query": {"term": {"kind": "part"}}, "size": 10_000, "sort": ["commit"]}


def partitions_from(answer: Json) -> list[PartitionRecord]:
    """Return the records in the answer to `partitions_query`."""
    sources = (hit["_source"] for hit in answer["hits"]["hits"])
    return [
        PartitionRecord(Partition.parse(source["part"]), tuple(source["archives"]), source["updated"], source["commit"])
        for source in sources
    ]


def read_partitions(cluster: Cluster, index: ClusterIndex) -> list[PartitionRecord]:
    """Return the record of each partition that was read into `index`."""
    return partitions_from(cluster.search(index.files, partitions_query()))


def archives_of(index: ClusterIndex, parts: list[PartitionRecord]) -> list[str]:
    """Return the archives of `index`: those that it is made of, and those read since."""
    return list(dict.fromkeys([*index.metadata.archives, *(archive for part in parts for archive in part.archives)]))


def updated(parts: list[PartitionRecord]) -> str:
    """Return when the partitions of a complete division last matched the archives, or an empty string."""
    times: dict[int, dict[int, str]] = {}
    for record in parts:
        times.setdefault(record.part.count, {})[record.part.number] = record.updated
    return max((min(found.values()) for count, found in times.items() if len(found) == count), default="")


def partition_document(record: PartitionRecord) -> tuple[str, Json]:
    """Return id and source of the document of `record`."""
    archives, part = list(record.archives), str(record.part)
    return f"part-{part}", {
        "kind": "part",
        "part": part,
        "archives": archives,
        "updated": record.updated,
        "commit": record.commit,
    }


def counts(cluster: Cluster, index: ClusterIndex) -> tuple[int, int]:
    """Return the numbers of posts and saves of an index."""
    body = {"size": 0, "track_total_hits": True, "aggs": {"saves": {"sum": {"field": "saves"}}}}
    answer = cluster.search(index.posts, body)
    return answer["hits"]["total"]["value"], int(answer["aggregations"]["saves"]["value"])


# --- the file catalog -----------------------------------------------------------------------------------------


def file_document(archive: str, path: str, record: FileRecord | None) -> tuple[str, Json | None]:
    """Return id and source of the document of a file, no source if the file is gone."""
    name = hashlib.sha256(f"{archive}\0{path}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
    if record is None:
        return name, None
    return name, {"kind": "file", "archive": archive, "path": path, "place": path_hash(path), "row": list(record)}


def read_files(cluster: Cluster, index: ClusterIndex, part: Partition) -> Files:
    """Return the file catalog of `part`."""
    files: Files = {}
    query = {"bool": {"filter": [{"term": {"kind": "file"}}, _in_range(part)]}}
    for hit in every_document(cluster, index.files, {"query": query}):
        source = hit["_source"]
        files.setdefault(source["archive"], {})[source["path"]] = FileRecord(*source["row"])
    return files


def every_document(cluster: Cluster, index: str, body: Json) -> Iterator[Json]:
    """Yield all documents that a search finds, from one point in time."""
    point = cluster.point_in_time(index)
    body = {**body, "size": _BATCH, "sort": ["_doc"], "track_total_hits": False}
    try:
        while hits := cluster.search_point(point, body)["hits"]["hits"]:
            yield from hits
            body["search_after"] = hits[-1]["sort"]
    finally:
        cluster.drop_point(point)


def _in_range(part: Partition) -> Json:
    return {"range": {"place": {"gte": part.hashes.start, "lt": part.hashes.stop}}}


def _index(location: ClusterLocation, found: Json) -> ClusterIndex:
    for name, settings_and_mappings in found.items():
        record = settings_and_mappings["mappings"].get("_meta", {})
        number = name.removeprefix(f"{location.name}.")
        if record.get("kind") == _KIND and number.isdecimal():
            return ClusterIndex(location, int(number), IndexMetadata.from_json(record))
    raise ForeignFolderError(f"{location} is not an index of this program: name another one with --index.")


def _files_body(replicas: int) -> Json:
    keyword = {"type": "keyword", "norms": False, "doc_values": False}
    unread = {"enabled": False, "type": "object"}
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": replicas, "refresh_interval": "-1"},
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "kind": keyword,
                "place": {"type": "long"},
                "commit": {"type": "keyword"},
                "finished": {"type": "keyword"},
                **dict.fromkeys(("archive", "path", "row", "part", "archives", "updated", "report"), unread),
            },
        },
    }
