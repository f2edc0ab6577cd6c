"""Atom feeds: the hits of a search, newest first, and the updates of the index."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Response, request, url_for
from lxml import etree

from index.updates.report import FILE_KINDS, POST_KINDS, UpdateReport
from searcher.engine import Searcher
from searcher.request import Sort
from searcher.results import Hit, timestamp
from web.api import xml
from web.http.access import Site
from web.http.parameters import search_parameters
from web.pages import urls

_NAMESPACE = "http://www.w3.org/2005/Atom"
_MEDIA_TYPE = "application/atom+xml"


def feed(searcher: Searcher, site: Site) -> Response:
    """Answer with the newest hits of a search."""
    asked = replace(search_parameters(page_size="30"), sort=Sort.NEWEST, page=1)
    hits = searcher.search(asked).hits
    changed = max((_changed(hit) for hit in hits), default=searcher.commit().made)
    root = _feed(site, asked.query or "*", changed, urls.search_url(asked))
    for hit in hits:
        _add_hit(root, hit, site)
    return xml.response(root, _MEDIA_TYPE)


def imports(searcher: Searcher, site: Site) -> Response:
    """Answer with the last updates that changed anything."""
    reports = searcher.imports()
    changed = datetime.fromisoformat(reports[0].finished) if reports else searcher.commit().made
    root = _feed(site, "Imports", changed, url_for("search"))
    for report in reports:
        _add_report(root, report, site.absolute(url_for("search")))
    return xml.response(root, _MEDIA_TYPE)


def _feed(site: Site, title: str, changed: datetime, page: str) -> etree._Element:
    root = xml.root(_NAMESPACE, "feed")
    here = site.absolute(f"{request.script_root}{request.full_path.removesuffix('?')}")
    xml.add(root, "id", here)
    xml.add(root, "title", title)
    xml.add(root, "updated", _moment(changed))
    xml.add(root, "link", rel="self", type=_MEDIA_TYPE, href=here)
    xml.add(root, "link", rel="alternate", type="text/html", href=site.absolute(page))
    return root


def _add_report(root: etree._Element, report: UpdateReport, page: str) -> None:
    counts = ((kind, getattr(report, kind).count) for kind in (*POST_KINDS, *FILE_KINDS))
    entry = xml.add(root, "entry")
    xml.add(entry, "id", f"tag:searcher,2025:imports/{report.finished}")
    xml.add(entry, "title", ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in counts if count))
    xml.add(entry, "updated", _moment(datetime.fromisoformat(report.finished)))
    xml.add(xml.add(entry, "author"), "name", "searcher index")
    xml.add(entry, "link", rel="alternate", type="text/html", href=page)
    news = (f"{kind}: {post.title or post.id}" for kind in POST_KINDS for post in getattr(report, kind).first)
    problems = (f"{file.path}: {file.reason}" for file in (*report.malformed.first, *report.unopened.first))
    xml.add(entry, "content", "\n".join((*news, *problems)), type="text")


def _add_hit(root: etree._Element, hit: Hit, site: Site) -> None:
    post = hit.post
    here = site.absolute(url_for("post", post_id=post.id))
    entry = xml.add(root, "entry")
    xml.add(entry, "id", f"tag:searcher,2025:{post.id}")
    xml.add(entry, "title", post.title or post.id)
    xml.add(entry, "updated", _moment(_changed(hit)))
    if post.published:
        xml.add(entry, "published", _moment(post.published))
    xml.add(xml.add(entry, "author"), "name", post.account or post.source)
    xml.add(entry, "link", rel="alternate", type="text/html", href=here)
    if outside := urls.outside_url(post.url):
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
