"""The description of the API is true: schemathesis asks all that it allows, and holds every answer to it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from searcher import Searcher, SearchRequest
from web import create_app

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"search", "post", "static"}


PATHS = (
    "/api/search",
    "/api/post/{post_id}",
    "/api/suggest",
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
WITH_LIMITS = ("/api/search", "/api/suggest", "/export.{form}", "/feed.atom", "/raw/{post_id}")


@pytest.fixture(scope="module")
def description(searcher: Searcher) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", create_app(searcher))


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_described(description: schemathesis.BaseSchema, path: str) -> None:
    _ask(description[path]["GET"], schemathesis.GenerationMode.POSITIVE)


@pytest.mark.parametrize("path", WITH_LIMITS)
def test_what_the_description_forbids_is_refused_as_described(
    description: schemathesis.BaseSchema, path: str
) -> None:
    _ask(description[path]["GET"], schemathesis.GenerationMode.NEGATIVE)


def _ask(operation: schemathesis.APIOperation, mode: schemathesis.GenerationMode) -> None:
    # Whether a text is a query or a date, no schema can say.
    excluded = [positive_data_acceptance] if any(one.name == "since" for one in operation.query) else []

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        # Called without a server between, it leaves what is compressed as it is.
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=excluded)

    ask()


def test_every_route_and_parameter_is_described(client: FlaskClient) -> None:
    rules = client.application.url_map.iter_rules()
    routes = {re.sub(r"<(?:[^:>]*(?:\(.*\))?:)?(\w+)>", r"{\1}", rule.rule) for rule in rules if rule.endpoint not in PAGES}
    paths = client.get("/openapi.json").get_json()["paths"]
    assert set(paths) == routes == set(PATHS)
    described = {parameter["name"] for parameter in paths["/api/search"]["get"]["parameters"]}
    assert described == {"q" if field.name == "query" else field.name for field in fields(SearchRequest)}
