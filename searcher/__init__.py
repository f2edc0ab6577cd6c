"""A question in, ranked answers out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searcher.engine import Searcher, open_searcher
    from searcher.request import SearchRequest

__all__ = ["SearchRequest", "Searcher", "open_searcher"]


def __getattr__(name: str) -> object:
    # Resolved on first use: the command line has something to say before NumPy is imported.
    if name in __all__:
        from searcher import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
