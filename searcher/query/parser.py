"""Query string → tree, or a QuerySyntaxError with its place in the query.

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

from searcher.errors import ErrorMessage, QuerySyntaxError
from searcher.query.fields import QUERY_FIELDS
from searcher.query.scanner import Scanner
from searcher.query.tree import And, ExpansionNode, MatchAll, Node, Not, Or, Phrase, Scope, Span, Terms, Text
from searcher.query.values import field_node, parse_identifier, word_node

MAX_LENGTH = 4096
MAX_DEPTH = 50
MAX_CLAUSES = 100
# Prefixes, wildcards and fuzzy words: each stands for any number of words.
MAX_EXPANSIONS = 20

_FIELD = re.compile(r"([A-Za-z]+)[:：](?=[^\s:：]|$)")


def parse(query: str, now: datetime | None = None) -> Node:
    """Return the tree of `query`; relative dates count from `now`. Raises QuerySyntaxError."""
    if len(query) > MAX_LENGTH:
        raise QuerySyntaxError(ErrorMessage.TOO_LONG, MAX_LENGTH, len(query), length=len(query), most=MAX_LENGTH)
    # A lone surrogate is no character: no text can hold it. Its replacement is one character, so that spans stay.
    return _Parser(query.encode("utf-8", "replace").decode(), now).parse()


class _Parser:
    """A recursive-descent parser of one query."""

    def __init__(self, query: str, now: datetime | None) -> None:
        self._scanner = Scanner(query)
        self._now = now
        self._depth = 0
        self._clauses = 0
        self._expansions = 0

    def parse(self) -> Node:
        self._scanner.skip()
        if self._scanner.is_done():
            return MatchAll(span=(0, self._scanner.at))
        node = self._alternatives()
        if not self._scanner.is_done():
            raise self._stray_bracket()
        return node

    def _alternatives(self) -> Node:
        return self._joined("OR", lambda: self._joined("AND", self._sequence, And), Or)

    def _joined(self, operator: str, operand: Callable[[], Node], kind: type[And] | type[Or]) -> Node:
        start = self._scanner.at
        nodes = [operand()]
        while self._scanner.next_keyword(operator):
            self._scanner.skip(len(operator))
            nodes.append(operand())
        return nodes[0] if len(nodes) == 1 else kind(tuple(nodes), span=self._span_from(start))

    def _sequence(self) -> Node:
        start = self._scanner.at
        scope, scope_span = Scope.ANYWHERE, None
        clauses: list[Node] = []
        bare: dict[Scope, Terms] = {}
        while not self._is_sequence_over():
            clause_start, is_group = self._scanner.at, self._scanner.next_is("(")
            clause = self._clause()
            if isinstance(clause, Scope):
                scope, scope_span = clause, self._span_from(clause_start)
            elif isinstance(clause, Terms) and not is_group:
                # Bare words of one scope are one clause.
                if first := bare.get(clause.scope):
                    clause = Terms(f"{first.text} {clause.text}", clause.scope, span=(first.span[0], clause.span[1]))
                else:
                    self._count(clause_start)
                bare[clause.scope] = clause
            else:
                clauses.append(clause)
            self._scanner.skip()
        required = [_scoped(clause, scope) for clause in (*bare.values(), *clauses)]
        if not required:
            raise self._missing(start, scope_span)
        return required[0] if len(required) == 1 else And(tuple(required), span=self._span_from(start))

    def _is_sequence_over(self) -> bool:
        scanner = self._scanner
        return scanner.is_done() or scanner.next_is(")") or bool(scanner.next_keyword("AND", "OR"))

    def _missing(self, sequence_start: int, scope_span: Span | None) -> QuerySyntaxError:
        """Return the error of a sequence without clauses."""
        at, query = self._scanner.at, self._scanner.query
        if word := self._scanner.next_keyword("AND", "OR"):
            return QuerySyntaxError(ErrorMessage.NOTHING_BEFORE, at, at + len(word), word=word)
        if scope_span:
            return QuerySyntaxError(ErrorMessage.NOTHING_AFTER, *scope_span, word=query[slice(*scope_span)])
        before = query[:sequence_start].rstrip()
        if word := next((word for word in ("AND", "OR") if before.endswith(word)), ""):
            return QuerySyntaxError(ErrorMessage.NOTHING_AFTER, len(before) - len(word), len(before), word=word)
        if self._scanner.is_done():
            return QuerySyntaxError(ErrorMessage.OPEN_BRACKET, len(before) - 1, len(before))
        if not before:
            return self._stray_bracket()
        return QuerySyntaxError(ErrorMessage.EMPTY_BRACKETS, len(before) - 1, at + 1)

    def _stray_bracket(self) -> QuerySyntaxError:
        return QuerySyntaxError(ErrorMessage.STRAY_BRACKET, self._scanner.at, self._scanner.at + 1)

    def _clause(self) -> Node | Scope:
        """Return the next clause. It is counted here, except bare words, which `_sequence` counts together."""
        start, is_group = self._scanner.at, self._scanner.next_is("(")
        clause = self._one_clause(start)
        if isinstance(clause, ExpansionNode) and not is_group:
            self._expansions += 1
            if self._expansions > MAX_EXPANSIONS:
                raise QuerySyntaxError(ErrorMessage.TOO_MANY_EXPANSIONS, *clause.span, most=MAX_EXPANSIONS)
        if is_group or not isinstance(clause, Terms):
            self._count(start)
        return clause

    def _count(self, start: int) -> None:
        self._clauses += 1
        if self._clauses > MAX_CLAUSES:
            raise QuerySyntaxError(ErrorMessage.TOO_MANY_PARTS, start, len(self._scanner.query), most=MAX_CLAUSES)

    def _one_clause(self, start: int) -> Node | Scope:
        scanner = self._scanner
        if scanner.next_keyword("NOT"):
            return self._negation(start, 3)
        if scanner.next_is("-") and scanner.plain[start + 1 : start + 2].strip(" \t\n\u3000-"):
            return self._negation(start, 1)
        if scanner.next_is("("):
            return self._group(start)
        if scanner.next_is('"'):
            return Phrase(scanner.read_quoted(), span=self._span_from(start))
        if scanner.next_is("#") and (hashtag := scanner.read_hashtag()):
            return hashtag
        run = scanner.peek_run()
        span = start, start + len(run)
        if node := parse_identifier(run, span):
            self._scanner.at = span[1]
            return node
        match = _FIELD.match(scanner.query, start)
        # A name before // that is no field begins an address.
        if match and (match[1].lower() in QUERY_FIELDS or not scanner.query.startswith("//", match.end())):
            return self._field(match)
        self._scanner.at = span[1]
        return MatchAll(span=span) if run in ("*", "＊") else word_node(run, span)

    def _negation(self, start: int, length: int) -> Node:
        self._scanner.skip(length)
        if self._is_sequence_over():
            raise QuerySyntaxError(ErrorMessage.NOTHING_AFTER, start, start + length, word="NOT")
        self._deeper(start)
        clause = self._clause()
        self._depth -= 1
        if isinstance(clause, Scope):
            raise QuerySyntaxError(ErrorMessage.EXCLUDED_SCOPE, *self._span_from(start))
        return Not(clause, span=self._span_from(start))

    def _group(self, start: int) -> Node:
        self._deeper(start)
        self._scanner.skip(1)
        node = self._alternatives()
        if not self._scanner.next_is(")"):
            raise QuerySyntaxError(ErrorMessage.OPEN_BRACKET, start, start + 1)
        self._scanner.at += 1
        self._depth -= 1
        return node

    def _deeper(self, start: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QuerySyntaxError(ErrorMessage.TOO_DEEP, start, start + 1, most=MAX_DEPTH)

    def _field(self, match: re.Match[str]) -> Node | Scope:
        if not (field := QUERY_FIELDS.get(match[1].lower())):
            raise _unknown_field(match)
        self._scanner.at = match.end()
        is_quoted = self._scanner.next_is('"')
        value = self._scanner.read_quoted() if is_quoted else self._scanner.read_run()
        span = self._span_from(match.start())
        if not value:
            raise QuerySyntaxError(ErrorMessage.NO_VALUE, *span, field=field.name)
        return field_node(field, value, is_quoted, span, self._now)

    def _span_from(self, start: int) -> Span:
        return start, self._scanner.at


def _unknown_field(match: re.Match[str]) -> QuerySyntaxError:
    import difflib  # only for queries with an unknown field

    span = match.start(), match.end() - 1
    if near := difflib.get_close_matches(match[1].lower(), QUERY_FIELDS, n=1):
        return QuerySyntaxError(ErrorMessage.MISSPELLED_FIELD, *span, field=match[1], near=near[0])
    return QuerySyntaxError(ErrorMessage.UNKNOWN_FIELD, *span, field=match[1], fields=", ".join(QUERY_FIELDS))


def _scoped(node: Node, scope: Scope) -> Node:
    """Return `node` with `scope` on every text in it that has none of its own."""
    if isinstance(node, Text):
        return node if node.scope is not Scope.ANYWHERE else replace(node, scope=scope)
    if isinstance(node, Not):
        return replace(node, child=_scoped(node.child, scope))
    if isinstance(node, (And, Or)):
        return replace(node, children=tuple(_scoped(child, scope) for child in node.children))
    return node
