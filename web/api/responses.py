"""Responses in JSON."""

from flask import Response

from searcher.results import dump_json


def json_response(value: object, status: int = 200) -> Response:
    """Return a response with `value` as the command line prints it."""
    return Response(dump_json(value), status, mimetype="application/json")
