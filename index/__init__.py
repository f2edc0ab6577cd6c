"""The index: reading archives, and writing an index of their posts to a folder or a cluster."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.backend import open_whoosh, update
    from index.updates.report import UpdateReport

__all__ = ["UpdateReport", "open_whoosh", "update"]


def __getattr__(name: str) -> object:
    # Resolved on first use: a look-up on the command line must not pay for importing the writer.
    if name in __all__:
        from index import backend

        return getattr(backend, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
