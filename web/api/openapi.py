"""The OpenAPI 3.1 description of the API, to which tests hold every answer."""

from importlib.metadata import version
from typing import Any

from flask import Response
from msgspec.json import schema_components

from index.schema.fields import FACETS, FILTERS
from searcher import json_types
from searcher.request import MAX_PAGE, MAX_PAGE_SIZE, MAX_VALUES, DateUnit, Sort
from web.api.export import FORMS
from web.api.json_views import json_response
from web.http.access import Site

_Schema = dict[str, Any]


def describe(site: Site) -> Response:
    """Answer with the description."""
    return json_response(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Searcher",
                "version": version("archive-searcher"),
                "description": "Searches an archive of saved posts. Every error has one shape, `Error`. "
                "An empty parameter is as good as none.",
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": site.url.rstrip("/") or "/"}],
            "security": [{}, {"password": []}] if site.password else [],
            "paths": _PATHS,
            "components": {
                "schemas": _SCHEMAS,
                "securitySchemes": {"password": {"type": "http", "scheme": "basic"}},
            },
        }
    )


def _object(properties: _Schema) -> _Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> _Schema:
    return {"$ref": _REFERENCE.format(name=name)}


def _parameter(name: str, description: str, schema: _Schema, **more: Any) -> _Schema:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _repeatable(name: str, description: str) -> _Schema:
    values = {**_list(_TEXT), "maxItems": MAX_VALUES}
    return _parameter(name, f"{description} Repeatable: any of the values.", values, style="form", explode=True)


def _number(most: int, default: int) -> _Schema:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default}


def _get(
    summary: str, answer: _Schema, *parameters: _Schema, failures: tuple[str, ...] = (), form: str = "application/json"
) -> _Schema:
    """Return the description of a GET request, whose answer has one of the media types in `form`."""
    content = {media_type: {"schema": answer} for media_type in form.split()}
    responses = {"200": {"description": "The answer.", "content": content}}
    responses |= {status: _failure(status) for status in (*failures, *_ALWAYS)}
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": responses}}


def _failure(status: str) -> _Schema:
    return {"description": _REASONS[status], "content": {"application/json": {"schema": _ref("Error")}}}


_REASONS = {
    "304": "Nothing has changed since the answer whose `ETag` or `Last-Modified` was sent along.",
    "400": "The query or a parameter has no meaning; the message says which.",
    "401": "The password is missing or another.",
    "404": "There is no such thing.",
    "503": "The index can't be read; the message says what to do.",
}
_ALWAYS = ("401", "503")
_TEXT = {"type": "string"}
_REFERENCE = "#/components/schemas/{name}"
_, _SCHEMAS = schema_components(json_types.ANSWERS, ref_template=_REFERENCE)
# The facets are those of the table of fields.
_SCHEMAS["Results"]["properties"]["facets"] = _object({name: _list(_ref("Bucket")) for name in FACETS})
_QUERY = _parameter("q", "The query, in the query language; without one, every post.", _TEXT)
_WHICH = (
    _QUERY,
    *(_repeatable(name, field.parameter) for name, field in FILTERS.items()),
    _parameter("since", "Only posts published on this date or later: `2025`, `2025-05`, `2025-05-09`, `7d`.", _TEXT),
    _parameter("until", "Only posts published up to this date, itself included.", _TEXT),
)
_SORT = _parameter("sort", "The order of the hits.", {"enum": [sort.value for sort in Sort], "default": "relevance"})
_LIMIT = _parameter("limit", "How many, at most.", _number(MAX_PAGE_SIZE, 10))
_SEARCH = (
    *_WHICH,
    _SORT,
    _parameter("page", "The page, from 1.", _number(MAX_PAGE, 1)),
    _parameter("page_size", "Hits a page.", _number(MAX_PAGE_SIZE, 10)),
    _parameter(
        "date_by", "What dates are counted by.", {"enum": [unit.value for unit in DateUnit], "default": "month"}
    ),
    _parameter("hashtag_like", "Count only hashtags that have this in their name, and the chosen ones.", _TEXT),
)
_POST_ID = {"name": "post_id", "in": "path", "required": True, "description": "As a hit names it.", "schema": _TEXT}
_PATHS: _Schema = {
    "/api/search": _get("Find posts", _ref("Results"), *_SEARCH, failures=("400",)),
    "/api/post/{post_id}": _get("Give a post with all its saves", _ref("Post"), _POST_ID, failures=("404",)),
    "/api/suggest": _get(
        "Complete what was typed",
        _ref("Suggestions"),
        _parameter("q", "What was typed: text, pinyin or its initials; after `#` hashtags alone.", _TEXT),
        _LIMIT,
        failures=("400",),
    ),
    "/api/explain": _get(
        "Tell how a query was read, and why a post is a hit or not",
        _ref("Explanation"),
        *_SEARCH,
        _parameter("post", "The id of the post that is asked about.", _TEXT),
        failures=("400", "404"),
    ),
    "/api/related/{post_id}": _get(
        "Give the posts that share most with a post", _ref("Related"), _POST_ID, _LIMIT, failures=("400", "404")
    ),
    "/api/imports": _get(
        "Tell what the last updates of the index did",
        _ref("Imports"),
        _parameter("limit", "Updates; at most 50 are kept.", _number(MAX_PAGE_SIZE, 20)),
        failures=("400",),
    ),
    "/imports.atom": _get("Give the last updates of the index as a feed", _TEXT, form="application/atom+xml"),
    "/api/stats": _get("Tell what the index holds", _ref("Stats")),
    "/export.{form}": _get(
        "Give every hit as one document",
        {"description": "`Results` with every hit, a table, or a list."},
        {
            "name": "form",
            "in": "path",
            "required": True,
            "description": "Which document.",
            "schema": {"enum": list(FORMS)},
        },
        *_WHICH,
        _SORT,
        failures=("400", "404"),
        form=" ".join(media_type for media_type, _ in FORMS.values()),
    ),
    "/feed.atom": _get(
        "Give the newest hits as a feed",
        _TEXT,
        *_WHICH,
        _parameter("page_size", "Entries.", _number(MAX_PAGE_SIZE, 30)),
        failures=("400",),
        form="application/atom+xml",
    ),
    "/raw/{post_id}": _get(
        "Give the file of a save as it lies in the archive",
        _TEXT,
        _POST_ID,
        _parameter(
            "save",
            "Which of the post's saves, the oldest 1; without it, the latest.",
            {"type": "integer", "minimum": 1},
        ),
        failures=("400", "404"),
        form="text/plain",
    ),
    "/opensearch.xml": _get(
        "Describe this search engine to a browser", _TEXT, form="application/opensearchdescription+xml"
    ),
    "/opensearch/suggest": _get(
        "Complete what was typed into a browser's address bar",
        {"type": "array", "description": "What was typed, and a list of texts that complete it."},
        _parameter("q", "What was typed.", _TEXT),
        form="application/x-suggestions+json",
    ),
    "/openapi.json": _get("Give this description", {"type": "object"}),
    "/healthz": _get("Tell that the index can be read", _object({"status": {"const": "ok"}})),
    "/metrics": _get("Give figures to Prometheus", _TEXT, form="text/plain"),
}
