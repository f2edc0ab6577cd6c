"""The Flask application: which address is answered by what, and the headers of every answer."""

import logging
from functools import partial

from flask import Flask, Response, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from searcher.engine import Searcher
from web import api, views
from web.failures import failure_of

_log = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self' http: https: data:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(searcher: Searcher) -> Flask:
    """Return the application that answers from `searcher`."""
    app = Flask(__name__)
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.add_url_rule("/", "search", partial(views.search, searcher))
    app.add_url_rule("/post/<path:post_id>", "post", partial(views.post, searcher))
    app.add_url_rule("/statistics", "statistics", partial(views.statistics, searcher))
    app.add_url_rule("/imports", "imports", partial(views.imports, searcher))
    app.add_url_rule("/help", "help", partial(views.help_, searcher))
    app.add_url_rule("/completions", "completions", partial(views.completions, searcher))
    app.add_url_rule("/api/search", "api_search", partial(api.search, searcher))
    app.add_url_rule("/api/post/<path:post_id>", "api_post", partial(api.post, searcher))
    app.add_url_rule("/api/suggest", "api_suggest", partial(api.suggest, searcher))
    app.add_url_rule("/api/stats", "api_stats", partial(api.stats, searcher))
    app.add_url_rule("/healthz", "healthz", partial(api.healthz, searcher))
    app.register_error_handler(Exception, _failed)
    app.after_request(_add_headers)
    return app


def _failed(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.code or 0) < 400:
        return error  # a redirect
    failure = failure_of(error, request.path)
    if failure.status == 500:
        _log.exception("failed to answer %s", request.full_path, exc_info=error)
    is_page = not f"{request.path}/".startswith(("/api/", "/healthz/"))
    response = views.failed(failure) if is_page else api.json_response(failure.as_json(), failure.status)
    if isinstance(error, HTTPException):
        response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
