"""Query string → tree, or QuerySyntaxError with the place of what has no meaning.

    query    = sequence (("AND" | "OR") sequence)*       OR binds loosest, then AND, then standing side by side
    sequence = clause+                                   its bare words are ranked together, the rest is required
    clause   = ("-" | "NOT") clause | "(" query ")" | "exact text" | #hashtag# | field:value
             | prefix* | wild*card | similar~ | word

Full-width operators mean the same. A backslash takes the meaning from the character after it.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from index.archive.hashtags import hashtag_at, hashtag_key
from index.text.folding import fold
from searcher.errors import ErrorMessage, UserError
from searcher.query import dates
from searcher.query.identifiers import parse_identifier
from searcher.query.tree import (
    And,
    Field,
    FieldEquals,
    Fuzzy,
    Hashtag,
    MatchAll,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    PublishedBetween,
    SaveCount,
    SavedBetween,
    Scope,
    Span,
    Terms,
    Text,
    Wildcard,
    quote,
)

MAX_LENGTH = 4096
MAX_DEPTH = 50
MAX_CLAUSES = 100
# Beginnings, patterns and slips: each stands for any number of words.
MAX_EXPANSIONS = 20

_OPERATORS = str.maketrans("：（）＂＃－＊～“”", ':()"#-*~""')
_CLOSING_QUOTES = {'"': '"', "＂": "”＂“", "“": "”＂“", "”": "”＂“"}
# Besides operators the letters that AND, OR and NOT begin with.
_ESCAPABLE = set('-"#():*~\\－＂＃（）：＊～“”AON')
_FIELD = re.compile(r"([A-Za-z]+)[:：](?=[^\s:：]|$)")


class QuerySyntaxError(UserError):
    """Says what in a query has no meaning, from `start` to before `end`."""

    code = "query_syntax"

    def __init__(self, template: ErrorMessage, start: int, end: int, **values: object) -> None:
        self.start = start
        self.end = end
        super().__init__(template, **values)

    def _sentence(self, what: str) -> str:
        return f"In the query, at {self.start}–{self.end}: {what}"

    def as_json(self) -> dict[str, object]:
        """Return the error as the contract's JSON names it, with its place."""
        return {**super().as_json(), "start": self.start, "end": self.end}


def parse(query: str, now: datetime | None = None) -> Node:
    """Return the tree of `query`; relative dates count from `now`. Raises QuerySyntaxError."""
    if len(query) > MAX_LENGTH:
        raise QuerySyntaxError(ErrorMessage.TOO_LONG, MAX_LENGTH, len(query), length=len(query), most=MAX_LENGTH)
    # A lone surrogate is no character: nothing can hold it. One mark for one keeps places the same.
    return _Parser(query.encode("utf-8", "replace").decode(), now).parse()


