"""Print what building an index of generated posts and answering from it take, here and by others' engines.

`make bench SIZE=100000` also writes it to RESULTS.md, which keeps one section for each size.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent

from tests.bench import machine, whole
from tests.bench.corpus import sentences, write_archive
from tests.bench.measure import apart
from tests.bench.peers import compare, tables
from tests.bench.results import write_results
from tests.bench.typed import measure_typed
from tests.conftest import REAL_ARCHIVE


def main(size: int) -> None:
    with TemporaryDirectory() as folder:
        archive = Path(folder, "archive")
        write_archive(archive, size, sentences(REAL_ARCHIVE))
        measure(size, archive, Path(folder))


def measure(size: int, archive: Path, folder: Path) -> None:
    """Print everything that is measured of the posts below `archive`, with all indexes in `folder`."""
    location = folder / "index"
    print(f"{machine.describe()}\n", flush=True)
    figures = []
    for text in whole.figures(archive, location):
        print(text, flush=True)
        figures.append(text)
    documents = folder / "documents"
    comparison = compare(archive, documents, folder, size)
    typed = apart(measure_typed, documents, location, folder / "typed", comparison.questions)
    own = indent("\n".join(figures), " " * 4)
    section = f"{machine.describe()}\n\n{own}\n\n{tables(comparison)}\n{typed}"
    print(f"\n{section}")
    if mismatches := list(comparison.mismatches()):
        sys.exit("The engines do not answer alike:\n" + "\n".join(mismatches))
    write_results(f"{size:,} posts", section)


if __name__ == "__main__":
    main(int(sys.argv[1]))
