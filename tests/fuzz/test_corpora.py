"""What fuzzing reached before, and what it failed with once, is asked again."""

import time
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.thorough

CORPUS = Path(__file__).with_name("corpus")


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found_before_passes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Who finds an index damaged tries again after a moment, lest it was a commit: here nobody commits.
    monkeypatch.setattr(time, "sleep", lambda _: None)
    inputs = sorted((CORPUS / name).iterdir())
    assert len(inputs) > 5
    for path in inputs:
        try:
            TARGETS[name](path.read_bytes())
        except Exception as error:
            error.add_note(f"from {path}")
            raise