class _Parser:
    def __init__(self, query: str, now: datetime | None) -> None:
        self._query = query
        self._plain = query.translate(_OPERATORS)  # one character for one: places stay the same
        self._now = now
        self._at = 0
        self._depth = 0
        self._clauses = 0
        self._expansions = 0

    def parse(self) -> Node:
        self._skip_spaces()
        if self._at == len(self._query):
            return MatchAll(span=(0, len(self._query)))
        node = self._alternatives()
        if self._at < len(self._query):
            raise self._stray_bracket()
        return node

    # --- operators -----------------------------------------------------------------------------------------

    def _alternatives(self) -> Node:
        return self._joined("OR", self._conjunction, Or)

    def _conjunction(self) -> Node:
        return self._joined("AND", self._sequence, And)

    def _joined(self, operator: str, operand: Callable[[], Node], kind: type[And] | type[Or]) -> Node:
        start = self._at
        nodes = [operand()]
        while self._keyword(operator):
            self._at += len(operator)
            self._skip_spaces()
            nodes.append(operand())
        return nodes[0] if len(nodes) == 1 else kind(tuple(nodes), span=(start, self._at))

    def _sequence(self) -> Node:
        start = self._at
        scope, scope_at = Scope.ANYWHERE, None
        clauses: list[Node] = []
        bare: list[Terms] = []
        while self._at < len(self._query) and self._plain[self._at] != ")" and not self._at_joint():
            clause_start = self._at
            clause = self._clause()
            if isinstance(clause, Scope):
                scope, scope_at = clause, (clause_start, self._at)
            elif isinstance(clause, Terms) and self._plain[clause_start] != "(":
                if all(word.scope is not clause.scope for word in bare):
                    self._count(clause_start)
                bare.append(clause)
            else:
                clauses.append(clause)
            self._skip_spaces()
        required = [_scoped(clause, scope) for clause in (*_ranked_together(bare), *clauses)]
        if not required:
            raise self._missing(start, scope_at)
        return required[0] if len(required) == 1 else And(tuple(required), span=(start, self._at))

    def _at_joint(self) -> bool:
        return self._keyword("AND") or self._keyword("OR")

    def _keyword(self, word: str) -> bool:
        after = self._plain[self._at + len(word) : self._at + len(word) + 1]
        return self._query.startswith(word, self._at) and (not after or after in "()" or after.isspace())

    def _missing(self, sequence_start: int, scope_at: Span | None) -> QuerySyntaxError:
        """Return the error of a sequence without clauses."""
        if self._at_joint():
            word = "AND" if self._keyword("AND") else "OR"
            return QuerySyntaxError(ErrorMessage.NOTHING_BEFORE, self._at, self._at + len(word), word=word)
        if scope_at:
            return QuerySyntaxError(ErrorMessage.NOTHING_AFTER, *scope_at, word=self._query[slice(*scope_at)])
        before = self._query[:sequence_start].rstrip()
        word = next((word for word in ("AND", "OR") if before.endswith(word)), "")
        if word:
            return QuerySyntaxError(ErrorMessage.NOTHING_AFTER, len(before) - len(word), len(before), word=word)
        if self._at == len(self._query):
            return QuerySyntaxError(ErrorMessage.OPEN_BRACKET, len(before) - 1, len(before))
        if not before:
            return self._stray_bracket()
        return QuerySyntaxError(ErrorMessage.EMPTY_BRACKETS, len(before) - 1, self._at + 1)

    def _stray_bracket(self) -> QuerySyntaxError:
        return QuerySyntaxError(ErrorMessage.STRAY_BRACKET, self._at, self._at + 1)

    # --- clauses -------------------------------------------------------------------------------------------

    def _clause(self) -> Node | Scope:
        """Return the next clause; bare words are counted by those who rank them together."""
        start = self._at
        clause = self._one_clause(start, self._plain[start])
        if not isinstance(clause, Terms) or self._plain[start] == "(":
            self._count(start)
        return clause

    def _count(self, start: int) -> None:
        self._clauses += 1
        if self._clauses > MAX_CLAUSES:
            raise QuerySyntaxError(ErrorMessage.TOO_MANY_PARTS, start, len(self._query), most=MAX_CLAUSES)

    def _one_clause(self, start: int, character: str) -> Node | Scope:
        if self._keyword("NOT"):
            return self._negation(start, 3)
        if character == "-" and self._plain[start + 1 : start + 2].strip(" \t\n\u3000-"):
            return self._negation(start, 1)
        if character == "(":
            return self._group(start)
        if character == '"':
            return Phrase(self._quoted(), span=(start, self._at))
        if character == "#" and (hashtag := self._hashtag(start)):
            return hashtag
        if node := self._pasted(start):
            return node
        if (match := _FIELD.match(self._query, start)) and not self._is_address(match):
            return self._field(match)
        return self._word(start)

    def _negation(self, start: int, length: int) -> Node:
        self._at += length
        self._skip_spaces()
        if self._at == len(self._query) or self._plain[self._at] == ")" or self._at_joint():
            raise QuerySyntaxError(ErrorMessage.NOTHING_AFTER, start, start + length, word="NOT")
        self._deeper(start)
        clause = self._clause()
        self._depth -= 1
        if isinstance(clause, Scope):
            raise QuerySyntaxError(ErrorMessage.EXCLUDED_SCOPE, start, self._at)
        return Not(clause, span=(start, self._at))

    def _group(self, start: int) -> Node:
        self._deeper(start)
        self._at += 1
        self._skip_spaces()
        node = self._alternatives()
        if self._plain[self._at : self._at + 1] != ")":
            raise QuerySyntaxError(ErrorMessage.OPEN_BRACKET, start, start + 1)
        self._at += 1
        self._depth -= 1
        return node

    def _deeper(self, start: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QuerySyntaxError(ErrorMessage.TOO_DEEP, start, start + 1, most=MAX_DEPTH)

    def _quoted(self) -> str:
        start = self._at
        closing = _CLOSING_QUOTES[self._query[start]]
        text: list[str] = []
        self._at += 1
        while self._at < len(self._query):
            character = self._query[self._at]
            if character == "\\" and self._query[self._at + 1 : self._at + 2] in ('"', "\\", *closing):
                self._at += 1
                text.append(self._query[self._at])
            elif character in closing:
                self._at += 1
                return self._checked("".join(text), start)
            else:
                text.append(character)
            self._at += 1
        raise QuerySyntaxError(ErrorMessage.OPEN_QUOTE, start, start + 1)

    def _checked(self, text: str, start: int) -> str:
        if not text.strip():
            raise QuerySyntaxError(ErrorMessage.EMPTY_QUOTES, start, self._at)
        return text

    def _hashtag(self, start: int) -> Node | None:
        hashes = self._query.replace("＃", "#")
        if found := hashtag_at(hashes, start):
            name, self._at = found
            return Hashtag(name, span=(start, self._at))
        raw = self._run(start)
        name = _unescape(raw).strip("#＃")
        if not hashtag_key(name):
            return None
        self._at = start + len(raw)
        return Hashtag(name, span=(start, self._at))

    def _pasted(self, start: int) -> Node | None:
        raw = self._run(start)
        node = parse_identifier(raw, (start, start + len(raw)))
        if node:
            self._at = start + len(raw)
        return node

    def _word(self, start: int) -> Node:
        raw = self._run(start)
        self._at = start + len(raw)
        span = (start, self._at)
        if raw in ("*", "＊"):
            return MatchAll(span=span)
        return self._text_node(raw, span)

    def _run(self, start: int) -> str:
        """Return what stands from `start` up to white space or a bracket, escapes unresolved."""
        end = start
        while end < len(self._query) and not self._query[end].isspace() and self._plain[end] not in "()":
            end += 2 if self._query[end] == "\\" and self._query[end + 1 : end + 2] in _ESCAPABLE else 1
        return self._query[start : min(end, len(self._query))]

    def _text_node(self, raw: str, span: Span) -> Terms | Prefix | Wildcard | Fuzzy:
        node = _text_node(raw, span)
        if not isinstance(node, Terms):
            self._expansions += 1
            if self._expansions > MAX_EXPANSIONS:
                raise QuerySyntaxError(ErrorMessage.TOO_MANY_EXPANSIONS, *span, most=MAX_EXPANSIONS)
        return node

    # --- fields --------------------------------------------------------------------------------------------

    def _field(self, match: re.Match[str]) -> Node | Scope:
        name, start = match[1].lower(), match.start()
        if name not in FIELD_NAMES:
            raise self._unknown_field(match)
        self._at = match.end()
        if self._plain[self._at : self._at + 1] == '"':
            is_quoted, value = True, self._quoted()
        else:
            is_quoted, value = False, self._run(self._at)
            self._at += len(value)
        if not value:
            raise QuerySyntaxError(ErrorMessage.NO_VALUE, start, match.end(), field=name)
        span = (start, self._at)
        if name in _SCOPES:
            return (
                Phrase(value, Scope(name), span)
                if is_quoted
                else replace(self._text_node(value, span), scope=Scope(name))
            )
        if name == "in":
            return self._scope(value, span)
        if name == "hashtag":
            return self._named_hashtag(value, span)
        if name == "saves":
            return self._saves(value, span)
        if name in _TIMES:
            return self._dates(name, value, span)
        return FieldEquals(Field(name), value.lower() if name in ("source", "site") else value, span)

    def _is_address(self, match: re.Match[str]) -> bool:
        return match[1].lower() not in FIELD_NAMES and self._query.startswith("//", match.end())

    def _unknown_field(self, match: re.Match[str]) -> QuerySyntaxError:
        import difflib  # costs a valid query nothing

        span = match.start(), match.end() - 1
        if near := difflib.get_close_matches(match[1].lower(), FIELD_NAMES, n=1):
            return QuerySyntaxError(ErrorMessage.MISSPELLED_FIELD, *span, field=match[1], near=near[0])
        return QuerySyntaxError(ErrorMessage.UNKNOWN_FIELD, *span, field=match[1], fields=", ".join(FIELD_NAMES))

    def _scope(self, value: str, span: Span) -> Scope:
        if value not in _SCOPES:
            raise QuerySyntaxError(ErrorMessage.UNKNOWN_SCOPE, *span, value=value, parts=", ".join(_SCOPES))
        return Scope(value)

    def _named_hashtag(self, value: str, span: Span) -> Node:
        if not hashtag_key(value):
            raise QuerySyntaxError(ErrorMessage.NO_TOPIC, *span)
        return Hashtag(value.strip("#＃"), span=span)

    def _dates(self, name: str, value: str, span: Span) -> Node:
        try:
            start, end = self._period(name, value)
        except (ValueError, OverflowError):
            raise QuerySyntaxError(ErrorMessage.NO_DATE, *span, value=value, forms=dates.FORMS) from None
        if start and end and start >= end:
            raise QuerySyntaxError(ErrorMessage.EMPTY_PERIOD, *span, value=value)
        text = f"{name}:{value if value.split() == [value] else quote(value)}"
        return SavedBetween(start, end, text, span) if name == "saved" else PublishedBetween(start, end, text, span)

    def _saves(self, value: str, span: Span) -> Node:
        match = _SAVES.fullmatch(value.translate(_COMPARISONS))
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
        return SaveCount(least, most, span)

    def _period(self, name: str, value: str) -> dates.Period:
        if name == "since":
            return dates.start_of(value, self._now), None
        return (None, dates.end_of(value, self._now)) if name == "until" else dates.parse_period(value, self._now)

    # --- the rest ------------------------------------------------------------------------------------------

    def _skip_spaces(self) -> None:
        while self._at < len(self._query) and self._query[self._at].isspace():
            self._at += 1


_TIMES = ("date", "since", "until", "saved")
_SAVES = re.compile(r"(>=|<=|>|<)?(\d{1,9})|(\d{1,9})?\.\.(\d{1,9})?")
_COMPARISONS = str.maketrans({"＞": ">", "＜": "<", "＝": "=", "≥": ">=", "≤": "<="})
_SCOPES = ("title", "original", "summary")
_STARS = re.compile("[*＊]+")
_ESCAPED = re.compile(rf"\\[{re.escape(''.join(sorted(_ESCAPABLE)))}]")
FIELD_NAMES = ("id", "source", "site", "account", "type", "hashtag", "in", *_SCOPES, *_TIMES, "saves")


def _text_node(raw: str, span: Span) -> Terms | Prefix | Wildcard | Fuzzy:
    text = _unescape(raw)
    plain = _ESCAPED.sub("..", raw)  # an escaped operator is none
    if len(raw) > 1 and plain[-1] in "~～" and fold(text[:-1]).strip():
        return Fuzzy(text[:-1], span=span)
    begun = plain.rstrip("*＊")
    if not any(star in plain for star in "*＊") or not fold(text).strip(" *"):
        return Terms(text, span=span)
    if any(star in begun for star in "*＊"):
        pattern = _STARS.sub("*", text)  # escaped stars, too: no word holds one
        return Wildcard(pattern, span=span) if "*" in pattern[:-1] else Prefix(pattern[:-1], span=span)
    return Prefix(text[: len(begun) - len(plain)], span=span)


def _unescape(raw: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(raw):
        at += raw[at] == "\\" and raw[at + 1 : at + 2] in _ESCAPABLE
        parts.append(raw[at])
        at += 1
    return "".join(parts)


def _scoped(node: Node, scope: Scope) -> Node:
    """Return `node` with `scope` on every text in it that has none of its own."""
    if isinstance(node, Text):
        return node if node.scope is not Scope.ANYWHERE else replace(node, scope=scope)
    if isinstance(node, Not):
        return replace(node, child=_scoped(node.child, scope))
    if isinstance(node, (And, Or)):
        return replace(node, children=tuple(_scoped(child, scope) for child in node.children))
    return node


def _ranked_together(words: list[Terms]) -> list[Terms]:
    """Return bare words as one node for each scope."""
    together: dict[Scope, Terms] = {}
    for word in words:
        one = together.get(word.scope)
        text, start = (f"{one.text} {word.text}", one.span[0]) if one else (word.text, word.span[0])
        together[word.scope] = Terms(text, word.scope, (start, word.span[1]))
    return list(together.values())
