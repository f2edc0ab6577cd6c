"""The parts of a post: what each text counts, and the order in which positions run through them."""

from enum import IntEnum

from index.post import Post


class Zone(IntEnum):
    """Names a part of a post; positions run through the parts in this order."""

    TITLE = 0
    BODY = 1
    QUOTED = 2
    SUMMARY = 3
    EARLIER = 4


# How much one occurrence counts, in tenths. A title is short and chosen; quoted words are another's; what only an
# earlier save says must be found, but below what the post says now: it counts once, and only where nothing else does.
ZONE_WEIGHTS = {Zone.TITLE: 20, Zone.BODY: 10, Zone.QUOTED: 5, Zone.SUMMARY: 10, Zone.EARLIER: 2}


def zone_texts(post: Post) -> dict[Zone, list[str]]:
    """Return every text of `post` by where it stands; a text in several places stands in the first of them."""
    latest = post.latest
    zones = {
        Zone.TITLE: [latest.title],
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
