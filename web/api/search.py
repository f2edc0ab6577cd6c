"""Searches and posts as JSON."""

from flask import Response, request

from searcher.engine import Searcher
from searcher.results import post_json, suggestions_json
from web.api.responses import json_response
from web.http.parameters import get_post, number_parameter, search_parameters


def search(searcher: Searcher) -> Response:
    """Answer with a page of hits."""
    return json_response(searcher.search(search_parameters()).as_json())


def post(searcher: Searcher, post_id: str) -> Response:
    """Answer with a post and all its saves."""
    found = get_post(searcher, post_id)
    return json_response(post_json(found, searcher.labels(found.hashtags)))


def related(searcher: Searcher, post_id: str) -> Response:
    """Answer with the posts most like a post."""
    hits = searcher.related(post_id, number_parameter("limit", 10))
    return json_response({"related": [hit.as_json() for hit in hits]})


def suggest(searcher: Searcher) -> Response:
    """Answer with completions of the text `q`."""
    suggestions = searcher.suggest(request.args.get("q", ""), number_parameter("limit", 10))
    return json_response(suggestions_json(suggestions))


def explain(searcher: Searcher) -> Response:
    """Answer with how the query was read, and how the post `post`, if given, was scored."""
    return json_response(searcher.explain(search_parameters(), request.args.get("post") or None).as_json())
