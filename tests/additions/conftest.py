"""An index that the copies of the project answer from."""

from pathlib import Path

import pytest

from index import update
from tests.conftest import EXAMPLES


@pytest.fixture(scope="session")
def example_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the location of an index over the example archive."""
    location = tmp_path_factory.mktemp("additions") / "index"
    update(location, [EXAMPLES])
    return location
