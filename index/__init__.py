"""The index: reading archives, and writing an index of their posts to a folder or a cluster."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.backend import open_whoosh, update
    from index.updates.report import UpdateReport

__all__ = ["UpdateReport", "open_whoosh", "update"]

_MODULES = {
    "update": "index.backend",
    "open_whoosh": "index.backend",
    "UpdateReport": "index.updates.report",
}


def __getattr__(name: str) -> object:
    # Resolved on first use: a look-up on the command line must not pay for importing the writer.
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
