"""The pages on the API name every address, parameter, error and metric, and say the same in both languages."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.http import errors

DOCS = Path(__file__).parents[3] / "docs"
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("api.md", "api.zh.md")}


@pytest.mark.parametrize("page", TEXTS)
def test_a_page_names_everything_that_is_described(client: FlaskClient, page: str) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    named = set(re.findall(r"`([^`]+)`", TEXTS[page]))
    assert named >= set(paths)
    assert named >= {one["name"] for path in paths.values() for one in path["get"]["parameters"]} - {"post_id", "form"}


@pytest.mark.parametrize("page", TEXTS)
def test_a_page_names_every_error_with_its_status(page: str) -> None:
    rows = dict(re.findall(r"^\| (\d{3}) \| (.*) \|$", TEXTS[page], re.MULTILINE))
    for error, status in errors.STATUS.items():
        assert f"`{error.code}`" in rows[str(status)], error


@pytest.mark.parametrize("page", TEXTS)
def test_a_page_names_every_metric(client: FlaskClient, page: str) -> None:
    client.get("/api/search")
    names = set(re.findall(r"^# TYPE (\w+) ", client.get("/metrics").text, re.MULTILINE))
    assert {name for name in names if not name.endswith("_created")} <= set(re.findall(r"searcher_\w+", TEXTS[page]))


def test_both_pages_have_the_same_rows() -> None:
    one, other = (re.findall(r"^\| (`[^`]+`|\d+)", text, re.MULTILINE) for text in TEXTS.values())
    assert one == other
