"""A small part of what `make endure` runs in full: whatever happens, an index is whole, old or new."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NO_REAL_ARCHIVE, REAL_ARCHIVE, REAL_HOURS
from tests.endure.history import import_days, rewrite_hours
from tests.endure.reading import READERS, commit_and_read
from tests.endure.states import days_of

pytestmark = pytest.mark.thorough


def run(module: str, *arguments: object) -> str:
    """Run a module of tests/endure as a process of its own, and return what it prints."""
    command = [sys.executable, "-m", f"tests.endure.{module}", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not REAL_ARCHIVE.is_dir(), reason=NO_REAL_ARCHIVE)
def test_daily_imports_of_a_real_archive_equal_a_fresh_build(tmp_path: Path) -> None:
    days, compared = import_days(REAL_ARCHIVE, tmp_path, lambda day, days: day % 24 == 9 or day == days)
    assert days == len(list(days_of(REAL_ARCHIVE)))
    assert compared >= 3


@pytest.mark.skipif(
    not REAL_HOURS.is_dir(), reason="need a real archive by the hour (beside the one at SEARCHER_TEST_ARCHIVE)"
)
def test_hourly_rewrites_of_a_real_day_equal_a_fresh_build(tmp_path: Path) -> None:
    hours, compared = rewrite_hours(REAL_HOURS, tmp_path, lambda hour, _: hour % 8 == 0)
    assert (hours, compared) == (24, 3)


@pytest.mark.parametrize("how", ["kill", "limit"])
def test_an_update_cut_off_leaves_the_old_index_or_new(tmp_path: Path, how: str) -> None:
    assert "cut off, index old" in run("killing", how, tmp_path, 9)


@pytest.mark.parametrize("how", ["build", "update", "rebuild"])
def test_lost_unsynced_writes_leave_the_old_index_or_the_new(tmp_path: Path, how: str) -> None:
    told = run("forgetting", how, tmp_path, 1, {"build": 6, "update": 12, "rebuild": 12}[how])
    assert " old" in told
    assert " 0 new" not in told or how == "build"


def test_readers_see_nothing_but_commits(tmp_path: Path) -> None:
    outcome = commit_and_read(tmp_path, 12)
    assert outcome.wrong == []
    assert len(outcome.answers) == READERS
    assert min(outcome.answers) > 5
