"""What completes a word on the command line by what the index holds."""

import re
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread

import click
from click.shell_completion import CompletionItem

from index.errors import SearcherError
from index.schema.fields import FACETS, Field
from index.text.folding import fold
from searcher import Searcher, open_searcher
from searcher.errors import QuerySyntaxError
from searcher.facets import MAX_BUCKETS
from searcher.query.dates import NAMED
from searcher.query.parser import parse
from searcher.query.tree import Property
from searcher.request import SearchRequest
from searcher.results import Bucket

_Find = Callable[[Searcher, str], Iterable[CompletionItem]]
_Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
# So many seconds whoever presses Tab is kept waiting.
_PATIENCE = 5
# The word of a query that is being typed, and what stands before it; it may be excluded.
_LAST_WORD = re.compile(r"(?P<before>(?:.*[\s(（])?[-－]?)(?P<word>[^\s(（]*)", re.DOTALL)
_QUOTES = '"“”＂'


def _completed_by(find: _Find) -> _Complete:
    """Return what completes a parameter by `find`; without an index that can be read in time, nothing does."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        typed = incomplete.encode("utf-8", "replace").decode()
        found: SimpleQueue[list[CompletionItem]] = SimpleQueue()

        def look_up() -> None:
            try:
                with open_searcher(ctx.params["location"]) as searcher:
                    found.put(_insertable(list(find(searcher, typed)), typed))
            except (SearcherError, OSError):
                found.put([])  # a sentence would land in the middle of what is being typed

        # The thread is left behind: a cluster that is down is asked again for as long as any search would.
        Thread(target=look_up, daemon=True).start()
        try:
            return found.get(timeout=_PATIENCE)
        except Empty:
            return []

    return complete


def _insertable(found: list[CompletionItem], typed: str) -> list[CompletionItem]:
    """Return those of `found` that begin as typed, in the letters typed where there are several.

    What shells insert is the longest beginning that all choices share: of #DeepSeek# and #deepmind# that would be #.
    """
    begun = [one for one in found if fold(one.value[: len(typed)]) == fold(typed)]
    if len(begun) > 1:
        begun = [CompletionItem(typed + one.value[len(typed) :], help=one.help) for one in begun]
    # There may be more, which share no more than what was typed.
    return [*begun, CompletionItem(typed)] if typed and len(found) == MAX_BUCKETS else begun


def _posts(searcher: Searcher, typed: str) -> Iterator[CompletionItem]:
    for post in searcher.posts(typed):
        yield CompletionItem(post.id, help=" ".join(post.title.split()) or None)


def _hashtags(searcher: Searcher, typed: str) -> Iterator[CompletionItem]:
    return map(_counted, searcher.search(SearchRequest(hashtag_like=typed, page_size=1)).facets["hashtag"])


def _facet(name: str) -> _Find:
    return lambda searcher, _: map(_counted, searcher.search(SearchRequest(page_size=1)).facets[name])


def _counted(bucket: Bucket) -> CompletionItem:
    return CompletionItem(bucket.value, help=f"{bucket.count:,} post{'' if bucket.count == 1 else 's'}")


def _words(searcher: Searcher, typed: str) -> Iterator[CompletionItem]:
    """Yield what completes the last word of a query: hashtags, and the values of fields."""
    match = _LAST_WORD.fullmatch(typed)
    assert match is not None
    before, word = match["before"], match["word"]
    if sum(before.count(quote) for quote in _QUOTES) % 2:
        return
    field, colon, value = word.partition(":")
    form, find = ("#{}#", _hashtags) if word.startswith("#") else (f"{field}:{{}}", _FIELDS.get(field))
    if find is None or not (colon or word.startswith("#")):
        return
    for one in find(searcher, word.lstrip("#") if word.startswith("#") else value):
        text = form.format(one.value)
        if _is_one_word(text):
            yield CompletionItem(before + text, help=one.help)


def _is_one_word(text: str) -> bool:
    """Tell whether a query reads `text` as one property: a value may hold what means something else there."""
    try:
        return isinstance(parse(text), Property)
    except QuerySyntaxError:
        return False


def _dates(_: Searcher, __: str) -> Iterator[CompletionItem]:
    return map(CompletionItem, NAMED)


def _values(field: Field) -> _Find:
    return _hashtags if field.has_spellings else _facet(field.facet)


_FIELDS: dict[str, _Find] = {
    **{field.name: _values(field) for field in FACETS.values() if field.in_queries},
    "date": _dates,
    "since": _dates,
    "until": _dates,
}


def values_of(field: Field) -> _Complete | None:
    """Return the completion of an option by the values of `field`, None where these are not counted."""
    return _completed_by(_values(field)) if field.facet else None


post_ids = _completed_by(_posts)
query_words = _completed_by(_words)
dates = _completed_by(_dates)
