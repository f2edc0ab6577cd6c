"""Archive in, index out: everything that reads the markdown files and the only code that writes an index."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.backend import update
    from index.updates.report import UpdateReport

__all__ = ["UpdateReport", "update"]


def __getattr__(name: str) -> object:
    # Resolved on first use: a look-up on the command line must not pay for importing the writer.
    if name in __all__:
        from index import backend

        return getattr(backend, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
