"""A few seconds of what `make soak` does for minutes: a busy server whose archive changes."""

from pathlib import Path

import pytest

from tests.endure.soak import soak

pytestmark = pytest.mark.thorough

READERS = 4
# By two workers at most: the dictionary, and some eight segments of each of two commits.
MOST_MAPPED = 2 * (1 + 2 * 8)


def test_a_busy_server_answers_right_while_its_archive_changes(tmp_path: Path) -> None:
    outcome = soak(tmp_path, seconds=2, posts=300, readers=READERS, pause=0.1)
    assert outcome.problems == []
    assert outcome.updates >= 3
    assert {status for _, status in outcome.answers} <= {"200", "304", "400", "404", "left"}
    assert outcome.answers["one commit", "200"] > 0
    # Each segment that is mapped keeps its file open, and those of commits before are let go of.
    opened = [one.open - one.mapped for one in outcome.held]
    assert max(opened) <= opened[0] + 2 * READERS
    assert max(one.mapped for one in outcome.held) <= MOST_MAPPED
