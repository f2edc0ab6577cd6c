"""Imports point one way: web → searcher → index, and inside each from its upper packages to its lower ones."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "searcher", "web")

# A package or module of each, and those of the same that it may import beside itself.
_TEXT = {"errors", "files", "text"}
_SCHEMA = {*_TEXT, "archive", "schema"}
_WHOOSH = {*_SCHEMA, "segments", "whoosh"}
_QUERY = {"errors", "query"}
_TEXTS = {*_QUERY, "patterns", "results"}
_ANSWERS = {*_TEXTS, "explanation", "facets", "json_types", "ranking", "request", "snippets", "suggest"}
MAY_IMPORT: dict[str, dict[str, set[str]]] = {
    "index": {
        "errors": set(),
        "files": {"errors"},
        "text": {"errors", "files"},
        "archive": _TEXT,
        "schema": {*_TEXT, "archive"},
        "segments": _SCHEMA,
        "whoosh": {*_SCHEMA, "segments"},
        "updates": _SCHEMA,
        # The backends know the update flow, and never each other.
        "store": {*_WHOOSH, "updates"},
        "opensearch": {*_SCHEMA, "updates"},
        "backend": {*_SCHEMA, "updates", "store", "opensearch", "whoosh"},
        "": {"backend", "updates"},
    },
    "searcher": {
        "errors": set(),
        "json_types": set(),
        "request": {"errors"},
        "results": {"errors", "json_types"},
        "query": {"errors"},
        "ranking": _QUERY,
        "explanation": {*_QUERY, "json_types", "ranking", "results"},
        "facets": {*_QUERY, "request", "results"},
        "patterns": _QUERY,
        "snippets": _TEXTS,
        "suggest": {*_QUERY, "results"},
        "export": {"results"},
        "explainer": _ANSWERS,
        # The engines share the ranking and the form of their answers, and never know each other.
        "embedded": {*_ANSWERS, "explainer"},
        "opensearch": {*_ANSWERS, "explainer"},
        "engine": {*_ANSWERS, "embedded", "opensearch"},
        "copying": {*_ANSWERS, "engine"},
        "cli": {*_ANSWERS, "", "copying", "engine", "export"},
        "__main__": {"cli"},
        "": {"engine", "errors", "request", "results"},
    },
    "web": {
        "i18n": set(),
        "http": {"i18n"},
        "pages": {"i18n", "http"},
        "api": {"i18n", "http", "pages"},
        "app": {"i18n", "http", "pages", "api"},
        "server": {"i18n", "http", "pages", "api", "app"},
        "command": {"i18n", "http", "pages", "api", "app", "server"},
        "": {"app"},
    },
}
# The importers of each backend and of the segments, beside themselves.
BACKENDS = {
    "index.store": ("index.backend", "searcher.embedded"),
    "index.segments": ("index.store", "index.whoosh", "searcher.embedded"),
    "index.opensearch": ("index.backend", "searcher.opensearch"),
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports anywhere in it, be it for types alone or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else str(node.module) for name in names)


def part_of(module: str) -> tuple[str, str]:
    """Return the package of a module, and the package or module in that which it belongs to."""
    package, _, rest = module.partition(".")
    return package, rest.partition(".")[0]


def is_within(module: str, *packages: str) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_lower_packages(name: str) -> None:
    package, part = part_of(name)
    below = set(PACKAGES[: PACKAGES.index(package)])
    for imported in imports(MODULES[name]):
        other, other_part = part_of(imported)
        if other == package:
            assert other_part in MAY_IMPORT[package][part] | {part}, f"{name} imports {imported}"
        else:
            assert other not in PACKAGES or other in below, f"{name} imports {imported}"


@pytest.mark.parametrize("name", MODULES)
def test_only_the_seam_and_its_engine_import_a_backend(name: str) -> None:
    for imported in imports(MODULES[name]):
        for backend, importers in BACKENDS.items():
            if is_within(imported, backend):
                assert is_within(name, backend, *importers), f"{name} imports {imported}"


@pytest.mark.parametrize("name", MODULES)
def test_only_the_seam_imports_an_engine(name: str) -> None:
    for imported in imports(MODULES[name]):
        for engine in ("searcher.embedded", "searcher.opensearch"):
            if is_within(imported, engine):
                assert is_within(name, engine, "searcher.engine"), f"{name} imports {imported}"


@pytest.mark.parametrize("name", MODULES)
def test_whoosh_is_imported_by_its_package_alone(name: str) -> None:
    if not is_within(name, "index.whoosh"):
        assert not [imported for imported in imports(MODULES[name]) if is_within(imported, "whoosh")]


@pytest.mark.parametrize(
    "name", [name for name in MODULES if is_within(name, "searcher.query", "searcher.suggest", "searcher.request")]
)
def test_the_query_language_imports_no_arrays(name: str) -> None:
    assert not [imported for imported in imports(MODULES[name]) if is_within(imported, "numpy", "whoosh")]


def test_no_two_modules_import_each_other() -> None:
    edges = {name: {one for one in imports(path) if one in MODULES and one != name} for name, path in MODULES.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"a circle: {' → '.join((*trail, name))}"
        if name not in done:
            for below in edges[name]:
                # Whoever imports a module imports the packages around it; that is no choice of the module's.
                if not name.startswith(f"{below}."):
                    visit(below, (*trail, name))
            done.add(name)

    for name in MODULES:
        visit(name, ())
