"""Search from a browser's address bar: an OpenSearch description, and suggestions in its format."""

from flask import Response, request, url_for

from searcher.engine import Searcher
from searcher.results import dump_json
from web.api import xml
from web.http.access import Site
from web.http.preferences import read_preferences
from web.i18n.texts import Texts

_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
_DESCRIPTION = "application/opensearchdescription+xml"
_SUGGESTIONS = "application/x-suggestions+json"
_ENDPOINTS = {"text/html": "search", "application/atom+xml": "feed", _SUGGESTIONS: "opensearch_suggest"}
# The specification allows no longer ShortName.
_MAX_NAME_LENGTH = 16


def describe(site: Site) -> Response:
    """Answer with the OpenSearch description of this server."""
    name = Texts(read_preferences(request).language)("name")
    root = xml.root(_NAMESPACE, "OpenSearchDescription")
    xml.add(root, "ShortName", name[:_MAX_NAME_LENGTH])
    xml.add(root, "Description", name)
    xml.add(root, "InputEncoding", "UTF-8")
    for media_type, endpoint in _ENDPOINTS.items():
        xml.add(root, "Url", type=media_type, template=f"{site.absolute(url_for(endpoint))}?q={{searchTerms}}")
    xml.add(root, "Url", type=_DESCRIPTION, rel="self", template=site.absolute(url_for("opensearch")))
    xml.add(root, "Image", site.absolute(url_for("static", filename="icon.svg")), type="image/svg+xml")
    return xml.response(root, _DESCRIPTION)


def suggest(searcher: Searcher) -> Response:
    """Answer with the text `q` and a list of its completions."""
    prefix = request.args.get("q", "")
    completions = [suggestion.text for suggestion in searcher.suggest(prefix)]
    return Response(dump_json([prefix, completions]), mimetype=_SUGGESTIONS)
