"""A question in, ranked answers out."""

from searcher.engine import Searcher, open_searcher
from searcher.request import SearchRequest

__all__ = ["SearchRequest", "Searcher", "open_searcher"]
