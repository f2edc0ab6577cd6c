"""Zones, the parts of a post, with their weights and texts."""

import re
from enum import IntEnum

from index.archive.post import Post


class Zone(IntEnum):
    """A part of a post; positions run through the zones in this order.

    A title that only repeats the beginning of the body, as in Weibo posts, is the OPENING. EARLIER holds the texts that
    only earlier saves have.
    """

    TITLE = 0
    OPENING = 1
    BODY = 2
    QUOTED = 3
    SUMMARY = 4
    EARLIER = 5


# The weight of one occurrence, in tenths. A title is short and well chosen. An opening is too, but the body repeats it.
# A summary names the subject of a post (topics as queries: mean reciprocal rank .897 at 10, .900 at 15). Quoted text is
# by another author. Earlier saves must be found, but rank below the present text; `index.schema.bm25` counts them once.
ZONE_WEIGHTS = {
    Zone.TITLE: 20,
    Zone.OPENING: 10,
    Zone.BODY: 10,
    Zone.QUOTED: 5,
    Zone.SUMMARY: 15,
    Zone.EARLIER: 2,
}
# Matches a reversed title: a search from the front would look for the end from every mark again.
_ADDED_TO_TITLES = re.compile(r"(?:\][^\[\]]*\[|[.…。\s])*+")


def zone_texts(post: Post) -> dict[Zone, list[str]]:
    """Return the texts of `post` by zone; a text in several zones is only in the first of them."""
    latest = post.latest
    repeats = _repeats(latest.title, latest.content.text)
    zones = {
        Zone.TITLE: [] if repeats else [latest.title],
        Zone.OPENING: [latest.title] if repeats else [],
        Zone.BODY: [latest.content.text, *(part for s in latest.sections for part in (s.heading, s.text))],
        Zone.QUOTED: [latest.content.quoted],
        Zone.SUMMARY: [post.summary],
        Zone.EARLIER: [text for save in reversed(post.saves) for text in save.texts],
    }
    first_zone: dict[str, Zone] = {}
    for zone, texts in zones.items():
        for text in filter(None, texts):
            first_zone.setdefault(text, zone)
    return {zone: [text for text, first in first_zone.items() if first is zone] for zone in Zone}


def _repeats(title: str, body: str) -> bool:
    """Return whether `body` begins with `title`, apart from spaces, and from marks such as … or [图片] at its end."""
    added = _ADDED_TO_TITLES.match(title[::-1])
    beginning = "".join(title[: len(title) - (added.end() if added else 0)].split())
    return bool(beginning) and "".join(body[: 2 * len(title) + 100].split()).startswith(beginning)
