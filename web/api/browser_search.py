"""What lets a browser's address bar search here: an OpenSearch description, and suggestions in its form."""

from flask import Response, request, url_for

from searcher.engine import Searcher
from searcher.results import dump_json
from web.api import xml
from web.http.access import Site
from web.i18n.texts import Texts
from web.pages.layout import reader_language

_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
_SUGGESTIONS = "application/x-suggestions+json"
_TERMS = "?q={searchTerms}"
# Longer names are not allowed.
_MOST_NAME = 16


def describe(site: Site) -> Response:
    """Answer with the addresses that a search engine of a browser needs."""
    name = Texts(reader_language(request))("name")
    root = xml.root(_NAMESPACE, "OpenSearchDescription")
    xml.add(root, "ShortName", name[:_MOST_NAME])
    xml.add(root, "Description", name)
    xml.add(root, "InputEncoding", "UTF-8")
    for media_type, endpoint in (
        ("text/html", "search"),
        ("application/atom+xml", "feed"),
        (_SUGGESTIONS, "opensearch_suggest"),
    ):
        address = site.absolute(url_for(endpoint), request.host_url)
        xml.add(root, "Url", type=media_type, template=f"{address}{_TERMS}")
    here = site.absolute(url_for("opensearch"), request.host_url)
    xml.add(root, "Url", type="application/opensearchdescription+xml", rel="self", template=here)
    xml.add(
        root, "Image", site.absolute(url_for("static", filename="icon.svg"), request.host_url), type="image/svg+xml"
    )
    return xml.response(root, "application/opensearchdescription+xml")


def suggest(searcher: Searcher) -> Response:
    """Answer with what was typed and a list of what completes it."""
    typed = request.args.get("q", "")
    completions = [suggestion.text for suggestion in searcher.suggest(typed)]
    return Response(dump_json([typed, completions]), mimetype=_SUGGESTIONS)
