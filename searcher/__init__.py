"""Search of an index: queries, ranking and results."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searcher.engine import Searcher, open_searcher
    from searcher.request import SearchRequest

__all__ = ["SearchRequest", "Searcher", "open_searcher"]


def __getattr__(name: str) -> object:
    # Imported on first use, since the command line sets a variable of OpenBLAS before NumPy is imported.
    if name in __all__:
        from searcher import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
