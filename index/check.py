"""Whether an index is whole: its bytes against its checksums, what it holds against what it knows of files."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from index.errors import DamagedIndexError, how_to_rebuild
from index.files.block_file import BlockFile
from index.files.paths import readable
from index.opensearch.address import is_cluster
from index.segments.arrays import open_segment
from index.segments.stored_posts import read_post
from index.store import directory, manifest
from index.store.manifest import Manifest
from index.store.reports import read_reports
from index.updates.check import CheckReport, Stored, behind, compare_posts
from index.updates.file_catalog import read_catalog
from index.updates.report import Problem, Progress
from index.whoosh.toc import check_toc


def check(location: str | Path, progress: Progress | None = None) -> CheckReport:
    """Read all of the index at `location`, compare it with its checksums and its parts with each other.

    The files of a cluster are the cluster's to check: of an index there, documents are compared with what is known of
    files. Raises NoIndexError, OutdatedIndexError, ClusterError, or DamagedIndexError where nothing else can be told.
    """
    on_progress = progress or (lambda *_: None)
    if is_cluster(location):
        from index.opensearch.check import check_cluster

        return check_cluster(str(location), on_progress)
    return _check_folder(Path(location).absolute(), on_progress)


def _check_folder(location: Path, on_progress: Progress) -> CheckReport:
    data = directory.data_folder(location)
    generation = directory.latest_generation(data)
    header = manifest.read_manifest(data, generation)
    manifest.check_fingerprint(header, location)
    report = CheckReport(saves=header.saves)
    names = sorted(manifest.files_of(header, data, generation))
    for done, name in enumerate(names, 1):
        path = data / name
        try:
            report.bytes += path.stat().st_size
            _check_file(header, path)
        except (OSError, DamagedIndexError) as error:
            told = error.strerror if isinstance(error, OSError) else str(error)
            reason = str(told).removesuffix(how_to_rebuild(location)).strip()
            report.damaged.append(Problem(readable(str(path)), reason))
        report.files += 1
        on_progress("checking files", done, len(names))
    if report.is_whole:
        files = read_catalog(data, header.layers, header.saves).files
        stored = _stored(header, data, report, partial(on_progress, "checking posts"))
        report.damaged += compare_posts(stored, files)
        report.behind = behind(files)
    return report


def _check_file(header: Manifest, path: Path) -> None:
    """Raise DamagedIndexError unless the file at `path`, of a data folder, is what was written."""
    if path.suffix == ".arr":
        BlockFile(path).verify()
    elif path.suffix == ".toc":
        check_toc(path, header.toc, header.segments)
    elif path.name in header.imports:
        read_reports(path.parent, [path.name])
    elif layers := [layer for layer in header.layers if layer.file == path.name]:
        # By itself a layer may take away what only those below it have.
        read_catalog(path.parent, header.layers[: header.layers.index(layers[0]) + 1], 0)
    elif path == directory.words_file(path.parent):
        manifest.check_words(header, path.parent)


def _stored(header: Manifest, data: Path, report: CheckReport, on_post: Callable[[int, int], None]) -> Iterator[Stored]:
    """Yield every stored post."""
    total = sum(segment.live_count for segment in header.segments)
    for record in header.segments:
        segment = open_segment(data, record)
        for document in range(segment.size):
            if document not in segment.deleted:
                report.posts += 1
                post = read_post(segment, document)
                yield segment.id(document), {(save.archive, save.path) for save in post.saves}
                on_post(report.posts, total)
