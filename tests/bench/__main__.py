"""Print what building an index of generated posts and answering from it take, here and by others' engines.

`make bench SIZE=100000` also writes what it compares to RESULTS.md, which keeps one section for each size.
"""

import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

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
    print(f"{size:,} posts on {platform.machine()}, Python {platform.python_version()}\n")
    whole.build(archive, location)
    whole.change_one(archive, location)
    own, mapped = apart(whole.answer, location)
    print(f"\nmemory answering  {own:,.0f} MB, and {mapped:,.0f} MB of the index that the system may take back")
    whole.look_up(location)
    comparison = compare(archive, folder, size)
    typed = apart(measure_typed, archive, location, folder / "typed", comparison.questions)
    section = f"{machine.describe()}\n\n{tables(comparison)}\n{typed}"
    print(f"\n{section}")
    if mismatches := list(comparison.mismatches()):
        sys.exit("The engines do not answer alike:\n" + "\n".join(mismatches))
    write_results(f"{size:,} posts", section)


if __name__ == "__main__":
    main(int(sys.argv[1]))
