"""What arguments and options may be, and those that several commands share."""

import os
import re
import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from index.archive.partition import Partition
from index.opensearch.address import read_location

# What a command ends with.
FOUND, NOTHING_FOUND, USAGE, NO_INDEX, UNREADABLE_FILES, INTERRUPTED = 0, 1, 2, 3, 4, 130
EPILOG = (
    "Exit status: 0 done or found, 1 nothing found, 2 usage or bad query, 3 no or outdated index, 4 unreadable files."
)


def default_location() -> Path:
    """Return where an index is kept unless told otherwise: the platform's folder for a user's data."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base, "searcher", "index")


class Location(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """Is the folder of an index, or its address in a cluster."""

    name = "location"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> str | Path:  # noqa: ARG002
        return read_location(str(value))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return [CompletionItem(incomplete, type="dir")]


class Archive(click.Path):
    """Is the folder of an archive."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return [CompletionItem(incomplete, type="dir")]


class FilePart(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """Is a part of the files of an archive."""

    name = "part"

    def convert(self, value: str | Partition, param: click.Parameter | None, ctx: click.Context | None) -> Partition:  # noqa: ARG002
        return value if isinstance(value, Partition) else Partition.parse(value)


class Text(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """Is any text; bytes of the command line that are none become question marks."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return value.encode("utf-8", "replace").decode()


class WebAddress(click.ParamType):  # type: ignore[type-arg]  # older releases take no argument
    """Is the address below which readers find the pages, or nothing."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", value):
            self.fail("an address begins with https:// or http:// and ends before any ? or #.", param, ctx)
        return value


index_option = click.option(
    "--index",
    "location",
    envvar="SEARCHER_INDEX",
    default=default_location,
    show_default="your data folder",
    type=Location(),
    help="Folder of the index, or opensearch+http://HOST:9200/NAME; also SEARCHER_INDEX.",
)
