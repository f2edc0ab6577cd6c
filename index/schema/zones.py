"""The parts of a post: what each text counts, and the order in which positions run through them."""

import re
from enum import IntEnum

from index.archive.post import Post


class Zone(IntEnum):
    """Names a part of a post; positions run through the parts in this order.

    A title that only repeats how the body begins, as that of a Weibo post does, is its OPENING.
    """

    TITLE = 0
    OPENING = 1
    BODY = 2
    QUOTED = 3
    SUMMARY = 4
    EARLIER = 5


# How much one occurrence counts, in tenths. A title is short and chosen, and so is an opening, which the body says
# again; a summary says what a post is about (topics as queries: mean reciprocal rank .897 at 10, .900 at 15);
# quoted words are another's; what only an earlier save says must be found, but below what the post says now: it counts
# once, and only where nothing else does.
ZONE_WEIGHTS = {
    Zone.TITLE: 20,
    Zone.OPENING: 10,
    Zone.BODY: 10,
    Zone.QUOTED: 5,
    Zone.SUMMARY: 15,
    Zone.EARLIER: 2,
}
# Read from the end: looked for from the beginning, the end would be sought from every mark anew.
_ADDED_TO_TITLES = re.compile(r"(?:\][^\[\]]*\[|[.…。\s])*+")


def zone_texts(post: Post) -> dict[Zone, list[str]]:
    """Return every text of `post` by where it stands; a text in several places stands in the first of them."""
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
    """Tell whether `title` is how `body` begins, but for spaces, and marks such as … or [图片] at its end."""
    added = _ADDED_TO_TITLES.match(title[::-1])
    begun = "".join(title[: len(title) - (added.end() if added else 0)].split())
    return bool(begun) and "".join(body[: 2 * len(title) + 100].split()).startswith(begun)
