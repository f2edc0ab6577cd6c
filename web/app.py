"""The Flask application: routes, access checks, error responses and security headers."""

import hashlib
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask, Response, request
from flask_compress import Compress
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from searcher.engine import Searcher
from web.api import export, json_views, openapi, raw, xml_views
from web.http.access import Site, escape_query_string
from web.http.caching import ResponseCache
from web.http.errors import failure_from
from web.http.metrics import Metrics
from web.pages import completions, error, help, imports, post, results, statistics
from web.pages.layout import local_time

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
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Errors under these paths are JSON, since programs read them.
_API = ("/api/", "/export.", "/feed.", "/imports.", "/metrics/", "/openapi.", "/opensearch", "/raw/", "/healthz/")
_STATIC = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 3600
# Monitoring needs no password.
_WITHOUT_PASSWORD = ("healthz",)


def create_app(searcher: Searcher, site: Site | None = None) -> Flask:
    """Return the application that answers from `searcher` to the readers of `site`."""
    site = site or Site()
    # Browsers keep static files for a year. The version in the path also reaches scripts, by their relative imports.
    app = Flask(__name__, static_url_path=f"/static/{_static_version()}")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR
    app.config["COMPRESS_ALGORITHM"] = ["zstd", "br", "gzip"]
    app.wsgi_app = escape_query_string(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.add_template_filter(local_time)
    # Otherwise //host/path would be redirected to another host.
    app.url_map.merge_slashes = False
    metrics = Metrics(app, searcher)
    app.before_request(partial(_check_access, site))
    _add_routes(app, searcher, site, metrics)
    app.register_error_handler(Exception, _error_response)
    app.after_request(_add_headers)
    Compress(app)
    app.after_request(_load_file)  # runs before the compression: the last one registered runs first
    return app


def _add_routes(app: Flask, searcher: Searcher, site: Site, metrics: Metrics) -> None:
    cache = ResponseCache(searcher, site.started)

    def add(rule: str, endpoint: str, view: Callable[..., Response], *arguments: object, cached: bool = False) -> None:
        """Add a view; it may be `cached` if its response depends on the request, the commit and the day alone."""
        view = partial(view, *arguments)
        app.add_url_rule(rule, endpoint, cache.wrap(view) if cached else view)

    # Pages in the navigation; the label of each is the text nav_ENDPOINT.
    app.config["NAVIGATION"] = ("statistics", "imports", "help")
    add("/", "search", results.show, searcher, cached=True)
    add("/post/<path:post_id>", "post", post.show, searcher, cached=True)
    add("/statistics", "statistics", statistics.show, searcher)
    add("/imports", "imports", imports.show, searcher)
    add("/help", "help", help.show, searcher, cached=True)
    add("/completions", "completions", completions.show, searcher, cached=True)

    add("/api/search", "api_search", json_views.search, searcher, cached=True)
    add("/api/post/<path:post_id>", "api_post", json_views.post, searcher, cached=True)
    add("/api/suggest", "api_suggest", json_views.suggest, searcher, cached=True)
    add("/api/explain", "api_explain", json_views.explain, searcher, cached=True)
    add("/api/related/<path:post_id>", "api_related", json_views.related, searcher, cached=True)
    add("/api/stats", "api_stats", json_views.stats, searcher)
    add("/api/imports", "api_imports", json_views.imports, searcher)
    add(f"/export.<any({', '.join(export.FORMS)}):form>", "export", export.export, searcher, cached=True)
    add("/feed.atom", "feed", xml_views.feed, searcher, site, cached=True)
    add("/imports.atom", "imports_feed", xml_views.imports, searcher, site)
    add("/raw/<path:post_id>", "raw", raw.raw, searcher)
    add("/opensearch.xml", "opensearch", xml_views.opensearch, site)
    add("/opensearch/suggest", "opensearch_suggest", json_views.browser_suggest, searcher, cached=True)
    add("/openapi.json", "openapi", openapi.describe, site)
    add("/healthz", "healthz", json_views.healthz, searcher)
    add("/metrics", "metrics", metrics.show)


def _static_version() -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_STATIC.iterdir()))).hexdigest()[:12]


def _check_access(site: Site) -> None:
    site.check_host(request.headers.get("Host", ""))
    if request.endpoint not in _WITHOUT_PASSWORD:
        site.check_password(request.authorization)


def _error_response(exception: Exception) -> Response | HTTPException:
    if isinstance(exception, HTTPException) and (exception.code or 0) < 400:
        return exception  # a redirect
    failure = failure_from(exception, request.path)
    if failure.status == 500:
        _log.exception("failed to answer %s", request.full_path, exc_info=exception)
    is_api = f"{request.path}/".startswith(_API)
    response = json_views.json_response(failure.as_json(), failure.status) if is_api else error.show(failure)
    response.cache_control.no_store = True
    if failure.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="searcher", charset="UTF-8"'
    if isinstance(exception, HTTPException):
        response.headers.extend((name, value) for name, value in exception.get_headers() if name == "Allow")
    return response


def _load_file(response: Response) -> Response:
    """Load a static file into memory: a response that is still an open file would not be compressed."""
    if response.direct_passthrough:
        response.direct_passthrough = False
        response.make_sequence()
    return response


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
