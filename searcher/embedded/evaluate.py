"""Query tree → which documents match, and how well, over one snapshot."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from math import log

import numpy as np

from index import analyzer
from index.codec.arrays import SegmentArrays
from index.facets import NO_TIME
from index.folding import fold
from index.hashtags import hashtag_key
from searcher.embedded import postings
from searcher.embedded.bm25 import Scores
from searcher.embedded.columns import Mask, Numbers
from searcher.embedded.literal import Held
from searcher.embedded.nearness import nearness
from searcher.embedded.postings import Postings
from searcher.embedded.ranking import (
    LIFTED,
    MINIMUM_CAP,
    MINIMUM_SHARE,
    NEARNESS_LIFT,
    WHOLE_LIFT,
    Ranking,
    Scorer,
    Term,
)
from searcher.embedded.scopes import SCOPE_ZONES
from searcher.embedded.similar import similar_words
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.synonyms import Variant, latin_word
from searcher.embedded.wildcard import matching_words
from searcher.query import (
    And,
    Dates,
    Everything,
    Field,
    Hashtag,
    Is,
    Literal,
    Node,
    Not,
    Or,
    Prefix,
    Saved,
    Saves,
    Scope,
    Similar,
    Wildcard,
    Words,
)


@dataclass(frozen=True, slots=True)
class Match:
    """Is what a node matches: documents, ascending, and what scores any of them, None where none is better."""

    numbers: Numbers
    scores: Scorer | None = None


@dataclass(frozen=True, slots=True)
class _Form:
    """Is a folded text of a query, as typed or with a synonym in it, and what matches it or holds it whole."""

    text: str
    numbers: Numbers
    whole: Numbers


class Evaluator:
    """Evaluates the nodes of a query over one snapshot; what is looked up once is remembered."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._size = snapshot.size
        self._ranking = Ranking(snapshot)
        # A short query asks for the same text as a whole and as a clue.
        self._found: dict[tuple[str, Scope], Held] = {}

    def match(self, node: Node) -> Match:
        """Return what `node` matches among the live documents."""
        match node:
            case Everything():
                return Match(self._snapshot.all)
            case Words():
                return self._words(node)
            case Literal():
                text = fold(node.text)
                return self._exact(text, node.scope)
            case Prefix():
                return self._prefix(node)
            case Wildcard():
                return self._wildcard(node)
            case Similar():
                return self.as_one_word(similar_words(self._snapshot, fold(node.text).strip()), node.scope)
            case Hashtag():
                return Match(self._snapshot.with_value("hashtag", hashtag_key(node.name)))
            case Is():
                return Match(self._is(node))
            case Dates():
                everything = self._snapshot.all
                return Match(everything[published_between(self._snapshot, everything, node.start, node.end)])
            case Saved():
                return Match(self._snapshot.with_value_between("saved", _day(node.start, ""), _day(node.end, "~")))
            case Saves():
                everything = self._snapshot.all
                counts = self._snapshot.saves[everything]
                most = counts if node.most is None else node.most
                return Match(everything[(counts >= node.least) & (counts <= most)])
            case Not():
                everything = self._snapshot.all
                unwanted = self.match(node.child).numbers
                return Match(everything[~postings.is_in(everything, unwanted, self._size)])
            case And():
                return self._all_of([self.match(child) for child in node.children])
            case Or():
                return self._any_of([self.match(child) for child in node.children])

    # --- tokens --------------------------------------------------------------------------------------------

    def all_words(self, tokens: Iterable[str]) -> Match:
        """Return what holds every one of the words `tokens`."""
        return self._ranked([self._snapshot.postings("words", token) for token in tokens], postings.in_all)

    def any_words(self, tokens: Iterable[str]) -> Match:
        """Return what holds any of the words `tokens`."""
        return self._ranked([self._snapshot.postings("words", token) for token in tokens], postings.in_any)

    def as_one_word(self, tokens: Iterable[str], scope: Scope) -> Match:
        """Return what holds any of the words `tokens`, scored as if they were one."""
        texts = [token.encode() for token in tokens]
        return self._as_one(lambda segment: _found(segment, texts), scope)

    def beginning_with(self, text: str, scope: Scope = Scope.ANYWHERE) -> Match:
        """Return what holds any word that begins with the folded `text`, scored as if they were one."""
        return self._as_one(lambda segment: [segment.lexicon("words").with_prefix(text.encode())], scope)

    def fitting(self, pattern: str, scope: Scope = Scope.ANYWHERE) -> Match:
        """Return what holds any word like the folded `pattern`, in which * stands for any characters."""
        return self._as_one(lambda segment: matching_words(segment.lexicon("words"), pattern), scope)

    def _ranked(self, found: Sequence[Postings], combined: Callable[[Sequence[Numbers], int], Numbers]) -> Match:
        terms = [Term(one) for one in found]
        return Match(combined([one.numbers for one in found], self._size), partial(self._ranking.sum_of, terms))

    def _as_one(self, ranges: Callable[[SegmentArrays], Iterable[range]], scope: Scope) -> Match:
        found = self._snapshot.postings_of(ranges, SCOPE_ZONES[scope])
        return Match(found.numbers, partial(self._ranking.sum_of, [Term(found)]))

    # --- texts ---------------------------------------------------------------------------------------------

    def _words(self, node: Words) -> Match:
        text = fold(node.text).strip()
        typed = self._form(text, node.scope)
        if variants := self._snapshot.variants(text):
            forms = [typed, *(self._variant_form(variant, node.scope) for variant in variants)]
            return Match(
                postings.in_any([form.numbers for form in forms], self._size), partial(self._best_scores, forms)
            )
        if len(typed.numbers) == len(typed.whole):
            return self._exact(text, node.scope)
        return Match(typed.numbers, partial(self._lifted_scores, typed))

    def _form(self, text: str, scope: Scope) -> _Form:
        whole = self._holders(text, scope)
        clues = [(numbers, self._ranking.rarity(len(numbers))) for numbers in self._clues(text, scope)]
        clues = [clue for clue in clues if len(clue[0])]
        enough = min(MINIMUM_SHARE * sum(weight for _, weight in clues), MINIMUM_CAP * log(2 + len(self._snapshot.all)))
        numbers = postings.in_any([whole, *_sufficient(clues, enough, self._size)], self._size)
        return _Form(text, numbers, whole)

    def _variant_form(self, variant: Variant, scope: Scope) -> _Form:
        """Return the form of which only those match that hold the synonym itself, and no part of it alone."""
        form = self._form(variant.text, scope)
        unit = latin_word(variant.word)
        held = self._unit_holders(unit, scope) if unit else self._holders(variant.word, scope)
        return replace(form, numbers=postings.in_all([form.numbers, held], self._size))

    def _exact(self, text: str, scope: Scope) -> Match:
        """Return what literally holds the folded `text`, scored as if it were one word, and more where it is one."""
        held = self._held(text, scope)

        def scores(numbers: Numbers) -> Scores:
            as_word = self._snapshot.postings("words", text, SCOPE_ZONES[scope])
            return self._ranking.sum_of([Term(held.postings), *([Term(as_word)] if len(as_word.numbers) else [])], numbers)

        return Match(held.numbers, scores)

    def _lifted_scores(self, form: _Form, numbers: Numbers) -> Scores:
        scores = self._ranking.sum_of(list(self._ranking.terms_of(form.text)), numbers)
        is_whole = postings.is_in(numbers, form.whole, self._size)
        scores[is_whole] *= np.float32(1 + WHOLE_LIFT)
        # What does not hold the whole text has less to gain: no other can come before these.
        best = postings.first_places(-scores, LIFTED)
        best = best[~is_whole[best]]
        scores[best] *= 1 + np.float32(NEARNESS_LIFT) * nearness(self._snapshot, form.text, numbers[best])
        return scores

    def _best_scores(self, forms: list[_Form], numbers: Numbers) -> Scores:
        """Return what the form as typed gives each of `numbers`, or a variant if that gives more."""
        typed, *variants = forms
        scores = self._lifted_scores(typed, numbers)
        for variant in variants:
            held = postings.is_in(numbers, variant.numbers, self._size)
            weight = np.float32(self._ranking.synonym_weight(typed.text, variant.text))
            scores[held] = np.maximum(scores[held], weight * self._lifted_scores(variant, numbers[held]))
        return scores

    def _clues(self, text: str, scope: Scope) -> Iterator[Numbers]:
        """Yield the holders of each Latin word and of each clue of Han characters in the folded `text`."""
        for unit in dict.fromkeys(analyzer.latin_units(text)):
            yield self._unit_holders(unit, scope)
        for clue in dict.fromkeys(analyzer.han_clues(text)):
            yield self._holders(clue, scope)

    def _unit_holders(self, unit: analyzer.Unit, scope: Scope) -> Numbers:
        zones = SCOPE_ZONES[scope]
        alternatives = [
            postings.in_all([self._snapshot.postings("words", token, zones).numbers for token in tokens], self._size)
            for tokens in unit.alternatives
        ]
        return postings.in_any(alternatives, self._size)

    def _holders(self, text: str, scope: Scope) -> Numbers:
        """Return the documents that literally hold the folded `text` in `scope`, and no others."""
        return self._held(text, scope).numbers

    def _held(self, text: str, scope: Scope) -> Held:
        if (found := self._found.get((text, scope))) is None:
            found = self._found[text, scope] = self._snapshot.held(text, SCOPE_ZONES[scope])
        return found

    def _prefix(self, node: Prefix) -> Match:
        text = fold(node.text).strip()
        begun = self.beginning_with(text, node.scope)
        if text[-1].isascii():
            return begun
        # Chinese has no word beginnings that a reader could mean: what holds the text begins a word with it.
        return self._any_of([begun, self._exact(text, node.scope)])

    def _wildcard(self, node: Wildcard) -> Match:
        text = fold(node.text).strip()
        fitting = self.fitting(text, node.scope)
        # "2*3" may be meant as it stands.
        return self._any_of([fitting, self._exact(text, node.scope)])

    # --- properties ----------------------------------------------------------------------------------------

    def _is(self, node: Is) -> Numbers:
        name = node.field.value
        if node.field is not Field.SITE:
            return self._snapshot.with_value(name, node.value)
        hosts = [host.decode() for host in self._snapshot.facet(name).values]
        wanted = [host for host in hosts if host == node.value or host.endswith("." + node.value)]
        return postings.in_any([self._snapshot.with_value(name, host) for host in wanted], self._size)

    # --- combinations --------------------------------------------------------------------------------------

    def _all_of(self, matches: list[Match]) -> Match:
        numbers = postings.in_all([match.numbers for match in matches], self._size)
        scorers = [match.scores for match in matches if match.scores]
        return Match(numbers, partial(_sum, scorers) if scorers else None)

    def _any_of(self, matches: list[Match]) -> Match:
        numbers = postings.in_any([match.numbers for match in matches], self._size)
        scored = [match for match in matches if match.scores]
        return Match(numbers, partial(self._summed, scored) if scored else None)

    def _summed(self, matches: list[Match], numbers: Numbers) -> Scores:
        scores = np.zeros(len(numbers), np.float32)
        for match in matches:
            held = postings.is_in(numbers, match.numbers, self._size)
            if match.scores:
                scores[held] += match.scores(numbers[held])
        return scores


