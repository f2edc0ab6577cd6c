"""The reports of the last updates: a file for each, named by the manifest."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from index.errors import DamagedIndexError
from index.files.checked_json import damaged, read_json, write_json
from index.updates.report import MAX_IMPORTS, UpdateReport


def keep_report(data: Path, kept: list[str], report: UpdateReport) -> list[str]:
    """Write `report`, if it is news, into the folder `data`; return the names of it and those `kept`, oldest first."""
    if not report.is_news(next(iter(read_reports(data, kept[-1:])), None)):
        return kept
    number = max((int(name.removeprefix("import-").removesuffix(".json")) for name in kept), default=0) + 1
    name = f"import-{number}.json"
    write_json(data / name, report.as_json())
    return [*kept, name][-MAX_IMPORTS:]


def copy_reports(data: Path, kept: list[str], into: Path) -> list[str]:
    """Copy the reports `kept` that can be read from the folder `data` to `into`, and return their names."""
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
