"""Identifiers pasted into a query: addresses, post ids and arXiv numbers."""

import re

from index.archive.identity import identify
from searcher.query.tree import FieldEquals, Node, Or, Phrase, Span

_ADDRESS = re.compile(r"https?://\S+\.\S+", re.IGNORECASE)
_POST_ID = re.compile(r"weibo:\d+/[0-9A-Za-z]+|url:[0-9a-f]{16}")
_ARXIV = re.compile(
    r"(?P<prefix>arxiv:)?(?P<number>\d{4}\.\d{4,5}|(?(prefix)[a-z.-]+/\d{7}|$))(?:v\d+)?", re.IGNORECASE
)


def parse_identifier(text: str, span: Span) -> Node | None:
    """Return the node that finds the post with the identifier `text`, or None if that is no identifier.

    Other posts may mention an arXiv number, or the address of any other page: the node finds those too.
    """
    if _POST_ID.fullmatch(text):
        return FieldEquals("id", text, span=span)
    if match := _ARXIV.fullmatch(text):
        post = FieldEquals("id", f"arxiv:{match[2].lower()}", span=span)
        return post if match[1] else Or((post, Phrase(match[2], span=span)), span=span)
    if _ADDRESS.fullmatch(text):
        post = FieldEquals("id", identify(text).id, span=span)
        return post if identify(text).source in ("weibo", "arxiv") else Or((post, Phrase(text, span=span)), span=span)
    return None
