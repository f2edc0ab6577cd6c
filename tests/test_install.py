"""A wheel of the project, installed and used without the source tree."""

import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[1]


PACKAGES = ("index", "searcher", "web")
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of the project."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # a copy, since setuptools packs what an earlier build left in build/, too
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", folder, source], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def searcher(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that has the dependencies but not the source."""
    folder = tmp_path_factory.mktemp("install")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*PIP, "--python", python, "install", "--no-deps", wheel], check=True)
    # Only the folder is added: .pth files in it, such as that of an editable install, are not read from there.
    [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.with_name("searcher")


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert not files - set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_works_without_the_source(searcher: Path, tmp_path: Path) -> None:
    def run(*arguments: str | Path) -> str:
        return subprocess.run([searcher, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    index = tmp_path / "index"
    python = searcher.with_name("python")
    where = "import index, web; print(index.__file__, web.__file__)"
    imported = subprocess.run([python, "-c", where], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert str(ROOT) not in imported

    assert version("archive-searcher") in run("--version")
    run("index", EXAMPLES, "--index", index)
    assert "weibo:" in run("search", "大模型", "--index", index)
    serve = [searcher, "serve", "--index", index, "--port", "0", "--workers", "1"]
    with subprocess.Popen(serve, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://[\w.:]+", server.stdout.readline())
            assert address is not None
            with urllib.request.urlopen(f"{address[0]}/?q=%E5%A4%A7%E6%A8%A1%E5%9E%8B", timeout=20) as answer:
                page = answer.read().decode()
            assert "<mark" in page
            for name in ("page.css", "page.js", "icon.svg"):
                path = re.findall(f'"(/static/[^"]*/{name})"', page)[0]
                with urllib.request.urlopen(address[0] + path, timeout=20) as answer:
                    assert answer.status == 200
        finally:
            server.terminate()
