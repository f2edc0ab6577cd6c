"""Imports point one way: web → searcher → index."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "searcher", "web")
MAY_IMPORT = {"index": set(), "searcher": {"index"}, "web": {"index", "searcher"}}
# Within web, a package imports itself and those before it.
WEB_LAYERS = ("i18n", "http", "pages", "api", "app", "server", "command")
WITHOUT_ENGINE = (
    "query/tree",
    "query/parser",
    "query/dates",
    "request",
    "results",
    "suggest/spelling",
    "suggest/did_you_mean",
)


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_only_what_lies_below(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[0] for name in imports(path)} & set(PACKAGES)
    assert ours <= MAY_IMPORT[package] | {package}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_whoosh_stays_in_the_index_and_its_engine(path: Path) -> None:
    name = name_of(path)
    if name.split(".")[0] != "index" and not name.startswith("searcher.embedded"):
        assert not [one for one in imports(path) if one.split(".")[0] == "whoosh"]


@pytest.mark.parametrize("name", WITHOUT_ENGINE)
def test_the_language_and_its_answers_know_no_engine(name: str) -> None:
    engines = ("searcher.embedded", "searcher.opensearch", "searcher.engine", "numpy", "whoosh")
    assert not [one for one in imports(ROOT / "searcher" / f"{name}.py") if one.startswith(engines)]


@pytest.mark.parametrize("engine", ["embedded", "opensearch"])
def test_no_engine_knows_another(engine: str) -> None:
    other = {"embedded": "opensearch", "opensearch": "embedded"}[engine]
    for path in (ROOT / "searcher" / engine).rglob("*.py"):
        assert not [one for one in imports(path) if one.startswith(f"searcher.{other}")], path


@pytest.mark.parametrize("layer", ["i18n", "http", "pages", "api"])
def test_web_imports_point_one_way(layer: str) -> None:
    above = tuple(f"web.{name}" for name in WEB_LAYERS[WEB_LAYERS.index(layer) + 1 :])
    for path in (ROOT / "web" / layer).rglob("*.py"):
        assert not [name for name in imports(path) if name.startswith(above)], path


def test_no_two_modules_import_each_other() -> None:
    names = {name_of(path): path for path in modules()}
    edges = {name: {one for one in imports(path) if one in names and one != name} for name, path in names.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"a circle: {' → '.join((*trail, name))}"
        if name not in done:
            for below in edges[name]:
                # Whoever imports a module imports the packages around it; that is no choice of the module's.
                if not name.startswith(f"{below}."):
                    visit(below, (*trail, name))
            done.add(name)

    for name in names:
        visit(name, ())
