"""The query tree: what a query string means, independent of any engine.

`str(node)` is a query string with the same meaning.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from index.schema.zones import Zone

Span = tuple[int, int]


class Scope(StrEnum):
    """The part of a post in which a text is looked for."""

    ANYWHERE = ""
    TITLE = "title"
    ORIGINAL = "original"
    SUMMARY = "summary"

    def prefix(self) -> str:
        """Return the operator before a text of this scope."""
        return f"{self.value}:" if self.value else ""

    @property
    def zones(self) -> range | None:
        """Return the zones of the index in this scope, None for all of them."""
        return _ZONES.get(self)


# Earlier saves mix originals and summaries, so that no narrower scope has them.
_ZONES = {
    Scope.TITLE: range(Zone.TITLE, Zone.OPENING + 1),
    Scope.ORIGINAL: range(Zone.TITLE, Zone.QUOTED + 1),
    Scope.SUMMARY: range(Zone.SUMMARY, Zone.SUMMARY + 1),
}


@dataclass(frozen=True, slots=True)
class _Node:
    """A node with the `span` of the query string it was read from; nodes compare equal without it.

    `kind` is its name in JSON and on pages.
    """

    kind: ClassVar[str]
    span: Span = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class TextNode(_Node):
    """A node that looks for a text, which is folded before it is compared."""

    text: str
    scope: Scope = Scope.ANYWHERE


class ExpansionNode(TextNode):
    """A node that stands for several words of the archive."""


class PropertyNode(_Node):
    """A node that compares a property of the post, and nothing of its texts."""


class MatchAll(_Node):
    """Every post."""

    kind = "everything"

    def __str__(self) -> str:
        return "*"


class Terms(TextNode):
    """The posts that hold enough of the words in `text`, ranked by how well they match."""

    kind = "words"

    def __str__(self) -> str:
        return " ".join(f"{self.scope.prefix()}{_escape(word)}" for word in self.text.split(" "))


class Phrase(TextNode):
    """The posts that hold `text` literally."""

    kind = "literal"

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{quote(self.text)}"


class Prefix(ExpansionNode):
    """The posts that hold a word beginning with `text`."""

    kind = "prefix"

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{_escape(self.text)}*"


class Wildcard(ExpansionNode):
    """The posts that hold a word like `text`, in which each * stands for any characters or none."""

    kind = "wildcard"

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{'*'.join(map(_escape, self.text.split('*')))}"


class Fuzzy(ExpansionNode):
    """The posts that hold `text`, or a word with the same first letter one or two edits away."""

    kind = "similar"

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{_escape(self.text)}~"


@dataclass(frozen=True, slots=True)
class Hashtag(PropertyNode):
    """The posts under the hashtag `name`, in any of its spellings."""

    kind = "hashtag"
    name: str

    def __str__(self) -> str:
        return f"hashtag:{quote(self.name)}"


@dataclass(frozen=True, slots=True)
class FieldEquals(PropertyNode):
    """The posts whose keyword field `field` is `value`."""

    kind = "is"
    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{quote(self.value)}"


@dataclass(frozen=True, slots=True)
class _PeriodNode(PropertyNode):
    """A node with a period from `start` to before `end`, open where one is None; `text` is how it was typed."""

    start: datetime | None
    end: datetime | None
    text: str

    def __str__(self) -> str:
        return self.text


class PublishedBetween(_PeriodNode):
    """The posts published in a period."""

    kind = "dates"


class SavedBetween(_PeriodNode):
    """The posts with a save on one of the days of a period."""

    kind = "saved"


@dataclass(frozen=True, slots=True)
class SaveCount(PropertyNode):
    """The posts with at least `least` saves and at most `most`, or any number if that is None."""

    kind = "saves"
    least: int
    most: int | None

    def __str__(self) -> str:
        if self.least == self.most:
            return f"saves:{self.least}"
        return f"saves:{self.least}..{'' if self.most is None else self.most}"


@dataclass(frozen=True, slots=True)
class And(_Node):
    """The posts that all of `children` match."""

    kind = "and"
    children: tuple["Node", ...]

    def __str__(self) -> str:
        return " AND ".join(_group(child, (And, Or)) for child in self.children)


@dataclass(frozen=True, slots=True)
class Or(_Node):
    """The posts that any of `children` matches."""

    kind = "or"
    children: tuple["Node", ...]

    def __str__(self) -> str:
        return " OR ".join(_group(child, (Or,)) for child in self.children)


@dataclass(frozen=True, slots=True)
class Not(_Node):
    """The posts that `child` does not match."""

    kind = "not"
    child: "Node"

    def __str__(self) -> str:
        is_several_words = isinstance(self.child, Terms) and " " in self.child.text
        return f"NOT ({self.child})" if is_several_words else f"NOT {_group(self.child, (And, Or))}"


Expansion = Prefix | Wildcard | Fuzzy
Text = Terms | Phrase | Expansion
Property = Hashtag | FieldEquals | PublishedBetween | SavedBetween | SaveCount
Leaf = MatchAll | Text | Property
Node = Leaf | And | Or | Not


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield the leaves of `node`, without those under a NOT."""
    match node:
        case And(children=children) | Or(children=children):
            for child in children:
                yield from leaves(child)
        case Not():
            return
        case _:
            yield node


def max_edits(text: str) -> int:
    """Return the number of edits by which a word may differ from the folded `text` of a fuzzy one."""
    return 1 if len(text) < 6 else 2


def quote(text: str) -> str:
    """Return `text` as a quoted text of a query string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escape(word: str) -> str:
    """Return `word` with every operator in it escaped."""
    if word in KEYWORDS:
        return f"\\{word}"
    if word[:1] in _OPENING or any(character in _SPECIAL for character in word):
        return "".join(f"\\{c}" if c in _OPENING or c in _SPECIAL else c for c in word)
    return word


KEYWORDS = ("AND", "OR", "NOT")
# Characters with a meaning at the beginning of a word, and anywhere in it.
_OPENING = '-－"“”＂#＃'
_SPECIAL = "()（）:：*＊~～\\"


def _group(node: Node, kinds: tuple[type, ...]) -> str:
    """Return `node`, in brackets if it is of `kinds`, which the parser would read differently here."""
    return f"({node})" if isinstance(node, kinds) else str(node)
