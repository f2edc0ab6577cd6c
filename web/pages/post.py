"""The page of a post, with all its saves and their differences."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response

from index.archive.post import Link as ContentLink
from index.archive.post import Post, Save, Section
from searcher.engine import Searcher
from searcher.request import SearchRequest
from searcher.results import Hit
from web.http.parameters import get_post, search_parameters
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.difference import Piece, difference, shortened
from web.pages.layout import Link, Moment, make_layout, make_moment, render_page, source_name
from web.pages.linkify import Run, image_id, linkify

# Saves shown before the earlier ones are folded away.
_FIRST_SAVES = 3
_RELATED = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the post; `id` is its element id."""

    id: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """A zone of a save compared with the save before: the `pieces` of the difference, or the `whole` text.

    `status` says in a word or two what happened to it.
    """

    heading: str
    status: str
    pieces: tuple[Piece, ...] = ()
    whole: str = ""


@dataclass(frozen=True, slots=True)
class SaveView:
    """A save: its changes, and its values that differ from the latest save's."""

    saved: Moment | None
    file: str
    raw: str
    title: str
    url: str
    changes: tuple[Change, ...]
    sections: tuple[Section, ...]
    other_side: tuple[str, ...]
    claims: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A related post."""

    title: str
    url: str
    source: str
    published: Moment | None


@dataclass(frozen=True, slots=True)
class PostView:
    """The page of a post."""

    title: str
    back: Link
    url: str
    original: str
    source: str
    account: Link | None
    published: Moment | None
    published_label: str
    first_saved: Moment | None
    last_saved: Moment | None
    claims: tuple[tuple[str, str], ...]
    hashtags: tuple[Link, ...]
    body: tuple[Run, ...]
    quoted: tuple[Run, ...]
    images: tuple[Picture, ...]
    videos: tuple[Link, ...]
    links: tuple[Link, ...]
    summary: tuple[Run, ...]
    sections: tuple[Section, ...]
    other_side: tuple[str, ...]
    saves: str
    first: tuple[SaveView, ...]
    earlier: tuple[SaveView, ...]
    more: str
    changed: bool
    related: tuple[Related, ...]


def show(searcher: Searcher, post_id: str) -> Response:
    """Show a post with all its saves."""
    post = get_post(searcher, post_id)
    asked = search_parameters()
    layout = make_layout(asked)
    hits = searcher.related(post_id, _RELATED)
    view = _view(layout.text, post, searcher.labels(post.hashtags), hits, asked)
    return render_page("post.html", layout, view=view)


def _view(
    text: Texts, post: Post, hashtags: tuple[str, ...], related: tuple[Hit, ...], request: SearchRequest
) -> PostView:
    """Return the view of `post`, with a link back to `request`."""
    latest, content = post.latest, post.latest.content
    images = len(content.images)
    saves = tuple(_saves(text, post))
    account = SearchRequest(account=(post.account,))
    stands_in = post.published is not None and post.published == post.first_saved
    return PostView(
        title=post.title or text("untitled"),
        back=Link(text("back" if request.to_params() else "home"), urls.search_url(request)),
        url=post.url,
        original=urls.outside_url(post.url),
        source=source_name(text, post.source),
        account=Link(post.account, urls.search_url(account)) if post.account else None,
        published=make_moment(post.published),
        published_label=text("published_saved" if stands_in else "published"),
        first_saved=make_moment(post.first_saved),
        last_saved=make_moment(post.last_saved),
        claims=tuple(latest.claims.items()),
        hashtags=tuple(Link(hashtag, urls.hashtag_url(hashtag)) for hashtag in hashtags),
        body=linkify(content.text, images),
        quoted=linkify(content.quoted, images),
        images=tuple(_pictures(text, content.images)),
        videos=tuple(_numbered(text, "video", content.videos)),
        links=tuple(_link(link) for link in content.links),
        summary=linkify(post.summary, images),
        sections=latest.sections,
        other_side=latest.other_side,
        saves=text.counted("saves", len(saves)),
        first=saves[:_FIRST_SAVES],
        earlier=saves[_FIRST_SAVES:],
        more=text("history_more", n=len(saves[_FIRST_SAVES:])),
        related=tuple(_related(text, hit.post) for hit in related),
        changed=any(change.pieces for save in saves for change in save.changes),
    )


def _related(text: Texts, post: Post) -> Related:
    url = urls.post_url(post.id, SearchRequest())
    return Related(post.title or text("untitled"), url, source_name(text, post.source), make_moment(post.published))


def _saves(text: Texts, post: Post) -> Iterator[SaveView]:
    """Yield the saves, latest first, each compared with the one before it."""
    latest = post.latest
    for number in range(len(post.saves), 0, -1):
        save = post.saves[number - 1]
        before = post.saves[number - 2] if number > 1 else None
        yield SaveView(
            saved=make_moment(save.saved),
            file=save.path,
            raw=urls.raw_url(post.id, number),
            title=_if_different(save.title, latest.title),
            url=_if_different(save.url, latest.url),
            changes=tuple(_changes(text, save, before, latest)),
            sections=tuple(section for section in save.sections if section not in latest.sections),
            other_side=tuple(side for side in save.other_side if side not in latest.other_side),
            claims=_claims_then(save, latest),
        )


def _changes(text: Texts, save: Save, before: Save | None, latest: Save) -> Iterator[Change]:
    """Yield the changes of `save` since `before`; of the first save, its texts that the page has not shown above."""
    for zone in ("summary", "body", "quoted"):
        now = _zone_text(save, zone)
        if before is None:
            # The first summary is shown even if it stayed, as the start of the history.
            whole = now if zone == "summary" else _if_different(now, _zone_text(latest, zone))
            if whole:
                yield Change(text(zone), "", whole=whole)
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


def _if_different(then: str, now: str) -> str:
    return then if then != now else ""


def _claims_then(save: Save, latest: Save) -> tuple[tuple[str, str], ...]:
    return tuple(claim for claim in save.claims.items() if claim not in latest.claims.items())


def _pictures(text: Texts, addresses: tuple[str, ...]) -> Iterator[Picture]:
    """Yield the images with web addresses, numbered as in the post."""
    for number, url in enumerate(addresses, start=1):
        if outside := urls.outside_url(url):
            yield Picture(image_id(number), text("image", n=number), outside)


def _numbered(text: Texts, key: str, addresses: tuple[str, ...]) -> Iterator[Link]:
    """Yield links to web addresses, numbered as in the post."""
    for number, url in enumerate(addresses, start=1):
        if outside := urls.outside_url(url):
            yield Link(text(key, n=number), outside)


def _link(link: ContentLink) -> Link:
    """Return a link of the post with its host in the label; any but a web address becomes text."""
    outside = urls.outside_url(link.url)
    host = urlsplit(outside).netloc if outside else link.url
    return Link(" · ".join(part for part in (link.text, host) if part), outside)
