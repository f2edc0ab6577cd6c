"""The answers to a query as an Atom feed, newest first."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Response, request, url_for
from lxml import etree

from searcher.engine import Searcher
from searcher.request import SearchRequest, Sort
from searcher.results import Hit, timestamp
from web import links, xml
from web.site import Site

_NAMESPACE = "http://www.w3.org/2005/Atom"
_ENTRIES = "30"


def feed(searcher: Searcher, site: Site) -> Response:
    """Answer with the newest posts that the URL parameters ask for."""
    params = {"page_size": [_ENTRIES], **request.args.to_dict(flat=False)}
    asked = replace(SearchRequest.from_params(params), sort=Sort.NEWEST, page=1)
    hits = searcher.search(asked).hits
    root = xml.root(_NAMESPACE, "feed")
    here = _absolute(site, request.full_path.removesuffix("?"))
    xml.add(root, "id", here)
    xml.add(root, "title", asked.query or "*")
    xml.add(root, "updated", _moment(max((_changed(hit) for hit in hits), default=searcher.commit().made)))
    xml.add(root, "link", rel="self", type="application/atom+xml", href=here)
    xml.add(root, "link", rel="alternate", type="text/html", href=_absolute(site, links.search_url(asked)))
    for hit in hits:
        _add_entry(root, hit, site)
    return xml.response(root, "application/atom+xml")


def _add_entry(root: etree._Element, hit: Hit, site: Site) -> None:
    post = hit.post
    here = _absolute(site, url_for("post", post_id=post.id))
    entry = xml.add(root, "entry")
    xml.add(entry, "id", f"tag:searcher,2025:{post.id}")
    xml.add(entry, "title", post.title or post.id)
    xml.add(entry, "updated", _moment(_changed(hit)))
    if post.published:
        xml.add(entry, "published", _moment(post.published))
    xml.add(xml.add(entry, "author"), "name", post.account or post.source)
    xml.add(entry, "link", rel="alternate", type="text/html", href=here)
    if outside := links.outside_url(post.url):
        xml.add(entry, "link", rel="via", href=outside)
    for hashtag in hit.hashtags:
        xml.add(entry, "category", term=hashtag)
    if post.summary:
        xml.add(entry, "summary", post.summary)
    xml.add(entry, "content", post.latest.content.text, type="text")


def _changed(hit: Hit) -> datetime:
    return hit.post.last_saved or hit.post.published or datetime.fromtimestamp(0, UTC)


def _moment(moment: datetime) -> str:
    return timestamp(moment) or ""


def _absolute(site: Site, path: str) -> str:
    return site.absolute(path, request.host_url)
