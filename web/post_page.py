"""A post → what its page shows, ready for its template."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from index.post import Link as ContentLink
from index.post import Post, Save, Section
from searcher.request import SearchRequest
from web import links
from web.frame import Link, Moment, make_moment, source_name
from web.texts import Texts

# Saves shown before the earlier ones fold away.
FIRST_SAVES = 3


@dataclass(frozen=True, slots=True)
class SaveView:
    """Is one save: what it says, left empty where the post's page has said it already."""

    saved: Moment | None
    file: str
    title: str
    url: str
    summary: str
    body: str
    quoted: str
    sections: tuple[Section, ...]
    other_side: tuple[str, ...]
    claims: tuple[tuple[str, str], ...]


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
    body: str
    quoted: str
    images: tuple[Link, ...]
    videos: tuple[Link, ...]
    links: tuple[Link, ...]
    summary: str
    sections: tuple[Section, ...]
    other_side: tuple[str, ...]
    saves: str
    first: tuple[SaveView, ...]
    earlier: tuple[SaveView, ...]
    more: str


def make_post_view(text: Texts, post: Post, hashtags: tuple[str, ...], request: SearchRequest) -> PostView:
    """Return what the page of `post` shows; its way back leads to `request`."""
    latest, content = post.latest, post.latest.content
    saves = tuple(_saves(post))
    account = SearchRequest(account=(post.account,))
    stands_in = post.published is not None and post.published == post.first_saved
    return PostView(
        title=post.title or text("untitled"),
        back=Link(text("back" if request.to_params() else "home"), links.search_url(request)),
        url=post.url,
        original=links.outside_url(post.url),
        source=source_name(text, post.source),
        account=Link(post.account, links.search_url(account)) if post.account else None,
        published=make_moment(post.published),
        published_label=text("published_saved" if stands_in else "published"),
        first_saved=make_moment(post.first_saved),
        last_saved=make_moment(post.last_saved),
        claims=tuple(latest.claims.items()),
        hashtags=tuple(Link(hashtag, links.hashtag_url(hashtag)) for hashtag in hashtags),
        body=content.text,
        quoted=content.quoted,
        images=tuple(_numbered(text, "image", content.images)),
        videos=tuple(_numbered(text, "video", content.videos)),
        links=tuple(_link(link) for link in content.links),
        summary=post.summary,
        sections=latest.sections,
        other_side=latest.other_side,
        saves=text.counted("saves", len(saves)),
        first=saves[:FIRST_SAVES],
        earlier=saves[FIRST_SAVES:],
        more=text("history_more", n=len(saves[FIRST_SAVES:])),
    )


def _saves(post: Post) -> Iterator[SaveView]:
    """Yield the saves, the latest first; of an earlier one, what differs from the latest."""
    latest = post.latest
    for save in reversed(post.saves):
        yield SaveView(
            saved=make_moment(save.saved),
            file=save.path,
            title=_unlike(save.title, latest.title),
            url=_unlike(save.url, latest.url),
            summary=save.summary,
            body=_unlike(save.content.text, latest.content.text),
            quoted=_unlike(save.content.quoted, latest.content.quoted),
            sections=tuple(section for section in save.sections if section not in latest.sections),
            other_side=tuple(side for side in save.other_side if side not in latest.other_side),
            claims=_claims_then(save, latest),
        )


def _unlike(then: str, now: str) -> str:
    return then if then != now else ""


def _claims_then(save: Save, latest: Save) -> tuple[tuple[str, str], ...]:
    return tuple(claim for claim in save.claims.items() if claim not in latest.claims.items())


def _numbered(text: Texts, key: str, urls: tuple[str, ...]) -> Iterator[Link]:
    """Yield the addresses that a page may lead to, numbered as the post has them."""
    for number, url in enumerate(urls, start=1):
        if outside := links.outside_url(url):
            yield Link(text(key, n=number), outside)


def _link(link: ContentLink) -> Link:
    """Return a link of the post and where it leads; one that leads to no web page is left as words alone."""
    outside = links.outside_url(link.url)
    place = urlsplit(outside).netloc if outside else link.url
    return Link(" · ".join(part for part in (link.text, place) if part), outside)
