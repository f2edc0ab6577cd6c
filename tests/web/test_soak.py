"""A few seconds of what `make soak` does for minutes: a busy server whose archive changes."""

from pathlib import Path

from tests.endure.soak import soak


def test_a_busy_server_answers_right_while_its_archive_changes(tmp_path: Path) -> None:
    outcome = soak(tmp_path, seconds=4, posts=400, readers=6, pause=0.2)
    assert outcome.problems == []
    assert outcome.updates >= 3
    assert {status for _, status in outcome.answers} <= {"200", "304", "400", "404", "left"}
    assert outcome.answers["one commit", "200"] > 0
    # Segments of commits before are let go of: an update adds one, and a few are open while they are asked.
    half = len(outcome.held) // 2
    assert max(one.open for one in outcome.held[half:]) <= max(one.open for one in outcome.held[:half]) + 8
    assert outcome.held[-1].mapped <= 40
