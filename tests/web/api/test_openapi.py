"""The description of the API is true: schemathesis asks all that it allows, and holds every answer to it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, assume, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from searcher import Searcher, SearchRequest
from web.app import create_app

pytestmark = pytest.mark.thorough

DOCS = Path(__file__).parents[3] / "docs"
# Called without a server between, schemathesis leaves what is compressed as it is.
PLAIN = {"Accept-Encoding": "identity"}
PAGES = {"search", "post", "statistics", "imports", "help", "completions", "static"}


PATHS = (
    "/api/search",
    "/api/post/{post_id}",
    "/api/suggest",
    "/api/explain",
    "/api/related/{post_id}",
    "/api/imports",
    "/imports.atom",
    "/api/stats",
    "/export.{form}",
    "/feed.atom",
    "/raw/{post_id}",
    "/opensearch.xml",
    "/opensearch/suggest",
    "/openapi.json",
    "/healthz",
    "/metrics",
)

# Where a number or a choice of few is asked for.
WITH_LIMITS = (
    "/api/search",
    "/api/suggest",
    "/api/explain",
    "/api/related/{post_id}",
    "/api/imports",
    "/export.{form}",
    "/feed.atom",
    "/raw/{post_id}",
)
# Filled, so that there is something to describe.
REAL = [
    ("/api/search", {"q": "机器人 -(量子 OR #话题3#)", "date_by": "day"}),
    ("/api/search", {"q": "机气人"}),
    ("/api/explain", {"q": "机器人 (脑机 OR 接口~) -论* since:2025", "post": "arxiv:2505.01234"}),
    ("/api/suggest", {"q": "ji"}),
    ("/api/imports", {}),
    ("/export.{form}", {"q": "机器人"}),
    ("/api/post/{post_id}", {}),
    ("/api/related/{post_id}", {}),
    ("/raw/{post_id}", {}),
]


@pytest.fixture(scope="module")
def description(searcher: Searcher) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", create_app(searcher))


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_described(description: schemathesis.BaseSchema, path: str) -> None:
    _ask(description[path]["GET"], schemathesis.GenerationMode.POSITIVE)


@pytest.mark.parametrize("path", WITH_LIMITS)
def test_forbidden_parameters_are_refused_as_described(description: schemathesis.BaseSchema, path: str) -> None:
    _ask(description[path]["GET"], schemathesis.GenerationMode.NEGATIVE)


@pytest.mark.parametrize(("path", "query"), REAL, ids=[f"{path} {query.get('q', '')}" for path, query in REAL])
def test_full_answers_are_as_described(
    description: schemathesis.BaseSchema, searcher: Searcher, path: str, query: dict[str, str]
) -> None:
    post_id = searcher.search("脑机接口").hits[0].post.id
    known = {"post_id": post_id, "form": "json"}
    case = description[path]["GET"].Case(
        path_parameters={name: value for name, value in known.items() if f"{{{name}}}" in path}, query=query
    )
    assert case.call_and_validate(headers=PLAIN).status_code == 200


def _ask(operation: schemathesis.APIOperation, mode: schemathesis.GenerationMode) -> None:
    # Whether a text is a query or a date, no schema can say.
    excluded = [positive_data_acceptance] if any(one.name == "since" for one in operation.query) else []

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        # That an empty value is as good as none is described in words alone.
        assume(all(str(part).strip() for value in case.query.values() for part in _parts(value)))
        case.call_and_validate(headers=PLAIN, excluded_checks=excluded)

    ask()


def _parts(value: object) -> list[object]:
    return [part or "" for part in value] or [""] if isinstance(value, list) else [value or ""]


def test_every_route_and_parameter_is_described(client: FlaskClient) -> None:
    rules = client.application.url_map.iter_rules()
    routes = {
        re.sub(r"<(?:[^:>]*(?:\(.*\))?:)?(\w+)>", r"{\1}", rule.rule) for rule in rules if rule.endpoint not in PAGES
    }
    paths = client.get("/openapi.json").get_json()["paths"]
    assert set(paths) == routes == set(PATHS)
    described = {parameter["name"] for parameter in paths["/api/search"]["get"]["parameters"]}
    assert described == {"q" if field.name == "query" else field.name for field in fields(SearchRequest)}
