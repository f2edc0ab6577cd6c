"""The Flask application: which address is answered by what, and the headers of every answer."""

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
from web.api import browser_search, export, feeds, json, openapi, raw
from web.http.access import Site, in_ascii
from web.http.caching import Freshness
from web.http.errors import failure_of
from web.http.metrics import Metrics
from web.pages import views

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
# What programs ask for: they are told of failures as JSON.
_FOR_PROGRAMS = (
    "/api/",
    "/export.",
    "/feed.",
    "/imports.",
    "/metrics/",
    "/openapi.",
    "/opensearch",
    "/raw/",
    "/healthz/",
)
_STATIC = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 3600
# Whoever watches over the server needs no password to learn that it lives.
_WITHOUT_PASSWORD = ("healthz",)


def create_app(searcher: Searcher, site: Site | None = None) -> Flask:
    """Return the application that answers from `searcher` to the readers of `site`."""
    site = site or Site()
    # A file that changes gets another address, and that of a module leads to all others: browsers keep them unasked.
    app = Flask(__name__, static_url_path=f"/static/{_version()}")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR
    app.wsgi_app = in_ascii(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    # Without it, an address with two slashes would be redirected to where the slashes lead.
    app.url_map.merge_slashes = False
    app.config["COMPRESS_ALGORITHM"] = ["zstd", "br", "gzip"]
    metrics = Metrics(app, searcher)
    app.before_request(partial(_admit, site))
    _add_changing(app, searcher, site)
    _add_current(app, searcher, site, metrics)
    app.register_error_handler(Exception, _failed)
    app.after_request(_add_headers)
    Compress(app)
    app.after_request(_read_whole)  # before it is compressed: what is registered last comes first
    return app


def _add_changing(app: Flask, searcher: Searcher, site: Site) -> None:
    """Add what is answered from a commit alone: it need not be made twice, nor sent to who has it."""
    freshness = Freshness(searcher, site.started)

    def add(rule: str, endpoint: str, view: Callable[..., Response]) -> None:
        app.add_url_rule(rule, endpoint, freshness.keep(view))

    add("/", "search", partial(views.search, searcher))
    add("/post/<path:post_id>", "post", partial(views.post, searcher))
    add("/help", "help", partial(views.help_, searcher))
    add("/completions", "completions", partial(views.completions, searcher))
    add("/api/search", "api_search", partial(json.search, searcher))
    add("/api/post/<path:post_id>", "api_post", partial(json.post, searcher))
    add("/api/suggest", "api_suggest", partial(json.suggest, searcher))
    add("/api/explain", "api_explain", partial(json.explain, searcher))
    add("/api/related/<path:post_id>", "api_related", partial(json.related, searcher))
    add(f"/export.<any({', '.join(export.FORMS)}):form>", "export", partial(export.export, searcher))
    add("/feed.atom", "feed", partial(feeds.feed, searcher, site))
    add("/opensearch/suggest", "opensearch_suggest", partial(browser_search.suggest, searcher))


def _add_current(app: Flask, searcher: Searcher, site: Site, metrics: Metrics) -> None:
    """Add what says how things are now, whatever was committed."""
    app.add_url_rule("/statistics", "statistics", partial(views.statistics, searcher))
    app.add_url_rule("/imports", "imports", partial(views.imports, searcher))
    app.add_url_rule("/api/stats", "api_stats", partial(json.stats, searcher))
    app.add_url_rule("/api/imports", "api_imports", partial(json.imports, searcher))
    app.add_url_rule("/imports.atom", "imports_feed", partial(feeds.imports, searcher, site))
    app.add_url_rule("/raw/<path:post_id>", "raw", partial(raw.raw, searcher))
    app.add_url_rule("/opensearch.xml", "opensearch", partial(browser_search.describe, site))
    app.add_url_rule("/openapi.json", "openapi", partial(openapi.describe, site))
    app.add_url_rule("/healthz", "healthz", partial(json.healthz, searcher))
    app.add_url_rule("/metrics", "metrics", metrics.show)


def _version() -> str:
    """Return what tells the static files from those of any other version."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_STATIC.iterdir()))).hexdigest()[:12]


def _admit(site: Site) -> None:
    site.check_host(request.headers.get("Host", ""))
    if request.endpoint not in _WITHOUT_PASSWORD:
        site.check_password(request.authorization)


def _failed(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.code or 0) < 400:
        return error  # a redirect
    failure = failure_of(error, request.path)
    if failure.status == 500:
        _log.exception("failed to answer %s", request.full_path, exc_info=error)
    for_program = f"{request.path}/".startswith(_FOR_PROGRAMS)
    response = json.json_response(failure.as_json(), failure.status) if for_program else views.failed(failure)
    response.cache_control.no_store = True
    if failure.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="searcher", charset="UTF-8"'
    if isinstance(error, HTTPException):
        response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def _read_whole(response: Response) -> Response:
    """Put in the place of an open file what is in it: ours are small, and can then be compressed."""
    if response.direct_passthrough:
        response.direct_passthrough = False
        response.make_sequence()
    return response


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
