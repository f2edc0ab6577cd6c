"""Hashtags: finding them in linked and in plain text, and telling which spellings are one topic."""

from collections.abc import Collection
from functools import lru_cache

from index.text.folding import fold

MAX_LENGTH = 60
_ZERO_WIDTH = str.maketrans("", "", "\ufeff\u200b\u200c\u200d\u2060")


@lru_cache(maxsize=1 << 16)
def hashtag_key(spelling: str) -> str:
    """Return the form in which all spellings of one topic agree: folded, without spaces or zero-width marks."""
    # Folded again, since without the spaces accents may compose.
    return fold(fold(spelling.translate(_ZERO_WIDTH)).replace(" ", "")).strip("#")


def find_hashtags(text: str, linked: Collection[tuple[int, int]] = ()) -> list[str]:
    """Return the topics written `#topic#` in `text`, in order, without their marks.

    `linked` holds the (start, end) of the passages that the site itself linked as a hashtag. Such a passage may begin
    where a hashtag in plain text could not (`GPT#topic#`), and no other hashtag reaches into it. It must still be a
    hashtag: in "the #1 and #5 are", Weibo links "#1 and #".
    """
    linked_starts = {start for start, _ in linked}
    topics: list[str] = []
    position = 0
    while (opening := text.find("#", position)) >= 0:
        position = opening + 1
        closing = text.find("#", position)
        if closing in linked_starts or not (opening in linked_starts or _may_open(text, opening)):
            continue
        if topic := _topic_between(text, opening, closing):
            topics.append(topic)
            position = closing + 1
    return topics


def hashtag_at(text: str, opening: int) -> tuple[str, int] | None:
    """Return the topic whose opening mark stands at `opening` and the end of the hashtag, or None if there is none."""
    closing = text.find("#", opening + 1)
    topic = _topic_between(text, opening, closing)
    return (topic, closing + 1) if topic else None


def _may_open(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return not (before.isascii() and before.isalnum()) and not after.isspace()


def _topic_between(text: str, opening: int, closing: int) -> str:
    """Return the topic between two marks, empty if there is none."""
    content = text[opening + 1 : max(closing, 0)]
    if len(content) > MAX_LENGTH or "\n" in content or not hashtag_key(content):
        return ""
    # "#1 and #5": a mark with a space before it and a letter after it opens a hashtag and does not close one.
    if content[-1].isspace() and text[closing + 1 : closing + 2].isalnum():
        return ""
    return content.translate(_ZERO_WIDTH).strip()
