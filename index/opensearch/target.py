"""The update of a name in a cluster: its active index, or a new one beside it, alone or together with other machines.

Each machine reads its partition of the files. A post with files of several partitions is merged in the cluster, and the
machine that completes the last partition of a new index activates it.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from index.archive.partition import Partition
from index.errors import LockedIndexError
from index.opensearch import bulk, metadata, reports
from index.opensearch.client import Cluster
from index.opensearch.documents import document_length
from index.opensearch.metadata import ClusterIndex, IndexMetadata, PartitionRecord
from index.opensearch.options import ClusterOptions
from index.opensearch.post_writer import IndexName, apply_updates
from index.schema.document import make_document
from index.text.dictionary import DictionarySegmenter, write_dictionary
from index.text.segmenter import compiled_segmenter
from index.text.user_words import UserWords, read_words, user_words_file
from index.updates.backend import ActiveIndex
from index.updates.file_catalog import Changes, Files
from index.updates.post_update import PostUpdate, WriteOutcome
from index.updates.process_pool import ProcessPool, chunks
from index.updates.report import UpdateReport
from index.updates.scan import Scan

# Posts that a process writes at a time.
CHUNK = 200
# File records written at a time.
_ROWS = 5_000


class ClusterWriter:
    """The means to change the index in a cluster; other machines may do so at the same time."""

    def __init__(self, cluster: Cluster, options: ClusterOptions) -> None:
        self._cluster = cluster
        self._options = options
        self._words = read_words(user_words_file())
        self._active: ClusterIndex | None = None
        self._files: Files = {}

    def open_active(self, verify: bool) -> ActiveIndex | None:
        self._active = active = metadata.find_active(self._cluster)
        if active is None:
            return None
        if verify:
            metadata.check_fingerprint(active)
        self._files = metadata.read_files(self._cluster, active, self._options.part)
        archives = metadata.archives_of(active, metadata.read_partitions(self._cluster, active))
        return ActiveIndex(archives, self._files)

    def update_active(self) -> "ClusterTarget":
        assert self._active
        return ClusterTarget(self._cluster, self._options, self._active, self._files)

    def begin_new(self, archives: list[str], resume: bool) -> "_NewIndex":
        number = self._active.number + 1 if self._active else 1
        rules = metadata.fingerprint(self._words)
        new = IndexMetadata(rules, self._words.text, {}, self._options.part.count, tuple(archives), mean_length=1.0)
        begun = self._begun(number, new, resume)
        files = metadata.read_files(self._cluster, begun, self._options.part) if begun else {}
        planned = ClusterIndex(self._cluster.location, number, new)
        return _NewIndex(self._cluster, self._options, begun or planned, files, bool(begun), self._words, self._active)

    def _begun(self, number: int, new: IndexMetadata, resume: bool) -> ClusterIndex | None:
        """Return the same index as begun by other machines or by an update that was ended early; delete any other."""
        begun = metadata.find_numbered(self._cluster, number)
        if begun is None:
            return None
        made = begun.metadata
        is_same = made.fingerprint == new.fingerprint and made.archives == new.archives and made.parts == new.parts
        if is_same and resume:
            return begun
        if new.parts > 1:
            raise LockedIndexError(
                f"Another index is being made at {begun.location}, of {made.parts} parts of "
                f"{' and '.join(made.archives)}: end it with those and this program's version, "
                "or run the update without --part, which begins anew."
            )
        self._cluster.delete(begun.posts, begun.files)
        return None


class ClusterTarget:
    """The active index of a cluster."""

    def __init__(self, cluster: Cluster, options: ClusterOptions, index: ClusterIndex, files: Files) -> None:
        self._cluster = cluster
        self._options = options
        self._index = index
        self._files = files

    @property
    def files(self) -> Files:
        return self._files

    def create(self, sample: list[PostUpdate], pool: ProcessPool) -> None:
        pass

    def write(self, updates: Iterable[PostUpdate], count: int, pool: ProcessPool) -> Iterator[WriteOutcome]:
        name = IndexName(self._index.location, self._index.number)
        return pool.map_for(count)(partial(apply_updates, name), chunks(updates, CHUNK))

    def commit(self, scan: Scan, report: UpdateReport, matched: datetime) -> None:
        cluster, index = self._cluster, self._index
        self._write_files(scan.changes)
        updated = matched.isoformat(timespec="seconds")
        record = PartitionRecord(self._options.part, tuple(report.archives), updated, uuid.uuid4().hex)
        bulk.write_all(cluster, index.files, [metadata.partition_document(record)])
        cluster.refresh(index.posts, index.files)
        report.finish(*metadata.counts(cluster, index))
        reports.keep(cluster, index, report)

    def activate(self) -> None:
        pass

    def discard(self) -> None:
        pass  # the next update resumes

    def _write_files(self, changes: Changes) -> None:
        rows = ((archive, path, record) for archive, changed in changes.items() for path, record in changed.items())
        for chunk in chunks(rows, _ROWS):
            bulk.write_all(self._cluster, self._index.files, (metadata.file_document(*row) for row in chunk))


class _NewIndex(ClusterTarget):
    """A new index beside the one that it replaces, if there is any; `is_begun` tells that it has been created."""

    def __init__(
        self,
        cluster: Cluster,
        options: ClusterOptions,
        index: ClusterIndex,
        files: Files,
        is_begun: bool,
        words: UserWords,
        replaced: ClusterIndex | None,
    ) -> None:
        super().__init__(cluster, options, index, files)
        self._is_begun = is_begun
        self._words = words
        self._replaced = replaced

    def create(self, sample: list[PostUpdate], pool: ProcessPool) -> None:
        if self._is_begun:
            return
        frequencies = _frequencies(self._words)
        segmenter = tuple(sorted(frequencies.items()))
        run = pool.map_for(len(sample))
        lengths = list(chain.from_iterable(run(partial(_lengths, segmenter), chunks(sample, CHUNK))))
        mean = sum(lengths) / len(lengths) or 1.0 if lengths else 1.0
        shards, replicas = metadata.sizes(self._cluster, self._replaced) if self._replaced else (1, 1)
        self._index = metadata.create(
            self._cluster,
            self._index.number,
            self._index.metadata.with_sample(frequencies, mean),
            self._options.shards or shards,
            replicas if self._options.replicas is None else self._options.replicas,
        )

    def activate(self) -> None:
        parts = self._index.metadata.parts
        read = {record.part for record in metadata.read_partitions(self._cluster, self._index)}
        if all(Partition(number, parts) in read for number in range(1, parts + 1)):
            if self._replaced:
                reports.carry_over(self._cluster, self._replaced, self._index)
            metadata.activate(self._cluster, self._index, self._replaced)


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
