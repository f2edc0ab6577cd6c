"""Update an index in a cluster from archives, alone or together with other machines.

Nothing but the cluster stands between machines: each reads its part of the files, the posts of several are merged in
the cluster, and whoever finishes the last part of a new index puts it in force.
"""

import os
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from index.archive.partition import Partition
from index.errors import ClusterError, LockedIndexError, NoIndexError, index_command
from index.opensearch import bulk, metadata, reports
from index.opensearch.address import cluster_location
from index.opensearch.client import Cluster
from index.opensearch.metadata import ClusterIndex, IndexMetadata, PartitionRecord
from index.opensearch.options import ClusterOptions
from index.opensearch.post_writer import Change, Target, Written, apply, lengths
from index.text.dictionary import DictionarySegmenter, write_dictionary
from index.text.segmenter import compiled_segmenter
from index.text.user_words import UserWords, read_words, user_words_file
from index.updates.file_catalog import Changes, Files
from index.updates.post_update import ChangedPost
from index.updates.process_pool import ProcessPool
from index.updates.report import Listing, PostNews, Problem, Progress, UpdateReport
from index.updates.safety import check_apart, check_loss, check_openable
from index.updates.scan import Scan, scan

# Posts that a process writes at a time.
CHUNK = 200
# Posts whose mean length stands for that of all.
SAMPLE = 1_000
# Documents of what is known of files, written at a time.
_ROWS = 5_000
_Some = TypeVar("_Some")


def update_cluster(
    text: str, roots: list[str], rebuild: bool, prune: bool, progress: Progress, options: ClusterOptions
) -> UpdateReport:
    """Bring the index in a cluster at the address `text` up to date; see `index.update`."""
    with Cluster(cluster_location(text)) as cluster, ProcessPool() as workers:
        return _Update(cluster, workers, progress, options).run(roots, rebuild, prune)


