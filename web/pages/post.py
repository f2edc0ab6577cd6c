"""The page of a post, with all its saves and their differences."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Response

from index.archive.post import Link as ContentLink
from index.archive.post import Post, Save
from searcher.engine import Searcher
from searcher.request import SearchRequest
from web.http.parameters import get_post, search_parameters
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.difference import Piece, difference, shortened
from web.pages.facets import toggle_link
from web.pages.layout import Link, make_layout, render_page, source_name
from web.pages.linkify import linkify

# Saves shown before the earlier ones are folded away.
_FIRST_SAVES = 3
_RELATED = 6


class Change(NamedTuple):
    """A zone of a save compared with the save before: the `pieces` of the difference, or the `whole` text.

    `status` says in a word or two what happened to it.
    """

    heading: str
    status: str
    pieces: tuple[Piece, ...] = ()
    whole: str = ""


def show(searcher: Searcher, post_id: str) -> Response:
    """Show a post with all its saves."""
    post = get_post(searcher, post_id)
    asked = search_parameters()
    layout = make_layout(asked)
    text, content = layout.text, post.latest.content
    saves = list(_saves(text, post))
    return render_page(
        "post.html",
        layout,
        post=post,
        latest=post.latest,
        title=post.title or text("untitled"),
        back=Link(text("back" if asked.to_params() else "home"), urls.search_url(asked)),
        original=urls.outside_url(post.url),
        source=source_name(text, post.source),
        account_url=urls.search_url(SearchRequest(account=(post.account,))) if post.account else "",
        is_first_save=post.published is not None and post.published == post.first_saved,
        hashtags=[toggle_link(SearchRequest(), "hashtag", name, name) for name in searcher.labels(post.hashtags)],
        body=linkify(content.text, len(content.images)),
        quoted=linkify(content.quoted, len(content.images)),
        summary=linkify(post.summary, len(content.images)),
        images=_numbered(content.images),
        videos=[Link(text("video", n=number), url) for number, url in _numbered(content.videos)],
        links=[_link(link) for link in content.links],
        saves=text.counted("saves", len(saves)),
        first=saves[:_FIRST_SAVES],
        earlier=saves[_FIRST_SAVES:],
        changed=any(change.pieces for _, _, changes in saves for change in changes),
        related=[(hit.post, source_name(text, hit.post.source)) for hit in searcher.related(post_id, _RELATED)],
    )


def _saves(text: Texts, post: Post) -> Iterator[tuple[int, Save, list[Change]]]:
    """Yield the saves, latest first, each with its number and its changes since the one before it."""
    for number in range(len(post.saves), 0, -1):
        save = post.saves[number - 1]
        before = post.saves[number - 2] if number > 1 else None
        yield number, save, list(_changes(text, save, before, post.latest))


def _changes(text: Texts, save: Save, before: Save | None, latest: Save) -> Iterator[Change]:
    """Yield the changes of `save` since `before`; of the first save, its texts that the page has not shown above."""
    for zone in ("summary", "body", "quoted"):
        now = _zone_text(save, zone)
        if before is None:
            # The first summary is shown even if it stayed, as the start of the history.
            if now and (zone == "summary" or now != _zone_text(latest, zone)):
                yield Change(text(zone), "", whole=now)
        elif change := _change(text, zone, _zone_text(before, zone), now):
            yield change


def _change(text: Texts, zone: str, then: str, now: str) -> Change | None:
    if then == now:
        return Change(text(zone), text("unchanged")) if now and zone != "quoted" else None
    if not then or not now:
        return Change(text(zone), text("put_in" if now else "taken_out"), whole=now or then)
    pieces = difference(then, now)
    if not pieces:
        return Change(text(zone), text("rewritten"), whole=now)
    return Change(text(zone), text("changed"), pieces if zone == "summary" else shortened(pieces))


def _zone_text(save: Save, zone: str) -> str:
    return {"summary": save.summary, "body": save.content.text, "quoted": save.content.quoted}[zone]


def _numbered(addresses: tuple[str, ...]) -> list[tuple[int, str]]:
    """Return the web addresses, numbered as in the post."""
    numbered = ((number, urls.outside_url(url)) for number, url in enumerate(addresses, start=1))
    return [(number, url) for number, url in numbered if url]


def _link(link: ContentLink) -> Link:
    """Return a link of the post with its host in the label; any but a web address becomes text."""
    outside = urls.outside_url(link.url)
    host = urlsplit(outside).netloc if outside else link.url
    return Link(" · ".join(part for part in (link.text, host) if part), outside)
