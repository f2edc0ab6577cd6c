"""What was made to take forever or all memory is answered, or refused, like anything else."""

import subprocess
import sys

import pytest

from tests.bombs import KINDS

pytestmark = pytest.mark.thorough

# Many times what they take, on a busy machine too; what goes off takes years.
PATIENCE = 240


@pytest.mark.parametrize("kind", KINDS)
def test_every_bomb_is_a_dud(kind: str) -> None:
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.bombs", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            told, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            told, _ = process.communicate()
            pytest.fail(f"this takes too long: {told.splitlines()[-1]}")
    assert process.returncode == 0, told[-3000:]
    assert told.count("\n") > 30
