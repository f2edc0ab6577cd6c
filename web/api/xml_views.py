"""Answers in XML: Atom feeds of hits and of updates, and the OpenSearch description for browsers."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from flask import Response, request, url_for
from lxml import etree

from index.updates.report import FILE_KINDS, POST_KINDS, UpdateReport
from searcher.engine import Searcher
from searcher.request import Sort
from searcher.results import Hit, timestamp
from web.http.access import Site
from web.http.parameters import search_parameters
from web.http.preferences import read_preferences
from web.i18n.texts import Texts
from web.pages import urls

_ATOM = "http://www.w3.org/2005/Atom"
_ATOM_TYPE = "application/atom+xml"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_OPENSEARCH_TYPE = "application/opensearchdescription+xml"
_SEARCHES = {"text/html": "search", _ATOM_TYPE: "feed", "application/x-suggestions+json": "opensearch_suggest"}
# The specification allows no longer ShortName.
_MAX_NAME_LENGTH = 16
# The characters that XML forbids.
_INVALID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(searcher: Searcher, site: Site) -> Response:
    """Answer with the newest hits of a search."""
    asked = replace(search_parameters(page_size="30"), sort=Sort.NEWEST, page=1)
    hits = searcher.search(asked).hits
    changed = max((_changed(hit) for hit in hits), default=searcher.commit().made)
    root = _feed(site, asked.query or "*", changed, urls.search_url(asked))
    for hit in hits:
        _add_hit(root, hit, site)
    return _response(root, _ATOM_TYPE)


def imports(searcher: Searcher, site: Site) -> Response:
    """Answer with the last updates that changed anything."""
    reports = searcher.imports()
    changed = datetime.fromisoformat(reports[0].finished) if reports else searcher.commit().made
    root = _feed(site, "Imports", changed, url_for("search"))
    for report in reports:
        _add_report(root, report, site.absolute(url_for("search")))
    return _response(root, _ATOM_TYPE)


def opensearch(site: Site) -> Response:
    """Answer with the OpenSearch description of this server."""
    name = Texts(read_preferences(request).language)("name")
    root = _root(_OPENSEARCH, "OpenSearchDescription")
    _add(root, "ShortName", name[:_MAX_NAME_LENGTH])
    _add(root, "Description", name)
    _add(root, "InputEncoding", "UTF-8")
    for media_type, endpoint in _SEARCHES.items():
        _add(root, "Url", type=media_type, template=f"{site.absolute(url_for(endpoint))}?q={{searchTerms}}")
    _add(root, "Url", type=_OPENSEARCH_TYPE, rel="self", template=site.absolute(url_for("opensearch")))
    _add(root, "Image", site.absolute(url_for("static", filename="icon.svg")), type="image/svg+xml")
    return _response(root, _OPENSEARCH_TYPE)


def _feed(site: Site, title: str, changed: datetime, page: str) -> etree._Element:
    root = _root(_ATOM, "feed")
    here = site.absolute(f"{request.script_root}{request.full_path.removesuffix('?')}")
    _add(root, "id", here)
    _add(root, "title", title)
    _add(root, "updated", _moment(changed))
    _add(root, "link", rel="self", type=_ATOM_TYPE, href=here)
    _add(root, "link", rel="alternate", type="text/html", href=site.absolute(page))
    return root


def _add_report(root: etree._Element, report: UpdateReport, page: str) -> None:
    counts = ((kind, getattr(report, kind).count) for kind in (*POST_KINDS, *FILE_KINDS))
    entry = _add(root, "entry")
    _add(entry, "id", f"tag:searcher,2025:imports/{report.finished}")
    _add(entry, "title", ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in counts if count))
    _add(entry, "updated", _moment(datetime.fromisoformat(report.finished)))
    _add(_add(entry, "author"), "name", "searcher index")
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    news = (f"{kind}: {post.title or post.id}" for kind in POST_KINDS for post in getattr(report, kind).first)
    problems = (f"{file.path}: {file.reason}" for file in (*report.malformed.first, *report.unopened.first))
    _add(entry, "content", "\n".join((*news, *problems)), type="text")


def _add_hit(root: etree._Element, hit: Hit, site: Site) -> None:
    post = hit.post
    here = site.absolute(url_for("post", post_id=post.id))
    entry = _add(root, "entry")
    _add(entry, "id", f"tag:searcher,2025:{post.id}")
    _add(entry, "title", post.title or post.id)
    _add(entry, "updated", _moment(_changed(hit)))
    if post.published:
        _add(entry, "published", _moment(post.published))
    _add(_add(entry, "author"), "name", post.account or post.source)
    _add(entry, "link", rel="alternate", type="text/html", href=here)
    if outside := urls.outside_url(post.url):
        _add(entry, "link", rel="via", href=outside)
    for hashtag in hit.hashtags:
        _add(entry, "category", term=hashtag)
    if post.summary:
        _add(entry, "summary", post.summary)
    _add(entry, "content", post.latest.content.text, type="text")


def _changed(hit: Hit) -> datetime:
    return hit.post.last_saved or hit.post.published or datetime.fromtimestamp(0, UTC)


def _moment(moment: datetime) -> str:
    return timestamp(moment) or ""


def _root(namespace: str, name: str) -> etree._Element:
    """Return the root element of a new document in `namespace`."""
    return etree.Element(etree.QName(namespace, name), nsmap={None: namespace})  # type: ignore[dict-item]  # the stubs


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """Add an element to `parent` in its namespace, and return it; characters that XML forbids become U+FFFD."""
    valid = {key: _INVALID.sub("\ufffd", value) for key, value in attributes.items()}
    child = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name), valid)
    child.text = _INVALID.sub("\ufffd", text) or None
    return child


def _response(root: etree._Element, media_type: str) -> Response:
    """Return a response with the document of a root element."""
    return Response(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), mimetype=media_type)
