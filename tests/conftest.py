"""What tests share: posts written to disk as the archiver writes them, and indexes built from files."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from index import update
from searcher import Searcher, open_searcher
from tests.engines import EMBEDDED, OPENSEARCH, SPREAD, Engine, cluster_there_is

# A build is to fail for what changed, not by chance; at a desk each run tries other examples.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

EXAMPLES = Path(__file__).parents[1] / "examples" / "archive"
# A large archive of real posts, where there is one beside the project.
REAL_ARCHIVE = Path(os.environ.get("SEARCHER_TEST_ARCHIVE", Path(__file__).parents[2] / "shared" / "archive"))
# A day of that archive as it was hour by hour, in a folder for each hour.
REAL_HOURS = REAL_ARCHIVE.with_name("hourly") / "2025-05-08"

# No test depends on the words of whoever runs it; those that are about words say where theirs are.
os.environ["SEARCHER_WORDS"] = str(Path(__file__).with_name("no-words.txt"))

# The marker of tests that take long, or need more than a checkout: `make test-all` runs them.
THOROUGH = "thorough"
NO_REAL_ARCHIVE = "need a real archive (SEARCHER_TEST_ARCHIVE=DIR)"

WritePost = Callable[..., Path]


def post_text(
    title: str = "一篇帖子",
    url: str = "https://weibo.com/9900000001/PqANdwQt2",
    body: str = "正文",
    summary: str = "摘要",
    saved: str = "2025-05-08T23:03:23Z",
    more: str = "",
) -> str:
    """Return the text of one file as the archiver writes it; `more` follows the metadata."""
    return (
        f"# {title}\n\n**URL**: {url}\n\n## 原始摘要\n\n{body}\n\n## AI 摘要\n\n{summary}\n\n"
        f"## 元数据\n\n- **来源**: ArXiv\n- **类型**: 论文\n- **保存时间**: {saved}\n"
        f"- **目录日期**: {saved[:10]}\n{more}"
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture
def location(tmp_path: Path) -> Path:
    return tmp_path / "an index"


@pytest.fixture
def write_post(archive: Path) -> WritePost:
    """Give a function that writes one save into the archive: write_post("2025-05-08/a.md", title="…")."""

    def write(path: str = "2025-05-08/a.md", **parts: str) -> Path:
        file = archive / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(post_text(**parts), encoding="utf-8")
        return file

    return write


@pytest.fixture
def searching(archive: Path, location: Path) -> Iterator[Callable[[], Searcher]]:
    """Give a function that brings the index up to date with the archive and returns a searcher over it."""
    opened: list[Searcher] = []

    def search() -> Searcher:
        update(location, [archive])
        opened.append(open_searcher(location))
        return opened[-1]

    yield search
    for searcher in opened:
        searcher.close()


@pytest.fixture(scope="session", params=[EMBEDDED, OPENSEARCH], ids=["embedded", "opensearch"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give each engine in turn; skip where there is no cluster."""
    engine: Engine = request.param
    if engine is OPENSEARCH:
        cluster_there_is()
    return engine


@pytest.fixture(scope="session")
def examples(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Give a searcher over the example archive."""
    location = engine.new_location(tmp_path_factory.mktemp("examples"))
    update(location, [EXAMPLES], options=SPREAD if engine.options else None)
    with open_searcher(location) as searcher:
        yield searcher


@pytest.fixture(scope="session")
def real_location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index over the real archive; skip where there is none."""
    if not REAL_ARCHIVE.is_dir():
        pytest.skip(NO_REAL_ARCHIVE)
    location = tmp_path_factory.mktemp("real") / "index"
    update(location, [REAL_ARCHIVE])
    return location


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one line the tests that were not run, and what would run them."""
    reasons = (report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", ()))
    parts = [f"{count:,} {reason}" for reason, count in Counter(reasons).most_common()]
    if terminalreporter.config.option.markexpr == f"not {THOROUGH}":
        parts.append("the thorough ones (make test-all)")
    if parts:
        terminalreporter.write_line(f"Not run: {'; '.join(parts)}.")
