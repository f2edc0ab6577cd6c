"""A new facet costs a row of the table of fields and its texts in two languages."""

import json
from typing import Any

import pytest

from tests.additions.project import Addition, Edit, Project
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.thorough

ROW = """\
    Field(
        name="media",
        read=lambda post: _present("image" if post.latest.content.images else ""),
        normalize=str.lower,
        in_queries=True,
        parameter="Only posts with media of this kind: `image`.",
        option=True,
        facet="media",
    ),
"""
TEXTS = """\
    "facet_media": ("媒体", "Media"),
    "kind_field_media": ("媒体", "media"),
"""
ADDITION = Addition(
    (
        Edit("index/schema/fields.py", "_ROWS = (\n", ROW),
        Edit("web/i18n/texts.py", "    # Facets\n", TEXTS),
    )
)
# Asks a program with the row for the facet at every place where there is one.
QUESTIONS = """
import json, sys
from click.testing import CliRunner
from index import update
from searcher import SearchRequest, open_searcher
from searcher.cli.group import main
from web.app import create_app

archive, location = sys.argv[1:]
update(location, [archive])
with open_searcher(location) as searcher:
    found = searcher.search(SearchRequest("media:IMAGE", page_size=100))
    client = create_app(searcher).test_client()
    print(json.dumps({
        "images": [bool(hit.post.latest.content.images) for hit in found.hits],
        "json": client.get("/api/search?media=Image&page_size=100").get_json(),
        "all": client.get("/api/search?page_size=100").get_json(),
        "page": client.get("/?media=image&lang=en").text,
        "page_zh": client.get("/?lang=zh").text,
        "completions": client.get("/completions?q=media:i&cursor=7&lang=en").text,
        "openapi": client.get("/openapi.json").get_json(),
        "command": CliRunner().invoke(main, ["search", "--index", location, "--media", "image", "--json"]).output,
        "help": CliRunner().invoke(main, ["search", "--help"]).output,
    }))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = Project(tmp_path_factory.mktemp("facet") / "project", ADDITION)
    answers: dict[str, Any] = project.answers(QUESTIONS, EXAMPLES, project.folder / "data")
    return answers


def test_a_new_field_filters_by_query_and_by_parameter(answers: dict[str, Any]) -> None:
    ids = {hit["id"] for hit in answers["json"]["hits"]}
    assert ids == {hit["id"] for hit in answers["all"]["hits"] if hit["images"]}
    assert answers["images"] == [True] * len(ids)


def test_a_new_facet_is_counted_in_json(answers: dict[str, Any]) -> None:
    count = answers["json"]["total"]
    bucket = {"value": "image", "label": "image", "count": count, "selected": False}
    assert 0 < count < answers["all"]["total"]
    assert answers["all"]["facets"]["media"] == [bucket]
    assert answers["json"]["facets"]["media"] == [{**bucket, "selected": True}]


def test_a_new_facet_is_on_the_page_in_both_languages(answers: dict[str, Any]) -> None:
    assert '<section class="facet" id="facet-media">' in answers["page"]
    assert "<h2>Media</h2>" in answers["page"]
    assert "<h2>媒体</h2>" in answers["page_zh"]
    assert "Media: image" in answers["page"]
    assert '<input type="hidden" name="media" value="image">' in answers["page"]
    assert "media:image" in answers["completions"]


def test_a_new_filter_is_described_and_on_the_command_line(answers: dict[str, Any]) -> None:
    parameters = answers["openapi"]["paths"]["/api/search"]["get"]["parameters"]
    assert "Only posts with media of this kind: `image`." in [one["description"].split(" Rep")[0] for one in parameters]
    assert "media" in answers["openapi"]["components"]["schemas"]["Results"]["properties"]["facets"]["required"]
    assert json.loads(answers["command"])["total"] == answers["json"]["total"]
    assert "Only posts with media of this kind: image." in " ".join(answers["help"].split())
