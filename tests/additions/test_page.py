"""A new page costs a module, a template, its texts, and its lines in the route table."""

from pathlib import Path

import pytest

from tests.additions.project import Addition, Edit, Project

pytestmark = pytest.mark.thorough

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
QUESTIONS = """
import json, sys
from searcher import open_searcher
from web.app import create_app

with open_searcher(sys.argv[1]) as searcher:
    client = create_app(searcher).test_client()
    print(json.dumps([client.get("/about", headers={"Accept-Language": code}).text for code in ("en", "zh")]))
"""
ADDITION = Addition(
    (
        Edit("web/i18n/texts.py", '"nav_help": ("帮助", "Help"),', TEXTS),
        Edit("web/app.py", "from web.pages import ", "about, "),
        Edit("web/app.py", 'add("/help", "help", help.show, searcher, cached=True)', ROUTE),
        Edit("web/app.py", '"NAVIGATION"] = ("statistics", "imports", "help"', ', "about"'),
    ),
    {"web/pages/about.py": MODULE, "web/templates/about.html": TEMPLATE},
)


def test_a_new_page_is_served_in_both_languages(tmp_path: Path, example_index: Path) -> None:
    english, chinese = Project(tmp_path / "project", ADDITION).answers(QUESTIONS, example_index)
    assert "31 posts in all" in english
    assert 'aria-current="page">About</a>' in english
    assert "共 31 篇文章" in chinese
