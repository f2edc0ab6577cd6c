"""The real life of an archive: imported day by day, and one day rewritten every hour."""

import shutil
from collections.abc import Callable
from pathlib import Path

from index import update
from tests.endure.states import days_of, differences


def import_days(real: Path, folder: Path, is_compared: Callable[[int, int], bool]) -> tuple[int, int]:
    """Import the archive `real` day by day, compare with builds from nothing, and return how many days and builds."""
    archive, location = folder / "archive", folder / "index"
    days = list(days_of(real))
    compared = 0
    for number, day in enumerate(days, 1):
        shutil.copytree(day, archive / "papers" / day.name)
        report = update(location, [archive])
        assert report.added.count + report.changed.count + report.resaved.count + report.moved.count
        assert not report.lost.count
        if is_compared(number, len(days)):
            assert differences(location, archive, folder / "fresh") == [], f"on {day.name}"
            compared += 1
    assert update(location).unchanged
    return len(days), compared


def rewrite_hours(hours: Path, folder: Path, is_compared: Callable[[int, int], bool]) -> tuple[int, int]:
    """Let a day's folder be what it was hour by hour, and compare as `import_days` does."""
    archive, location = folder / "archive", folder / "index"
    stages = sorted(path for path in hours.iterdir() if path.is_dir())
    compared = 0
    for number, stage in enumerate(stages, 1):
        day = archive / "papers" / hours.name
        shutil.rmtree(day, ignore_errors=True)
        shutil.copytree(stage, day)
        update(location, [archive])
        if is_compared(number, len(stages)):
            assert differences(location, archive, folder / "fresh") == [], f"at {stage.name}"
            compared += 1
    assert update(location).unchanged
    return len(stages), compared
