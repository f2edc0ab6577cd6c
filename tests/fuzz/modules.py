"""Every module of the project."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
PACKAGES = ("index", "searcher", "web")


def every_module() -> Iterator[ModuleType]:
    """Import and yield all modules but those that run when they are imported."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not module.name.endswith("__main__"):
                yield importlib.import_module(module.name)
