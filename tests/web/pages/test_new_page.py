"""A page costs a module, a template, its texts, and its lines in the route table."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import web
from index import update
from tests.conftest import EXAMPLES

ROOT = Path(web.__file__).parents[1]
MODULE = """
from flask import Response

from searcher.engine import Searcher
from searcher.request import SearchRequest
from web.pages.layout import make_layout, render_page


def show(searcher: Searcher) -> Response:
    return render_page("about.html", make_layout(SearchRequest()), posts=searcher.stats().posts)
"""
TEMPLATE = """{% extends "base.html" %}
{% block main %}<main id="content">{{ text('about', n=posts) }}</main>{% endblock %}
"""
TEXTS = """
    "nav_about": ("关于", "About"),
    "about": ("共 {n} 篇文章", "{n} posts in all"),"""
ROUTE = """
    add("/about", "about", about.show, searcher)"""
ASK = """
import sys
from searcher import open_searcher
from web.app import create_app

with open_searcher(sys.argv[1]) as searcher:
    print(create_app(searcher).test_client().get("/about", headers={"Accept-Language": "en"}).text)
"""


def insert(path: Path, after: str, added: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(after) == 1
    path.write_text(text.replace(after, after + added), encoding="utf-8")


def test_a_page_is_added_in_four_files(tmp_path: Path, location: Path) -> None:
    update(location, [EXAMPLES])
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "web", copy / "web")
    (copy / "web/pages/about.py").write_text(MODULE, encoding="utf-8")
    (copy / "web/templates/about.html").write_text(TEMPLATE, encoding="utf-8")
    insert(copy / "web/i18n/texts.py", '"nav_help": ("帮助", "Help"),', TEXTS)
    insert(copy / "web/app.py", "from web.pages import ", "about, ")
    insert(copy / "web/app.py", 'add("/help", "help", help.show, searcher, cached=True)', ROUTE)
    insert(copy / "web/app.py", '"NAVIGATION"] = ("statistics", "imports", "help"', ', "about"')
    command = [sys.executable, "-c", ASK, str(location)]
    environment = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "31 posts in all" in done.stdout
    assert 'aria-current="page">About</a>' in done.stdout
