"""The update of a name in a cluster: its active index, or a new one beside it, alone or together with other machines.

Each machine reads its partition of the files. A post with files of several partitions is merged in the cluster, and the
machine that completes the last partition of a new index activates it. A document is read and written on condition that
nobody changed it in between: of two processes that add saves to one post the later one adds to what the other wrote.
"""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from index.archive.partition import Partition
from index.errors import ClusterError, LockedIndexError
from index.opensearch import bulk, metadata
from index.opensearch.address import ClusterLocation, ClusterOptions
from index.opensearch.client import Cluster
from index.opensearch.documents import document_length, make_source, stored_post
from index.opensearch.metadata import ClusterIndex, IndexMetadata, PartitionRecord
from index.schema.document import make_document
from index.text.segmenter import DictionarySegmenter, compiled_segmenter, write_dictionary
from index.text.user_words import UserWords, read_words, user_words_file
from index.updates.backend import ActiveIndex, PostUpdates
from index.updates.file_catalog import Files
from index.updates.post_update import News, PostUpdate, WriteOutcome
from index.updates.process_pool import ProcessPool, chunks
from index.updates.report import UpdateReport
from index.updates.scan import Scan

# Posts that a process writes at a time.
CHUNK = 200
# File records written at a time.
_ROWS = 5_000
# Times that a post is merged again because others changed it meanwhile.
_TRIES = 20


class ClusterWriter:
    """The means to change the index in a cluster; other machines may do so at the same time."""

    def __init__(self, cluster: Cluster, options: ClusterOptions) -> None:
        self.cluster = cluster
        self.options = options
        self.words = read_words(user_words_file())
        self.active: ClusterIndex | None = None
        self._files: Files = {}

    def open_active(self, verify: bool) -> ActiveIndex | None:
        self.active = active = metadata.find_index(self.cluster)
        if active is None:
            return None
        if verify:
            metadata.check_fingerprint(active)
        self._files = metadata.read_files(self.cluster, active, self.options.part)
        archives = metadata.archives_of(active, metadata.read_partitions(self.cluster, active))
        return ActiveIndex(archives, self._files)

    def update_active(self) -> "ClusterTarget":
        assert self.active
        return ClusterTarget(self, self.active, self._files)

    def begin_new(self, archives: list[str], resume: bool) -> "ClusterTarget":
        number = self.active.number + 1 if self.active else 1
        rules, parts = metadata.fingerprint(self.words), self.options.part.count
        planned = IndexMetadata(rules, self.words.text, {}, parts, tuple(archives), mean_length=1.0)
        if begun := self._begun(number, planned, resume):
            files = metadata.read_files(self.cluster, begun, self.options.part)
            return _BegunIndex(self, begun, files)
        return _NewIndex(self, ClusterIndex(self.cluster.location, number, planned), {})

    def _begun(self, number: int, planned: IndexMetadata, resume: bool) -> ClusterIndex | None:
        """Return the planned index if other machines or an update that ended early have begun it; delete any other."""
        begun = metadata.find_index(self.cluster, number)
        if begun is None:
            return None
        made = begun.metadata
        is_planned = (made.fingerprint, made.archives) == (planned.fingerprint, planned.archives)
        if is_planned and made.parts == planned.parts and resume:
            return begun
        if planned.parts > 1:
            raise LockedIndexError(
                f"Another index is being made at {begun.location}, of {made.parts} parts of "
                f"{' and '.join(made.archives)}: end it with those and this program's version, "
                "or run the update without --part, which begins anew."
            )
        self.cluster.delete(begun.posts, begun.files)
        return None


class ClusterTarget:
    """The active index of a cluster."""

    def __init__(self, writer: ClusterWriter, index: ClusterIndex, files: Files) -> None:
        self._writer = writer
        self._cluster = writer.cluster
        self._index = index
        self.files = files

    def write(self, posts: PostUpdates, pool: ProcessPool) -> Iterator[WriteOutcome]:
        function = partial(apply_updates, self._index.location, self._index.number)
        return pool.map_for(posts.count)(function, chunks(posts.updates, CHUNK))

    def commit(self, scan: Scan, report: UpdateReport, matched: datetime) -> None:
        cluster, index = self._cluster, self._index
        changes = scan.changes.items()
        rows = ((archive, path, record) for archive, changed in changes for path, record in changed.items())
        for chunk in chunks(rows, _ROWS):
            bulk.write_all(cluster, index.files, (metadata.file_document(*row) for row in chunk))
        updated = matched.isoformat(timespec="seconds")
        record = PartitionRecord(self._writer.options.part, tuple(report.archives), updated, uuid.uuid4().hex)
        bulk.write_all(cluster, index.files, [metadata.partition_document(record)])
        cluster.refresh(index.posts, index.files)
        report.finish(*metadata.counts(cluster, index))
        metadata.keep_report(cluster, index, report)

    def activate(self) -> None:
        pass

    def discard(self) -> None:
        pass  # the next update resumes


