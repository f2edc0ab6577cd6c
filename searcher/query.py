"""The query tree: what a query string means, independent of any engine.

Each node knows the stretch of the query string it came from (`span`, not compared), and `str(node)` is a
query string that means the same.
"""

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

    SOURCE = "source"
    SITE = "site"
    ACCOUNT = "account"
    TYPE = "type"


class Moment(StrEnum):
    """Names a time of a post."""

    PUBLISHED = "published"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every post."""

    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Words:
    """Matches posts that hold enough of the words of `text`, ranked by how well they do."""

    text: str
    scope: Scope = Scope.ANYWHERE
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return " ".join(f"{self.scope.prefix()}{_escape(word)}" for word in self.text.split(" "))


@dataclass(frozen=True, slots=True)
class Literal:
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
class Similar:
    """Matches posts that hold `text` or a word one or two letters away from it."""

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
class Is:
    """Matches posts whose `field` is `value`."""

    field: Field
    value: str
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{quote(self.value)}"


@dataclass(frozen=True, slots=True)
class Dates:
    """Matches posts whose `moment` is at or after `start` and before `end`; `text` is how that was written."""

    moment: Moment
    start: datetime | None
    end: datetime | None
    text: str
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class And:
    """Matches what all of `children` match."""

    children: tuple["Node", ...]
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return " AND ".join(_group(child) for child in self.children)


@dataclass(frozen=True, slots=True)
class Or:
    """Matches what any of `children` matches."""

    children: tuple["Node", ...]
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return " OR ".join(_group(child) for child in self.children)


@dataclass(frozen=True, slots=True)
class Not:
    """Matches what `child` does not match."""

    child: "Node"
    span: Span = _field(default=_NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"NOT {_group(self.child)}"


Text = Words | Literal | Prefix | Similar
Node = Everything | Words | Literal | Prefix | Similar | Hashtag | Is | Dates | And | Or | Not


def quote(text: str) -> str:
    """Return `text` as an exact text in a query string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escape(word: str) -> str:
    """Return `word` so that the parser reads it as that word and nothing else."""
    special = word in {"AND", "OR", "NOT"} or word[:1] in '-－"“”＂#＃()（）'
    inside = any(character in "()（）:：*＊~～\\" for character in word)
    if not (special or inside):
        return word
    return "".join(
        f"\\{c}" if c in '-－"“”＂#＃()（）:：*＊~～\\' or (i == 0 and special) else c for i, c in enumerate(word)
    )


def _group(node: Node) -> str:
    compound = isinstance(node, (And, Or, Not)) or (isinstance(node, Words) and " " in node.text)
    return f"({node})" if compound else str(node)