def published_between(snapshot: Snapshot, numbers: Numbers, start: datetime | None, end: datetime | None) -> Mask:
    """Tell of each of `numbers` whether it was published at or after `start` and before `end`."""
    times = snapshot.published[numbers]
    mask: Mask = times != NO_TIME
    if start:
        mask &= times >= start.timestamp()
    if end:
        mask &= times < end.timestamp()
    return mask


def _day(moment: datetime | None, otherwise: str) -> str:
    return f"{moment:%Y-%m-%d}" if moment else otherwise


def _sum(scorers: list[Scorer], numbers: Numbers) -> Scores:
    scores = scorers[0](numbers)
    for scorer in scorers[1:]:
        scores += scorer(numbers)
    return scores


def _sufficient(clues: list[tuple[Numbers, float]], enough: float, size: int) -> Iterator[Numbers]:
    """Yield the documents whose clues weigh `enough` together."""
    if all(weight >= enough for _, weight in clues):
        yield from (numbers for numbers, _ in clues)
        return
    numbers = np.concatenate([numbers for numbers, _ in clues])
    weights = np.repeat([weight for _, weight in clues], [len(numbers) for numbers, _ in clues])
    held, sums = postings.added_up(numbers, weights, size)
    yield held[sums >= enough]


def _found(segment: SegmentArrays, texts: list[bytes]) -> Iterator[range]:
    lexicon = segment.lexicon("words")
    return (range(number, number + 1) for text in texts if (number := lexicon.find(text)) >= 0)
