"""The command line."""

from searcher.cli.group import main

__all__ = ["main"]
