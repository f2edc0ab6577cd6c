"""The engines compared, each in a module of its own that is imported only in the processes that run it."""

from importlib import import_module

from tests.bench.engines.base import Engine

REFERENCE = "tantivy"
ENGINES = {
    "ours": "Ours",
    "tantivy": "Tantivy",
    "fts5": "Fts5",
    "whoosh": "Whoosh",
    "xapian": "Xapian",
}


def load(module: str) -> Engine:
    """Return the engine of a module named in ENGINES; raise ImportError where it is not installed."""
    engine: Engine = getattr(import_module(f"{__name__}.{module}"), ENGINES[module])()
    return engine
