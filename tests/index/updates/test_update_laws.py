"""Whatever is done to an archive in whatever order, the index is as one that is built from nothing."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from index import update
from index.backend import check
from searcher import open_searcher
from searcher.results import dump_json
from tests.conftest import post_text

pytestmark = pytest.mark.thorough

URL = "https://blog.example.org/posts/{}"
FOLDERS = ("2025-05-08", "2025-05-09", "elsewhere/deep")
NAMES = ("a.md", "b.md", "c.md")
QUERIES = ("", "量化", '"第1版"', "第2版 笔记", "title:第3版", "#话题#", "saves:2..", "date:2025-05", "笔*")
BROKEN = (b"", b"\0", b"# \xe8\xaf\xb4\n", "# 题\n\n## AI 摘要\n\n没有网址\n".encode())

paths = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map("/".join)
posts, versions = st.integers(0, 3), st.integers(0, 5)


class ArchiveMachine(RuleBasedStateMachine):
    """Does to an archive what happens to archives, with an update now and then."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(mkdtemp())
        self.archives = [self.folder / "one", self.folder / "two"]
        for archive in self.archives:
            archive.mkdir()
        self.location = self.folder / "index"
        update(self.location, self.archives)
        self.is_current = True

    @rule(which=st.integers(0, 1), path=paths, post=posts, version=versions)
    def write(self, which: int, path: str, post: int, version: int) -> None:
        """Add a file, or change one."""
        text = post_text(f"第{version}版", URL.format(post), body=f"#话题# 量化笔记{version}", summary=f"摘要{version}")
        self._put(self.archives[which] / path, text.encode())

    @rule(which=st.integers(0, 1), path=paths, content=st.sampled_from(BROKEN))
    def corrupt(self, which: int, path: str, content: bytes) -> None:
        self._put(self.archives[which] / path, content)

    @rule(which=st.integers(0, 1), path=paths)
    def delete(self, which: int, path: str) -> None:
        (self.archives[which] / path).unlink(missing_ok=True)
        self.is_current = False

    @rule(which=st.integers(0, 1), path=paths, into=st.integers(0, 1), other=paths)
    def rename(self, which: int, path: str, into: int, other: str) -> None:
        source = self.archives[which] / path
        if source.exists():
            self._put(self.archives[into] / other, b"")
            source.replace(self.archives[into] / other)

    @rule(which=st.integers(0, 1), folder=st.sampled_from(FOLDERS[:2]), into=st.integers(0, 1))
    def move(self, which: int, folder: str, into: int) -> None:
        """Move a whole folder."""
        source, target = self.archives[which] / folder, self.archives[into] / f"{folder} moved"
        if source.exists():
            shutil.rmtree(target, ignore_errors=True)
            source.rename(target)
            self.is_current = False

    @rule(rebuild=st.booleans())
    def bring_up_to_date(self, rebuild: bool) -> None:
        update(self.location, rebuild=rebuild, prune=True)
        self.is_current = True

    @invariant()
    def is_whole_and_equal_to_a_build_from_nothing(self) -> None:
        if not self.is_current:
            return
        self.is_current = False  # once is enough
        fresh = self.folder / "fresh"
        update(fresh, self.archives)
        assert answers(self.location) == answers(fresh)
        shutil.rmtree(fresh)
        assert check(self.location).is_whole

    def teardown(self) -> None:
        self.bring_up_to_date(rebuild=False)
        self.is_whole_and_equal_to_a_build_from_nothing()
        assert update(self.location).unchanged
        shutil.rmtree(self.folder)

    def _put(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.is_current = False


def answers(location: Path) -> list[str]:
    with open_searcher(location) as searcher:
        found = [dump_json({**searcher.search(query).as_json(), "took_ms": 0}) for query in QUERIES]
        stored = sorted((hit.post for hit in searcher.search("", page_size=100).hits), key=lambda post: post.id)
        return [*found, repr(stored), dump_json({**searcher.stats().as_json(), "updated": ""})]


TestArchiveMachine = ArchiveMachine.TestCase
TestArchiveMachine.settings = settings(
    deadline=None, max_examples=5, stateful_step_count=12, suppress_health_check=[HealthCheck.too_slow]
)
