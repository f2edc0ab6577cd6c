"""Query tree → which documents match, and how well, over one snapshot."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nsmallest
from math import log

import numpy as np

from index.archive.hashtags import hashtag_key
from index.schema.fields import NO_TIME
from index.segments.arrays import SegmentArrays
from index.segments.grams import CHARACTERS, PAIRS
from index.text import tokenizer
from index.text.folding import fold
from searcher.embedded import postings
from searcher.embedded.columns import Mask, Numbers
from searcher.embedded.fuzzy import similar_words
from searcher.embedded.phrases import Held
from searcher.embedded.ranking import Ranking, Term
from searcher.embedded.scoring import AllOf, AnyOf, BestOf, Lifted, Match, Scorer, SumOfTerms, Weighted
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.wildcard import matching_words
from searcher.query.scopes import SCOPE_ZONES
from searcher.query.tree import (
    And,
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
    Terms,
    Wildcard,
)
from searcher.ranking.parameters import MINIMUM_CAP, MINIMUM_SHARE, MOST_CLUES, RARE_CHARACTER
from searcher.ranking.synonyms import Variant, latin_word

# The numbers of words in a segment's lexicon.
_Ranges = Callable[[SegmentArrays], Iterable[range]]


@dataclass(frozen=True, slots=True)
class HeldClue:
    """Is a part of a text by which documents match, what holds it, and what it counts by how rare it is."""

    text: str
    numbers: Numbers
    weight: float


@dataclass(frozen=True, slots=True)
class Form:
    """Is a folded text of a query, as typed or with a synonym in it, and what matches it or holds it whole.

    It matches what holds `clues` that weigh `enough` together.
    """

    text: str
    numbers: Numbers
    whole: Numbers
    clues: tuple[HeldClue, ...]
    enough: float


class Evaluator:
    """Evaluates the nodes of a query over one snapshot; what is looked up once is remembered."""

    def __init__(self, snapshot: Snapshot, texts: int = 1) -> None:
        """Evaluate a query of so many `texts` that rank what they find."""
        self._snapshot = snapshot
        self._size = snapshot.size
        self._ranking = Ranking(snapshot, texts)
        self._rare = MINIMUM_CAP * log(2 + len(snapshot.all))
        # A short query asks for the same text as a whole and as a clue.
        self._found: dict[tuple[str, Scope], Held] = {}

    def match(self, node: Node) -> Match:
        """Return what `node` matches among the live documents."""
        match node:
            case MatchAll():
                return Match(self._snapshot.all)
            case Terms():
                return self._words(node)
            case Phrase():
                text = fold(node.text)
                return self._exact(text, node.scope)
            case Prefix():
                return self._prefix(node)
            case Wildcard():
                return self._wildcard(node)
            case Fuzzy():
                return self.as_one_word(node)
            case Hashtag():
                return Match(self._snapshot.with_value("hashtag", hashtag_key(node.name)))
            case FieldEquals():
                return Match(self._is(node))
            case PublishedBetween():
                everything = self._snapshot.all
                return Match(everything[published_between(self._snapshot, everything, node.start, node.end)])
            case SavedBetween():
                return Match(self._snapshot.with_value_between("saved", _day(node.start, ""), _day(node.end, "~")))
            case SaveCount():
                everything = self._snapshot.all
                counts = self._snapshot.saves[everything]
                most = counts if node.most is None else node.most
                return Match(everything[(counts >= node.least) & (counts <= most)])
            case Not():
                everything = self._snapshot.all
                unwanted = self.match(node.child)
                return Match(everything[~postings.is_in(everything, unwanted.numbers, self._size)], parts=(unwanted,))
            case And():
                return self._all_of([self.match(child) for child in node.children])
            case Or():
                return self._any_of([self.match(child) for child in node.children])

    # --- tokens --------------------------------------------------------------------------------------------

    def all_words(self, tokens: Iterable[str]) -> Match:
        """Return what holds every one of the words `tokens`."""
        return self._ranked(tokens, postings.in_all)

    def any_words(self, tokens: Iterable[str]) -> Match:
        """Return what holds any of the words `tokens`."""
        return self._ranked(tokens, postings.in_any)

    def expansion(self, node: Prefix | Wildcard | Fuzzy) -> _Ranges:
        """Return what gives the words of a segment that `node` stands for."""
        text = fold(node.text).strip()
        match node:
            case Prefix():
                return lambda segment: [segment.lexicon("words").with_prefix(text.encode())]
            case Wildcard():
                return lambda segment: matching_words(segment.lexicon("words"), text)
            case Fuzzy():
                words = [word.encode() for word in similar_words(self._snapshot, text)]
                return lambda segment: _found(segment, words)

    def _ranked(self, tokens: Iterable[str], combined: Callable[[Sequence[Numbers], int], Numbers]) -> Match:
        terms = [Term(token, "word", self._snapshot.postings("words", token)) for token in tokens]
        numbers = combined([term.postings.numbers for term in terms], self._size)
        return Match(numbers, SumOfTerms(self._ranking, lambda: terms))

    def as_one_word(self, node: Prefix | Wildcard | Fuzzy) -> Match:
        """Return what holds any of the words that `node` stands for, scored as if they were one."""
        found = self._snapshot.postings_of(self.expansion(node), SCOPE_ZONES[node.scope])
        term = Term(str(node), "words", found)
        return Match(term.postings.numbers, SumOfTerms(self._ranking, lambda: [term]))

    # --- texts ---------------------------------------------------------------------------------------------

    def _words(self, node: Terms) -> Match:
        text = fold(node.text).strip()
        typed = self.form(text, node.scope)
        if variants := self._snapshot.variants(text):
            forms = [self._variant_form(variant, node.scope) for variant in variants]
            numbers = postings.in_any([form.numbers for form in (typed, *forms)], self._size)
            offers = tuple((form.numbers, self._as_variant(form, text)) for form in forms)
            return Match(numbers, BestOf(self._lifted(typed), offers, self._size))
        if len(typed.numbers) == len(typed.whole):
            return self._exact(text, node.scope)
        return Match(typed.numbers, self._lifted(typed))

    def form(self, text: str, scope: Scope) -> Form:
        """Return the folded `text` with what matches it as bare words."""
        whole = self._holders(text, scope)
        clues = tuple(
            HeldClue(clue, numbers, self._ranking.rarity(len(numbers))) for clue, numbers in self._clues(text, scope)
        )
        enough = min(MINIMUM_SHARE * sum(clue.weight for clue in clues), self._rare)
        numbers = postings.in_any([whole, *_sufficient(clues, enough, self._size)], self._size)
        return Form(text, numbers, whole, clues, enough)

    def _variant_form(self, variant: Variant, scope: Scope) -> Form:
        """Return the form of which only those match that hold the synonym itself, and no part of it alone."""
        form = self.form(variant.text, scope)
        unit = latin_word(variant.word)
        held = self._unit_holders(unit, scope) if unit else self._holders(variant.word, scope)
        return replace(form, numbers=postings.in_all([form.numbers, held], self._size))

    def _exact(self, text: str, scope: Scope) -> Match:
        """Return what literally holds the folded `text`, scored as if it were one word, and more where it is one."""
        held = self._held(text, scope)
        return Match(held.numbers, SumOfTerms(self._ranking, lambda: self._terms_of_exact(text, held, scope)))

    def _terms_of_exact(self, text: str, held: Held, scope: Scope) -> Iterator[Term]:
        yield Term(text, "text", held.postings)
        as_word = self._snapshot.postings("words", text, SCOPE_ZONES[scope])
        if len(as_word.numbers):
            yield Term(text, "word", as_word)

    def _lifted(self, form: Form) -> Scorer:
        base = SumOfTerms(self._ranking, lambda: self._ranking.terms_of(form.text))
        return Lifted(self._ranking, self._snapshot, form.text, form.whole, base)

    def _as_variant(self, form: Form, typed: str) -> Scorer:
        return Weighted(self._lifted(form), lambda: self._ranking.synonym_weight(typed, form.text))

    def _clues(self, text: str, scope: Scope) -> Iterator[tuple[str, Numbers]]:
        """Yield each Latin word and each clue of Han characters in the folded `text`, with its holders."""
        for unit in dict.fromkeys(tokenizer.latin_words(text)):
            yield unit.text, self._unit_holders(unit, scope)
        clues = tokenizer.required_han_terms(text, lambda run: bool(len(self._holders(run, scope))), self._is_rare)
        for clue in self._rarest(dict.fromkeys(clues)):
            yield clue, self._holders(clue, scope)

    def _is_rare(self, character: str) -> bool:
        """Tell whether a character alone is clue enough in any query."""
        is_whole = len(self._snapshot.all) == self._size
        count = (
            self._snapshot.count(CHARACTERS, character) if is_whole else len(self._holders(character, Scope.ANYWHERE))
        )
        return self._ranking.rarity(count) >= max(self._rare, RARE_CHARACTER)

    def _rarest(self, clues: Collection[str]) -> Iterable[str]:
        """Return those of `clues` that fewest hold, if there are more than are looked for; they are pairs then."""
        if len(clues) <= MOST_CLUES:
            return clues
        counts = {clue: self._snapshot.count(PAIRS, clue[:2]) for clue in clues}
        return nsmallest(MOST_CLUES, filter(counts.get, clues), key=counts.__getitem__)

    def _unit_holders(self, unit: tokenizer.QueryWord, scope: Scope) -> Numbers:
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
        begun = self.as_one_word(node)
        if text[-1].isascii():
            return begun
        # Chinese has no word beginnings that a reader could mean: what holds the text begins a word with it.
        return self._any_of([begun, self._exact(text, node.scope)])

    def _wildcard(self, node: Wildcard) -> Match:
        text = fold(node.text).strip()
        fitting = self.as_one_word(node)
        # "2*3" may be meant as it stands.
        return self._any_of([fitting, self._exact(text, node.scope)])

    # --- properties ----------------------------------------------------------------------------------------

    def _is(self, node: FieldEquals) -> Numbers:
        name = node.field
        if name != "site":
            return self._snapshot.with_value(name, node.value)
        hosts = [host.decode() for host in self._snapshot.facet(name).values]
        wanted = [host for host in hosts if host == node.value or host.endswith("." + node.value)]
        return postings.in_any([self._snapshot.with_value(name, host) for host in wanted], self._size)

    # --- combinations --------------------------------------------------------------------------------------

    def _all_of(self, matches: list[Match]) -> Match:
        numbers = postings.in_all([match.numbers for match in matches], self._size)
        scorers = tuple(match.scores for match in matches if match.scores)
        return Match(numbers, AllOf(scorers) if scorers else None, tuple(matches))

    def _any_of(self, matches: list[Match]) -> Match:
        numbers = postings.in_any([match.numbers for match in matches], self._size)
        is_scored = any(match.scores for match in matches)
        parts = tuple(matches)
        return Match(numbers, AnyOf(parts, self._size) if is_scored else None, parts)


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


def _sufficient(clues: Sequence[HeldClue], enough: float, size: int) -> Iterator[Numbers]:
    """Yield the documents whose clues weigh `enough` together."""
    if all(clue.weight >= enough for clue in clues):
        yield from (clue.numbers for clue in clues)
        return
    numbers = np.concatenate([clue.numbers for clue in clues])
    weights = np.repeat([clue.weight for clue in clues], [len(clue.numbers) for clue in clues])
    held, sums = postings.added_up(numbers, weights, size)
    yield held[sums >= enough]


def _found(segment: SegmentArrays, texts: list[bytes]) -> Iterator[range]:
    lexicon = segment.lexicon("words")
    return (range(number, number + 1) for text in texts if (number := lexicon.find(text)) >= 0)