class _BegunIndex(ClusterTarget):
    """An index that is being made beside the active one, if there is one."""

    def activate(self) -> None:
        parts, replaced = self._index.metadata.parts, self._writer.active
        read = {record.part for record in metadata.read_partitions(self._cluster, self._index)}
        if all(Partition(number, parts) in read for number in range(1, parts + 1)):
            if replaced:
                metadata.copy_reports(self._cluster, replaced, self._index)
            metadata.activate(self._cluster, self._index, replaced)


class _NewIndex(_BegunIndex):
    """An index that is not made yet."""

    def write(self, posts: PostUpdates, pool: ProcessPool) -> Iterator[WriteOutcome]:
        frequencies, options, replaced = _frequencies(self._writer.words), self._writer.options, self._writer.active
        run, count = pool.map_for(len(posts.sample)), partial(_lengths, tuple(frequencies.items()))
        lengths = list(chain.from_iterable(run(count, chunks(posts.sample, CHUNK))))
        mean = sum(lengths) / len(lengths) or 1.0 if lengths else 1.0
        shards, replicas = metadata.sizes(self._cluster, replaced) if replaced else (1, 1)
        self._index = metadata.create(
            self._cluster,
            self._index.number,
            replace(self._index.metadata, frequencies=frequencies, mean_length=mean),
            options.shards or shards,
            replicas if options.replicas is None else options.replicas,
        )
        return super().write(posts, pool)


def apply_updates(location: ClusterLocation, number: int, updates: list[PostUpdate]) -> WriteOutcome:
    """Write posts to an index; raise ClusterError if the cluster can't take them, or others keep changing them."""
    cluster, index = _opened(location, number)
    outcome = WriteOutcome(len(updates))
    waiting = {update.id: update for update in updates}
    for _ in range(_TRIES):
        operations: list[bulk.Operation] = []
        news: dict[str, News] = {}
        for document in cluster.get_many(index.posts, list(waiting)):
            update = waiting[document["_id"]]
            before = stored_post(document["_source"]) if document["found"] else None
            applied = update.apply(before)
            outcome.changed_files += applied.changed_files
            if applied.news:
                news[update.id] = applied.news
            if before or applied.post:
                made = index.metadata
                source = make_source(applied.post, made.segmenter, made.norm) if applied.post else None
                seen = (document["_seq_no"], document["_primary_term"]) if before else None
                operations.append(bulk.Operation(update.id, source, seen))
        conflicts, refused = bulk.write(cluster, index.posts, operations)
        outcome.refused |= refused
        waiting = {post_id: waiting[post_id] for post_id in conflicts}
        outcome.news += [item for post_id, item in news.items() if post_id not in waiting | refused]
        if not waiting:
            return outcome
    raise ClusterError(
        f"Others keep changing {len(waiting)} posts of {location}, such as {next(iter(waiting))}: "
        "run the update again later."
    )


@lru_cache(maxsize=2)
def _opened(location: ClusterLocation, number: int) -> tuple[Cluster, ClusterIndex]:
    cluster = Cluster(location)
    index = metadata.find_index(cluster, number)
    if index is None:
        raise ClusterError(f"The index {location} was deleted while it was written: run the update again.")
    return cluster, index


def _lengths(frequencies: tuple[tuple[str, int], ...], updates: list[PostUpdate]) -> list[float]:
    """Return the length of each new post that can be read."""
    segmenter = compiled_segmenter(frequencies)
    posts = (update.apply(None).post for update in updates)
    return [document_length(make_document(post, segmenter)) for post in posts if post]


def _frequencies(words: UserWords) -> dict[str, int]:
    """Return the frequency of each of the user's words."""
    if not words.dictionary:
        return {}
    with TemporaryDirectory() as folder:
        file = Path(folder, "dictionary")
        write_dictionary(file, words.dictionary)
        dictionary = DictionarySegmenter(file)
        return {word: dictionary.frequency(word) for word in sorted(words.dictionary)}
