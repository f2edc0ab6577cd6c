"""Print the files that an archive, a query and a page pass through: python -m tests.tour."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from click.testing import CliRunner

from tests.conftest import EXAMPLES

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "searcher", "web")
# Set for functions alone: class bodies and modules run when they are imported.
OPTIMIZED = 1


def files_called(work: Callable[[], object]) -> list[str]:
    """Return the project's files of which `work` calls a function, in order of the first call."""
    found: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_flags & OPTIMIZED and code.co_filename.startswith(str(ROOT)):
            path = Path(code.co_filename).relative_to(ROOT)
            if path.parts[0] in PACKAGES:
                found.setdefault(str(path))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(found)


def run(*arguments: str) -> None:
    from searcher.cli import main

    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def visit(location: str) -> None:
    from searcher import open_searcher
    from web.app import create_app

    with open_searcher(location) as searcher:
        assert create_app(searcher).test_client().get("/?q=大模型").status_code == 200


def show(name: str, files: list[str]) -> None:
    print(f"{name}: {len(files)} files")
    print("\n".join(f"  {file}" for file in files))


def main() -> None:
    with TemporaryDirectory() as folder:
        indexed, searched = f"{folder}/indexed", f"{folder}/searched"
        index = ("index", str(EXAMPLES), "--index")
        show("searcher index", files_called(lambda: run(*index, indexed)))
        # In a process of its own: what is looked up once is remembered.
        subprocess.run([sys.executable, "-m", "searcher", *index, searched], check=True, capture_output=True)
        show("searcher search", files_called(lambda: run("search", "大模型 手机", "--index", searched)))
        show("GET /", files_called(lambda: visit(indexed)))


if __name__ == "__main__":
    main()
