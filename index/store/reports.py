"""The reports of the last updates, kept in the index: a file each, named by the manifest."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from index.errors import DamagedIndexError
from index.files.checked_json import damaged, read_json, write_json
from index.updates.report import UpdateReport

# How many reports are kept.
MAX_IMPORTS = 50


def is_news(report: UpdateReport, data: Path, kept: list[str]) -> bool:
    """Tell whether `report` says anything that the last of those `kept` doesn't: an hourly run mostly has nothing."""
    if not report.unchanged or not kept:
        return True
    (last,) = read_reports(data, kept[-1:])
    return (report.malformed, report.unopened) != (last.malformed, last.unopened)


def keep_report(data: Path, kept: list[str], report: UpdateReport) -> list[str]:
    """Write `report` beside those `kept` in the folder `data`, and return the names of the last, oldest first."""
    number = max((int(name.removeprefix("import-").removesuffix(".json")) for name in kept), default=0) + 1
    name = f"import-{number}.json"
    write_json(data / name, report.as_json())
    return [*kept, name][-MAX_IMPORTS:]


def copy_reports(data: Path, kept: list[str], into: Path) -> list[str]:
    """Copy what can be read of the reports `kept` in the folder `data` to the folder `into`, and return the names."""
    copied = []
    for name in kept:
        with suppress(DamagedIndexError):
            write_json(into / name, read_json(data / name))
            copied.append(name)
    return copied


def read_reports(data: Path, kept: Iterable[str]) -> tuple[UpdateReport, ...]:
    """Return the reports `kept` in the folder `data`, in the order given; raise DamagedIndexError."""
    return tuple(_read(data / name) for name in kept)


def _read(path: Path) -> UpdateReport:
    try:
        return UpdateReport.from_json(read_json(path))
    except (TypeError, LookupError) as error:
        raise damaged(path, error) from error
