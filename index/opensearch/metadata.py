"""The two indices in a cluster that make up an index of ours, and their metadata.

NAME.7              posts; the mapping has the metadata
NAME.7.files        the file catalog, the record of each partition that was read, and the reports of updates
NAME, NAME.files    aliases of the active ones, moved in one step
"""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from index.archive.partition import Partition, path_hash
from index.errors import ForeignFolderError, NoIndexError, index_command
from index.opensearch import bulk
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
from index.updates.report import MAX_IMPORTS, UpdateReport

Json = dict[str, Any]
_KIND = "searcher index"


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
        return {"kind": _KIND, **asdict(self)}

    @classmethod
    def from_json(cls, record: Json) -> "IndexMetadata":
        values = {name: record[name] for name in cls.__dataclass_fields__}
        return cls(**{**values, "archives": tuple(record["archives"])})

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
    """Return the active index; raise NoIndexError, ForeignFolderError, or OutdatedIndexError if its rules differ."""
    if (found := find_index(cluster)) is None:
        where = cluster.location
        raise NoIndexError(f"There is no index at {where}: run {index_command(where, 'ARCHIVE')} first.")
    check_fingerprint(found)
    return found


def find_index(cluster: Cluster, number: int | None = None) -> ClusterIndex | None:
    """Return the active index, or the one of `number`, which may be being made; None if it is not there.

    Raises ForeignFolderError if the name is that of something else.
    """
    location = cluster.location
    found = cluster.settings_and_mappings(location.name if number is None else f"{location.name}.{number}")
    if found is None:
        return None
    for name, settings_and_mappings in found.items():
        record = settings_and_mappings["mappings"].get("_meta", {})
        digits = name.removeprefix(f"{location.name}.")
        if record.get("kind") == _KIND and digits.isdecimal():
            return ClusterIndex(location, int(digits), IndexMetadata.from_json(record))
    raise ForeignFolderError(f"{location} is not an index of this program: name another one with --index.")


def create(cluster: Cluster, number: int, metadata: IndexMetadata, shards: int, replicas: int) -> ClusterIndex:
    """Create the `number`-th index unless another machine just did, and return it."""
    index = ClusterIndex(cluster.location, number, metadata)
    cluster.create(index.files, _files_body(replicas), replicas)
    if cluster.create(index.posts, index_body(metadata.as_json(), shards, replicas), replicas):
        return index
    return find_index(cluster, number) or index


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
    part = str(record.part)
    return f"part-{part}", {"kind": "part", **asdict(record), "part": part}


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
    place = {"gte": part.hashes.start, "lt": part.hashes.stop}
    query = {"bool": {"filter": [{"term": {"kind": "file"}}, {"range": {"place": place}}]}}
    for hit in cluster.iter_hits(index.files, {"query": query}):
        source = hit["_source"]
        files.setdefault(source["archive"], {})[source["path"]] = FileRecord(*source["row"])
    return files


# --- the reports of the last updates ---------------------------------------------------------------------------


def keep_report(cluster: Cluster, index: ClusterIndex, report: UpdateReport) -> None:
    """Keep `report` if it is news, and delete the reports before the last MAX_IMPORTS."""
    kept = _kept_reports(cluster, index)
    if not report.is_news(UpdateReport.from_json(kept[0]["_source"]["report"]) if kept else None):
        return
    source = {"kind": "import", "finished": report.finished, "report": report.as_json()}
    gone = ((hit["_id"], None) for hit in kept[MAX_IMPORTS - 1 :])
    bulk.write_all(cluster, index.files, [(f"import-{uuid.uuid4().hex}", source), *gone])
    cluster.refresh(index.files)


def copy_reports(cluster: Cluster, before: ClusterIndex, after: ClusterIndex) -> None:
    """Copy the reports of the index that is replaced to the one that takes its place."""
    bulk.write_all(cluster, after.files, ((hit["_id"], hit["_source"]) for hit in _kept_reports(cluster, before)))
    cluster.refresh(after.files)


def read_reports(cluster: Cluster, index: ClusterIndex, limit: int) -> tuple[UpdateReport, ...]:
    """Return the last reports, the newest first."""
    return tuple(UpdateReport.from_json(hit["_source"]["report"]) for hit in _kept_reports(cluster, index)[:limit])


def _kept_reports(cluster: Cluster, index: ClusterIndex) -> list[Json]:
    query = {"query": {"term": {"kind": "import"}}, "sort": [{"finished": "desc"}], "size": 2 * MAX_IMPORTS}
    hits: list[Json] = cluster.search(index.files, query)["hits"]["hits"]
    return hits


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
