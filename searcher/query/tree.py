"""The query tree: what a query string means, independent of any engine.

Each node knows the stretch of the query string it came from (`span`, not compared), and `str(node)` is a
query string that means the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as _field
from datetime import datetime
from enum import StrEnum

Span = tuple[int, int]
_NOWHERE: Span = (0, 0)


class Scope(StrEnum):
    """Names the part of a post that a text is looked for in."""

    ANYWHERE = ""
    TITLE = "title"
    ORIGINAL = "original"
    SUMMARY = "summary"

    def prefix(self) -> str:
        """Return the operator that stands before a text of this scope."""
        return f"{self.value}:" if self.value else ""


class Field(StrEnum):
    """Names a property whose value a post can be asked for."""

    ID = "id"
    SOURCE = "source"
    SITE = "site"
    ACCOUNT = "account"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Matches every post."""

    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Terms:
    """Matches posts that hold enough of the words of `text`, ranked by how well they do."""

    text: str
    scope: Scope = Scope.ANYWHERE
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return " ".join(f"{self.scope.prefix()}{_escape(word)}" for word in self.text.split(" "))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Matches exactly the posts that hold `text`, after folding."""

    text: str
    scope: Scope = Scope.ANYWHERE
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{quote(self.text)}"


@dataclass(frozen=True, slots=True)
class Prefix:
    """Matches posts that hold a word beginning with `text`."""

    text: str
    scope: Scope = Scope.ANYWHERE
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{_escape(self.text)}*"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Matches posts that hold a word like `text`, in which each * stands for any characters or none."""

    text: str
    scope: Scope = Scope.ANYWHERE
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{'*'.join(map(_escape, self.text.split('*')))}"


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Matches posts that hold `text` or a word like it: the same first letter, and one or two others different."""

    text: str
    scope: Scope = Scope.ANYWHERE
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{_escape(self.text)}~"


@dataclass(frozen=True, slots=True)
class Hashtag:
    """Matches posts under the hashtag `name`, in any of its spellings."""

    name: str
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"hashtag:{quote(self.name)}"


@dataclass(frozen=True, slots=True)
class FieldEquals:
    """Matches posts whose `field` is `value`."""

    field: Field
    value: str
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{quote(self.value)}"


@dataclass(frozen=True, slots=True)
class PublishedBetween:
    """Matches posts published at or after `start` and before `end`; `text` is how that was written."""

    start: datetime | None
    end: datetime | None
    text: str
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class SavedBetween:
    """Matches posts saved on any day from that of `start` to before that of `end`; `text` is how that was written."""

    start: datetime | None
    end: datetime | None
    text: str
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class SaveCount:
    """Matches posts saved from `least` to `most` times, however often if that is None."""

    least: int
    most: int | None
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        if self.least == self.most:
            return f"saves:{self.least}"
        return f"saves:{self.least}..{'' if self.most is None else self.most}"


@dataclass(frozen=True, slots=True)
class And:
    """Matches what all of `children` match."""

    children: tuple["Node", ...]
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return " AND ".join(_group(child, (And, Or)) for child in self.children)


@dataclass(frozen=True, slots=True)
class Or:
    """Matches what any of `children` matches."""

    children: tuple["Node", ...]
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return " OR ".join(_group(child, (Or,)) for child in self.children)


@dataclass(frozen=True, slots=True)
class Not:
    """Matches what `child` does not match."""

    child: "Node"
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        is_several_words = isinstance(self.child, Terms) and " " in self.child.text
        return f"NOT ({self.child})" if is_several_words else f"NOT {_group(self.child, (And, Or))}"


Text = Terms | Phrase | Prefix | Wildcard | Fuzzy
Property = Hashtag | FieldEquals | PublishedBetween | SavedBetween | SaveCount
Node = MatchAll | Text | Property | And | Or | Not


def leaves(node: Node) -> Iterator[Node]:
    """Yield what `node` asks for, but not what it excludes."""
    if isinstance(node, (And, Or)):
        for child in node.children:
            yield from leaves(child)
    elif not isinstance(node, Not):
        yield node


def quote(text: str) -> str:
    """Return `text` as an exact text in a query string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escape(word: str) -> str:
    """Return `word` so that the parser reads it as that word and nothing else."""
    if word in KEYWORDS:
        return f"\\{word}"
    if word[:1] in _OPENING or any(character in _SPECIAL for character in word):
        return "".join(f"\\{c}" if c in _OPENING or c in _SPECIAL else c for c in word)
    return word


KEYWORDS = ("AND", "OR", "NOT")
# What has a meaning at the beginning of a word, and what has one anywhere in it.
_OPENING = '-－"“”＂#＃'
_SPECIAL = "()（）:：*＊~～\\"


def _group(node: Node, kinds: tuple[type, ...]) -> str:
    """Return `node` in brackets if it is of `kinds`, which would be read otherwise where it stands."""
    return f"({node})" if isinstance(node, kinds) else str(node)