class _Update:
    def __init__(self, cluster: Cluster, workers: ProcessPool, progress: Progress, options: ClusterOptions) -> None:
        self._cluster = cluster
        self._workers = workers
        self._progress = progress
        self._options = options
        self._part = options.part

    def run(self, roots: list[str], rebuild: bool, prune: bool) -> UpdateReport:
        words = read_words(user_words_file())
        check_health(self._cluster)
        present = metadata.find_active(self._cluster)
        if present and not rebuild:
            metadata.check_fingerprint(present)
        archives = self._archives(present, roots, rebuild)
        if prune:
            archives = [archive for archive in archives if archive in roots or os.path.lexists(archive)]
        before = metadata.read_files(self._cluster, present, self._part) if present else {}
        if present and not rebuild:
            result = self._scan(archives, before)
            if not prune:
                check_loss(before, result, self._cluster.location)
            return self._finish(present, present, before, result, _report(result, archives))
        number = present.number + 1 if present else 1
        begun = self._begun(number, words, archives)
        known = metadata.read_files(self._cluster, begun, self._part) if begun else {}
        result = self._scan(archives, known)
        report = _report(result, archives)
        if present:
            check_openable(before, result)
            if not prune:
                check_loss(before, result, self._cluster.location)
            result.known = {record.post for files in before.values() for record in files.values() if record.post}
            found = {record.post for files in result.files.values() for record in files.values()}
            report.rebuilt = True
            report.lost = Listing.from_items(PostNews(post) for post in sorted(result.known - found))
        target = begun or self._create(number, words, archives, result, present)
        return self._finish(target, present, known, result, report)

    def _archives(self, present: ClusterIndex | None, roots: list[str], rebuild: bool) -> list[str]:
        remembered: list[str] = []
        # A rebuild from archives that are named forgets the others.
        if present and not (rebuild and roots):
            remembered = metadata.archives_of(present, metadata.read_partitions(self._cluster, present))
        archives = list(dict.fromkeys([*remembered, *roots]))
        check_apart(archives)
        if not archives:
            where = self._cluster.location
            raise NoIndexError(f"The index at {where} knows no archive yet: run {index_command(where, 'ARCHIVE')}.")
        return archives

    def _scan(self, archives: list[str], known: Files) -> Scan:
        return scan(
            archives,
            known,
            lambda done, total: self._progress("reading", done, total),
            self._workers.map_for,
            self._part,
        )

    # --- a new index ---------------------------------------------------------------------------------------

    def _begun(self, number: int, words: UserWords, archives: list[str]) -> ClusterIndex | None:
        """Return the index of the same that other machines, or an update that was ended, have begun to make."""
        begun = metadata.find_numbered(self._cluster, number)
        if begun is None:
            return None
        described = begun.metadata
        is_same = described.fingerprint == metadata.fingerprint(words) and list(described.archives) == archives
        if is_same and described.parts == self._part.count:
            return begun
        if self._part.count > 1:
            raise LockedIndexError(
                f"Another index is being made at {begun.location}, of {described.parts} parts of "
                f"{' and '.join(described.archives)}: end it with those and this program's version, "
                "or run the update without --part, which begins anew."
            )
        self._cluster.delete(begun.posts, begun.files)
        return None

    def _create(
        self, number: int, words: UserWords, archives: list[str], result: Scan, present: ClusterIndex | None
    ) -> ClusterIndex:
        frequencies = frequencies_of(words)
        mean = self._mean_length(result, frequencies)
        made_by = metadata.fingerprint(words)
        described = IndexMetadata(made_by, words.text, frequencies, self._part.count, tuple(archives), mean)
        shards, replicas = metadata.sizes(self._cluster, present) if present else (1, 1)
        return metadata.create(
            self._cluster, number, described, self._options.shards or shards, _given(self._options.replicas, replicas)
        )

    def _mean_length(self, result: Scan, frequencies: dict[str, int]) -> float:
        """Return the mean length of the posts found, or of a sample of many."""
        found = sorted(result.fresh)
        sample = [ChangedPost(one, (), tuple(result.fresh[one])) for one in found[:: max(1, len(found) // SAMPLE)]]
        segmenter = tuple(sorted(frequencies.items()))
        run = self._workers.map_for(len(found))
        counted = [length for some in run(partial(_lengths, segmenter), _chunks(sample)) for length in some]
        return sum(counted) / len(counted) or 1.0 if counted else 1.0

    # --- writing -------------------------------------------------------------------------------------------

    def _finish(
        self, target: ClusterIndex, present: ClusterIndex | None, known: Files, result: Scan, report: UpdateReport
    ) -> UpdateReport:
        began = datetime.now(UTC)
        self._write_posts(target, known, result, report)
        self._progress("writing", 0, 0)
        self._write_files(target, result.changes)
        self._record_part(target, report.archives, began)
        self._cluster.refresh(target.posts, target.files)
        report.posts, report.saves = metadata.counts(self._cluster, target)
        report.finished = datetime.now(UTC).isoformat(timespec="seconds")
        reports.keep(self._cluster, target, report)
        if target != present and self._is_complete(target):
            if present:
                reports.carry_over(self._cluster, present, target)
            metadata.activate(self._cluster, target, present)
        return report

    def _write_posts(self, target: ClusterIndex, known: Files, result: Scan, report: UpdateReport) -> None:
        total, done = len(result.affected), 0
        gone: dict[str, list[tuple[str, str]]] = {}
        for archive, path in result.gone:
            gone.setdefault(known[archive][path].post, []).append((archive, path))
        changes = (
            Change(one, tuple(result.fresh.get(one, ())), frozenset(gone.get(one, ())), one in result.known)
            for one in sorted(result.affected)
        )
        run = self._workers.map_for(total)
        for written in run(partial(apply, Target(target.location, target.number)), _chunks(changes)):
            if written.error:
                raise written.error
            for kind, news in written.news:
                report.add(kind, news)
            for problem in _settle(result, written):
                report.unopened.add(problem)
            done = min(total, done + CHUNK)
            self._progress("indexing", done, total)

    def _write_files(self, target: ClusterIndex, changes: Changes) -> None:
        """Write what is known of files where it is something else than before."""
        rows = ((archive, path, record) for archive, changed in changes.items() for path, record in changed.items())
        while some := list(islice(rows, _ROWS)):
            bulk.write_all(self._cluster, target.files, (metadata.file_document(*row) for row in some))

    def _record_part(self, target: ClusterIndex, archives: list[str], matched: datetime) -> None:
        updated = matched.isoformat(timespec="seconds")
        record = PartitionRecord(self._part, tuple(archives), updated, uuid.uuid4().hex)
        bulk.write_all(self._cluster, target.files, [metadata.partition_document(record)])

    def _is_complete(self, target: ClusterIndex) -> bool:
        read = {one.part for one in metadata.read_partitions(self._cluster, target)}
        return all(Partition(number, target.metadata.parts) in read for number in range(1, target.metadata.parts + 1))


def _report(result: Scan, archives: list[str]) -> UpdateReport:
    return UpdateReport(
        archives=archives,
        malformed=Listing.from_items(result.malformed),
        unopened=Listing.from_items(result.unopened),
        not_posts=Listing.from_items(result.not_posts),
    )


def check_health(cluster: Cluster) -> None:
    """Raise ClusterError if shards of the index are nowhere to be found."""
    if cluster.health(f"{cluster.location.name}*") == "red":
        raise ClusterError(
            f"The cluster of {cluster.location} is red: shards of the index have no node. "
            "Bring the missing nodes back, and try again."
        )


def newest_commit(text: str) -> object:
    """Return what stands for the newest commit of the index at the address `text`, None if there is no index."""
    with Cluster(cluster_location(text)) as cluster:
        index = metadata.find_active(cluster)
        return index and (index.number, metadata.read_partitions(cluster, index))


def _lengths(segmenter: tuple[tuple[str, int], ...], posts: list[ChangedPost]) -> list[float]:
    return lengths(posts, compiled_segmenter(segmenter))


def frequencies_of(words: UserWords) -> dict[str, int]:
    """Return how often each of the user's words counts as seen."""
    if not words.dictionary:
        return {}
    with TemporaryDirectory() as folder:
        file = Path(folder, "dictionary")
        write_dictionary(file, words.dictionary)
        dictionary = DictionarySegmenter(file)
        return {word: dictionary.frequency(word) for word in sorted(words.dictionary)}


def _settle(result: Scan, written: Written) -> list[Problem]:
    """Make the next update look again at what changed meanwhile or was refused, and return the latter."""
    again = {(found.archive, found.path) for found in written.stale}
    refused = []
    for post, reason in written.refused.items():
        for found in result.fresh.get(post, ()):
            again.add((found.archive, found.path))
            refused.append(Problem(found.file, f"was refused by the cluster: {reason}"))
    for archive, path in again:
        result.look_again(archive, path)
    return refused


def _chunks(some: Iterable[_Some]) -> Iterator[list[_Some]]:
    remaining = iter(some)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _given(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
