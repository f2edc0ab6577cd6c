"""A post → what its page shows, ready for its template."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from index.archive.post import Link as ContentLink
from index.archive.post import Post, Save, Section
from searcher.request import SearchRequest
from searcher.results import Hit
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.difference import Piece, difference, shortened
from web.pages.layout import Link, Moment, make_moment, source_name
from web.pages.prose import Run, image_id, make_prose

# Saves shown before the earlier ones fold away.
FIRST_SAVES = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """Is the n-th image of a post; `id` is its name in the page."""

    id: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """Is what one part of a save says beside the save before it: the `pieces` of both, or `words` on what became of it.

    `whole` is what it says where nothing tells the two apart piece by piece.
    """

    part: str
    words: str
    pieces: tuple[Piece, ...] = ()
    whole: str = ""


@dataclass(frozen=True, slots=True)
class SaveView:
    """Is one save: what changed with it, and else what the post's page has not said already."""

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
    """Is another post that has much in common with this one."""

    title: str
    url: str
    source: str
    published: Moment | None


@dataclass(frozen=True, slots=True)
class PostView:
    """Is all that a post's page shows."""

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


def make_post_view(
    text: Texts, post: Post, hashtags: tuple[str, ...], related: tuple[Hit, ...], request: SearchRequest
) -> PostView:
    """Return what the page of `post` shows; its way back leads to `request`."""
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
        body=make_prose(content.text, images),
        quoted=make_prose(content.quoted, images),
        images=tuple(_pictures(text, content.images)),
        videos=tuple(_numbered(text, "video", content.videos)),
        links=tuple(_link(link) for link in content.links),
        summary=make_prose(post.summary, images),
        sections=latest.sections,
        other_side=latest.other_side,
        saves=text.counted("saves", len(saves)),
        first=saves[:FIRST_SAVES],
        earlier=saves[FIRST_SAVES:],
        more=text("history_more", n=len(saves[FIRST_SAVES:])),
        related=tuple(_related(text, hit.post) for hit in related),
        changed=any(change.pieces for save in saves for change in save.changes),
    )


def _related(text: Texts, post: Post) -> Related:
    url = urls.post_url(post.id, SearchRequest())
    return Related(post.title or text("untitled"), url, source_name(text, post.source), make_moment(post.published))


def _saves(text: Texts, post: Post) -> Iterator[SaveView]:
    """Yield the saves, the latest first, each beside the one before it."""
    latest = post.latest
    for number in range(len(post.saves), 0, -1):
        save = post.saves[number - 1]
        before = post.saves[number - 2] if number > 1 else None
        yield SaveView(
            saved=make_moment(save.saved),
            file=save.path,
            raw=urls.raw_url(post.id, number),
            title=_unlike(save.title, latest.title),
            url=_unlike(save.url, latest.url),
            changes=tuple(_changes(text, save, before, latest)),
            sections=tuple(section for section in save.sections if section not in latest.sections),
            other_side=tuple(side for side in save.other_side if side not in latest.other_side),
            claims=_claims_then(save, latest),
        )


def _changes(text: Texts, save: Save, before: Save | None, latest: Save) -> Iterator[Change]:
    """Yield what each part of `save` says beside `before`; of the first save, what the page has not said above."""
    for part in ("summary", "body", "quoted"):
        now = _part(save, part)
        if before is None:
            # The first summary is the one that all others come after; a text is said above if it stayed.
            whole = now if part == "summary" else _unlike(now, _part(latest, part))
            if whole:
                yield Change(text(part), "", whole=whole)
        elif change := _change(text, part, _part(before, part), now):
            yield change


def _change(text: Texts, part: str, then: str, now: str) -> Change | None:
    if then == now:
        return Change(text(part), text("unchanged")) if now and part != "quoted" else None
    if not then or not now:
        return Change(text(part), text("put_in" if now else "taken_out"), whole=now or then)
    pieces = difference(then, now)
    if not pieces:
        return Change(text(part), text("rewritten"), whole=now)
    return Change(text(part), text("changed"), pieces if part == "summary" else shortened(pieces))


def _part(save: Save, part: str) -> str:
    return {"summary": save.summary, "body": save.content.text, "quoted": save.content.quoted}[part]


def _unlike(then: str, now: str) -> str:
    return then if then != now else ""


def _claims_then(save: Save, latest: Save) -> tuple[tuple[str, str], ...]:
    return tuple(claim for claim in save.claims.items() if claim not in latest.claims.items())


def _pictures(text: Texts, addresses: tuple[str, ...]) -> Iterator[Picture]:
    """Yield the images that a page may show, numbered as the post has them."""
    for number, url in enumerate(addresses, start=1):
        if outside := urls.outside_url(url):
            yield Picture(image_id(number), text("image", n=number), outside)


def _numbered(text: Texts, key: str, addresses: tuple[str, ...]) -> Iterator[Link]:
    """Yield the addresses that a page may lead to, numbered as the post has them."""
    for number, url in enumerate(addresses, start=1):
        if outside := urls.outside_url(url):
            yield Link(text(key, n=number), outside)


def _link(link: ContentLink) -> Link:
    """Return a link of the post and where it leads; one that leads to no web page is left as words alone."""
    outside = urls.outside_url(link.url)
    place = urlsplit(outside).netloc if outside else link.url
    return Link(" · ".join(part for part in (link.text, place) if part), outside)
