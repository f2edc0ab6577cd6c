"""Documents name only paths, symbols and make targets that exist."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
    if path.name != "CHANGELOG.md"
)
TOP = ("index/", "searcher/", "web/", "tests/", "docs/", "examples/", "deploy/", ".ci/")
SOURCES = ("index", "searcher", "web", "tests")
# What a path of the project ends with; `searcher/words.txt` lies in a folder of the user's.
ENDS = ("/", ".py", ".md", ".js", ".css", ".html")

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
PATH = re.compile(r"[\w./-]+")
# A function call, a name with underscores, or a class name: words of prose are none of these.
SYMBOL = re.compile(r"(?:\w+\.)*(?:[a-z]\w*\(\)|[A-Za-z]\w*_\w+|[A-Z][a-z]+[A-Z]\w*)")
TARGET = re.compile(r"^make ([a-z][\w-]*)")


def code_of(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return CODE.findall(prose)


@cache
def source_words() -> set[str]:
    """Return every word of the code and of the files beside it."""
    kinds = {".py", ".js", ".css", ".html"}
    files = [path for top in SOURCES for path in (ROOT / top).rglob("*") if path.suffix in kinds]
    files += [path for path in (ROOT / "deploy").iterdir() if path.is_file()]
    files += [ROOT / "Makefile", ROOT / "pyproject.toml"]
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8", errors="replace"))}


@cache
def module_names() -> set[str]:
    return {path.name for top in SOURCES for path in (ROOT / top).rglob("*.py")}


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page: str) -> None:
    named = [text.split("::")[0] for text in code_of(page)]
    paths = [text for text in named if text.startswith(TOP) and text.endswith(ENDS) and PATH.fullmatch(text)]
    assert not [path for path in paths if not (ROOT / path).exists()]
    modules = [text for text in named if text.endswith(".py") and "/" not in text and PATH.fullmatch(text)]
    assert not [module for module in modules if module not in module_names()]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target, _ in LINK.findall(text) if "://" not in target and not target.startswith("mailto:")]
    assert not [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()]


@pytest.mark.parametrize("page", PAGES)
def test_symbols_exist(page: str) -> None:
    # A test of docs/operating.md holds the names of settings to the program.
    symbols = [text for text in code_of(page) if SYMBOL.fullmatch(text) and not text.startswith("SEARCHER_")]
    parts = {part for symbol in symbols for part in symbol.removesuffix("()").split(".")}
    # A page explains the names of its own examples, too.
    blocks = re.findall(r"^(?:```.*?^```|    .*?)$", (ROOT / page).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    examples = set(re.findall(r"\w+", " ".join(blocks)))
    assert not sorted(parts - source_words() - examples)


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {match[1] for text in code_of(page) if (match := TARGET.match(text))}
    assert not named - targets
