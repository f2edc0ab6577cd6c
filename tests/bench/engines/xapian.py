"""Xapian, through the bindings that Debian packages as python3-xapian."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench.documents import BenchDocument, pairs
from tests.bench.engines.base import Answer, count_lists, join_list
from tests.bench.questions import Question

# There are none on PyPI; a virtual environment of the same Python can use the system's.
sys.path.append("/usr/lib/python3/dist-packages")
xapian: Any = import_module("xapian")

_WORD, _CHARACTER, _PAIR = "W", "C", "P"
_SLOTS = {"source": 0, "month": 1, "hashtag": 2, "account": 3, "published": 4, "id": 5}
_LONGEST_TERM = 240  # bytes


class Xapian:
    """Is Xapian with its default backend, compacted."""

    name = "Xapian"
    version = xapian.version_string()

    def build(self, folder: Path, documents: Iterable[BenchDocument]) -> None:
        written = folder / "written"
        database = xapian.WritableDatabase(str(written), xapian.DB_CREATE | xapian.DB_DANGEROUS | xapian.DB_NO_SYNC)
        for document in documents:
            database.add_document(_document(document))
        database.commit()
        database.compact(str(folder / "index"))
        database.close()
        shutil.rmtree(written)

    def open(self, folder: Path) -> None:
        self._database = xapian.Database(str(folder / "index"))

    def supports(self, question: Question) -> bool:  # noqa: ARG002
        return True

    def answer(self, question: Question) -> Answer:
        enquire = xapian.Enquire(self._database)
        enquire.set_query(self._query(question))
        if question.by_date:
            enquire.set_weighting_scheme(xapian.BoolWeight())
            enquire.set_sort_by_value(_SLOTS["published"], True)
        spies = {name: xapian.ValueCountMatchSpy(_SLOTS[name]) for name in question.facets}
        for spy in spies.values():
            enquire.add_matchspy(spy)
        found = enquire.get_mset(0, 10, self._database.get_doccount())
        return Answer(
            [match.document.get_value(_SLOTS["id"]).decode() for match in found],
            found.get_matches_estimated(),  # exact, since every document was to be checked
            {
                name: count_lists({one.term.decode(): one.termfreq for one in spy.values()})
                for name, spy in spies.items()
            },
        )

    def _query(self, question: Question) -> Any:
        texts = question.texts
        if question.kind == "phrase":
            terms = [_PAIR + pair for pair in pairs(texts[0])]
            return xapian.Query(xapian.Query.OP_PHRASE, terms, len(terms))
        if question.kind == "prefix":
            # All but the pattern are the defaults: with fewer arguments the bindings take a string for a list.
            return xapian.Query(xapian.Query.OP_WILDCARD, _WORD + texts[0], 0, xapian.Query.WILDCARD_LIMIT_ERROR)
        if question.kind == "wildcard":
            return xapian.Query(xapian.Query.OP_SYNONYM, list(self._expand(texts[0])))
        operator = xapian.Query.OP_AND if question.kind == "and" else xapian.Query.OP_OR
        return xapian.Query(operator, [_WORD + text for text in texts])

    def _expand(self, pattern: str) -> Iterator[bytes]:
        """Yield the terms of words that match `pattern`; this version has no wildcards but at the end."""
        first, last = pattern.split("*")
        shortest = len((_WORD + first + last).encode())
        for entry in self._database.allterms(_WORD + first):
            if len(entry.term) >= shortest and entry.term.endswith(last.encode()):
                yield entry.term


def _document(document: BenchDocument) -> Any:
    made = xapian.Document()
    for prefix, tokens in ((_WORD, document.words), (_CHARACTER, document.characters)):
        for token, count in Counter(tokens).items():
            if len(token.encode()) <= _LONGEST_TERM:
                made.add_term(prefix + token, count)
    for position, pair in enumerate(document.pairs):
        made.add_posting(_PAIR + pair, position)
    properties = {"source": document.source, "account": document.account, "month": document.month, "id": document.id}
    for name, value in {**properties, "hashtag": join_list(document.hashtags)}.items():
        made.add_value(_SLOTS[name], value)
    made.add_value(_SLOTS["published"], xapian.sortable_serialise(document.published))
    made.set_data(document.stored)
    return made
