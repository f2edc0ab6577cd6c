"""Words, identifiers and field values of a query as nodes of the tree."""

import re
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from index.archive.hashtags import hashtag_key
from index.archive.identity import identify
from index.schema.fields import FIELDS
from index.text.folding import fold
from searcher.errors import ErrorMessage, QuerySyntaxError
from searcher.query import dates
from searcher.query.fields import SCOPES, DateNode, QueryField, ValueKind
from searcher.query.scanner import ESCAPED, unescape
from searcher.query.tree import (
    Expansion,
    FieldEquals,
    Fuzzy,
    Hashtag,
    Node,
    Or,
    Phrase,
    Prefix,
    SaveCount,
    Scope,
    Span,
    Terms,
    Wildcard,
    quote,
)

_ADDRESS = re.compile(r"https?://\S+\.\S+", re.IGNORECASE)
_POST_ID = re.compile(r"weibo:\d+/[0-9A-Za-z]+|url:[0-9a-f]{16}")
_ARXIV = re.compile(
    r"(?P<prefix>arxiv:)?(?P<number>\d{4}\.\d{4,5}|(?(prefix)[a-z.-]+/\d{7}|$))(?:v\d+)?", re.IGNORECASE
)
_STARS = re.compile("[*＊]+")
_COUNT = re.compile(r"(>=|<=|>|<)?(\d{1,9})|(\d{1,9})?\.\.(\d{1,9})?")
_COMPARISONS = str.maketrans({"＞": ">", "＜": "<", "＝": "=", "≥": ">=", "≤": "<="})


def word_node(run: str, span: Span) -> Terms | Expansion:
    """Return the node of a word as it was typed."""
    text = unescape(run)
    plain = ESCAPED.sub("..", run)  # an escaped operator has no meaning
    if len(run) > 1 and plain[-1] in "~～" and fold(text[:-1]).strip():
        return Fuzzy(text[:-1], span=span)
    begun = plain.rstrip("*＊")
    if not _STARS.search(plain) or not fold(text).strip(" *"):
        return Terms(text, span=span)
    if _STARS.search(begun):
        pattern = _STARS.sub("*", text)  # also the escaped ones, since no word holds a star
        return Wildcard(pattern, span=span) if "*" in pattern[:-1] else Prefix(pattern[:-1], span=span)
    return Prefix(text[: len(begun) - len(plain)], span=span)


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


def field_node(field: QueryField, value: str, is_quoted: bool, span: Span, now: datetime | None) -> Node | Scope:
    """Return the node of `field:value`, or the scope that `in:value` sets; relative dates count from `now`."""
    match field.kind:
        case ValueKind.KEYWORD:
            return FieldEquals(field.name, FIELDS[field.name].normalize(value), span=span)
        case ValueKind.HASHTAG:
            if not hashtag_key(value):
                raise QuerySyntaxError(ErrorMessage.NO_TOPIC, *span)
            return Hashtag(value.strip("#＃"), span=span)
        case ValueKind.TEXT:
            node = Phrase(value, span=span) if is_quoted else word_node(value, span)
            return replace(node, scope=Scope(field.name))
        case ValueKind.SCOPE:
            if value not in SCOPES:
                raise QuerySyntaxError(ErrorMessage.UNKNOWN_SCOPE, *span, value=value, parts=", ".join(SCOPES))
            return Scope(value)
        case ValueKind.DATE:
            return _date_node(field, value, span, now)
        case ValueKind.COUNT:
            return _count_node(value, span)
        case _:
            assert_never(field.kind)


def _date_node(field: QueryField, value: str, span: Span, now: datetime | None) -> DateNode:
    try:
        start, end = dates.parse_period(field.date_form.format(value), now)
    except (ValueError, OverflowError):
        raise QuerySyntaxError(ErrorMessage.NO_DATE, *span, value=value, forms=dates.FORMS) from None
    if start and end and start >= end:
        raise QuerySyntaxError(ErrorMessage.EMPTY_PERIOD, *span, value=value)
    text = f"{field.name}:{value if value.split() == [value] else quote(value)}"
    return field.date_node(start, end, text, span=span)


def _count_node(value: str, span: Span) -> SaveCount:
    match = _COUNT.fullmatch(value.translate(_COMPARISONS))
    if not match or not any(match.groups()[1:]):
        raise QuerySyntaxError(ErrorMessage.NO_NUMBER_OF_SAVES, *span, value=value)
    sign, number, first, last = match.groups()
    if number is None:
        least, most = int(first or 0), int(last) if last else None
    else:
        at = int(number)
        least, most = {">": (at + 1, None), ">=": (at, None), "<": (0, at - 1), "<=": (0, at)}.get(sign, (at, at))
    if most is not None and most < least:
        raise QuerySyntaxError(ErrorMessage.IMPOSSIBLE_SAVES, *span, value=value)
    return SaveCount(least, most, span=span)
