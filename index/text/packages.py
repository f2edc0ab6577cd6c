"""Installed packages, inspected without importing them, which takes longer than a search."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def package_folder(package: str) -> Path:
    """Return the folder of an installed package; raise ModuleNotFoundError if there is none."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"The package {package} is not installed.", name=package)
    return Path(spec.submodule_search_locations[0])


def package_version(package: str) -> str:
    """Return the version of an installed package; raise ModuleNotFoundError if there is none."""
    # Importing importlib.metadata takes longer than the rest of opening an index.
    for record in package_folder(package).parent.glob(f"{package}-*.dist-info"):
        return record.name.removeprefix(f"{package}-").removesuffix(".dist-info")
    from importlib import metadata

    return metadata.version(package)


def jieba_dictionary() -> Path:
    """Return the file of jieba's own dictionary."""
    return package_folder("jieba") / "dict.txt"
