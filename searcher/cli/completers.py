"""Completions of command-line words from what the index holds."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Thread

import click
from click.shell_completion import CompletionItem

from index.errors import SearcherError
from index.schema.fields import FACETS, Field
from index.text.folding import fold
from searcher import Searcher, open_searcher
from searcher.errors import QuerySyntaxError
from searcher.export import count_noun
from searcher.facets import MAX_BUCKETS
from searcher.query.dates import NAMED
from searcher.query.fields import QUERY_FIELDS, ValueKind
from searcher.query.parser import parse
from searcher.query.tree import Property
from searcher.request import SearchRequest

_Find = Callable[[Searcher, str], Iterable[CompletionItem]]
_Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
# The shell waits for a completion.
_TIMEOUT_SECONDS = 5
# The last word of a query, which may be excluded, and the text before it.
_LAST_WORD = re.compile(r"(?P<before>(?:.*[\s(（])?[-－]?)(?P<word>[^\s(（]*)", re.DOTALL)
_QUOTES = '"“”＂'


def _completer(find: _Find) -> _Completer:
    """Return a completer of a parameter that returns nothing if no index can be read in time."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        typed = incomplete.encode("utf-8", "replace").decode()
        found: list[CompletionItem] = []

        def look_up() -> None:
            # A message would land in the middle of the command line.
            with suppress(SearcherError, OSError), open_searcher(ctx.params["location"]) as searcher:
                found.extend(_insertable(list(find(searcher, typed)), typed))

        # The thread is abandoned after the timeout: the client retries a cluster that is down for longer.
        thread = Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(_TIMEOUT_SECONDS)
        return found

    return complete


def _insertable(items: list[CompletionItem], typed: str) -> list[CompletionItem]:
    """Return the items that begin with `typed`; if there are several, spelled with the letters of `typed`.

    A shell inserts the longest common prefix of the choices, and that of #DeepSeek# and #deepmind# is only #.
    """
    matching = [item for item in items if fold(item.value[: len(typed)]) == fold(typed)]
    if len(matching) > 1:
        matching = [CompletionItem(typed + item.value[len(typed) :], help=item.help) for item in matching]
    # The list may be cut, and the missing values share only `typed` with the others.
    return [*matching, CompletionItem(typed)] if typed and len(items) == MAX_BUCKETS else matching


def _posts(searcher: Searcher, typed: str) -> Iterator[CompletionItem]:
    for post in searcher.posts(typed):
        yield CompletionItem(post.id, help=" ".join(post.title.split()) or None)


def _values(field: Field) -> _Find:
    """Return a function that yields the values of `field`, of hashtags only those that hold the typed text."""

    def find(searcher: Searcher, typed: str) -> Iterator[CompletionItem]:
        for bucket in searcher.search(SearchRequest(hashtag_like=typed, page_size=1)).facets[field.facet]:
            yield CompletionItem(bucket.value, help=count_noun(bucket.count, "post"))

    return find


def _query_words(searcher: Searcher, typed: str) -> Iterator[CompletionItem]:
    """Yield completions of the last word of a query: hashtags and values of fields."""
    match = _LAST_WORD.fullmatch(typed)
    assert match is not None
    before, word = match["before"], match["word"]
    if sum(before.count(quote) for quote in _QUOTES) % 2:
        return
    if word.startswith("#"):
        template, find, value = "#{}#", _FIELDS["hashtag"], word.lstrip("#")
    else:
        field, colon, value = word.partition(":")
        if not colon or field not in _FIELDS:
            return
        template, find = f"{field}:{{}}", _FIELDS[field]
    for item in find(searcher, value):
        text = template.format(item.value)
        # A value may contain syntax, so that a query reads the text as something else.
        with suppress(QuerySyntaxError):
            if isinstance(parse(text), Property):
                yield CompletionItem(before + text, help=item.help)


def _dates(_: Searcher, __: str) -> Iterator[CompletionItem]:
    return map(CompletionItem, NAMED)


_FIELDS: dict[str, _Find] = {
    **{field.name: _values(field) for field in FACETS.values() if field.in_queries},
    **{field.name: _dates for field in QUERY_FIELDS.values() if field.kind is ValueKind.DATE},
}


def field_values(field: Field) -> _Completer | None:
    """Return the completer of an option by the values of `field`, or None if it has no facet to take them from."""
    return _completer(_values(field)) if field.facet else None


post_ids = _completer(_posts)
query_words = _completer(_query_words)
dates = _completer(_dates)
