"""The state of the index as JSON: statistics, imports, health."""

from flask import Response

from searcher.engine import Searcher
from web.api.responses import json_response
from web.http.parameters import number_parameter


def stats(searcher: Searcher) -> Response:
    """Answer with the statistics of the index."""
    return json_response(searcher.stats().as_json())


def imports(searcher: Searcher) -> Response:
    """Answer with the reports of the last updates that changed anything, newest first."""
    reports = searcher.imports(number_parameter("limit", 20))
    return json_response({"imports": [report.as_json() for report in reports]})


def healthz(searcher: Searcher) -> Response:
    """Answer ok if the index can be read."""
    searcher.commit()
    return json_response({"status": "ok"})
