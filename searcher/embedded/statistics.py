"""Postings and phrases of one snapshot for one query, and the counts that its ranking plan is made from."""

from collections.abc import Iterator
from typing import assert_never

import numpy as np

from index.schema.zones import ZONE_WEIGHTS, Zone
from index.segments.arrays import SegmentArrays
from index.segments.layout import CHARACTERS, PAIRS
from index.text.folding import fold
from index.text.segmenter import Segmenter
from index.text.tokenizer import QueryWord
from searcher.embedded import postings
from searcher.embedded.columns import DocIds
from searcher.embedded.fuzzy import similar_words
from searcher.embedded.phrases import PhrasePostings
from searcher.embedded.postings import Postings
from searcher.embedded.snapshot import Snapshot
from searcher.embedded.wildcard import matching_words
from searcher.embedded.words import TermRanges
from searcher.query.tree import Expansion, Fuzzy, Prefix, Scope, Wildcard
from searcher.ranking.parameters import TermKind
from searcher.ranking.plan import RequiredTerm, Term, TextQuery
from searcher.ranking.synonyms import Synonyms, latin_word

_FIELDS = {TermKind.WORD: "words", TermKind.PAIR: PAIRS, TermKind.CHARACTER: CHARACTERS}


class SnapshotStatistics:
    """The index statistics of one snapshot; each posting list is remembered, since matching and scoring share them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._postings: dict[tuple[TermKind, str, Scope], Postings] = {}
        self._phrases: dict[tuple[str, Scope], PhrasePostings] = {}
        self._words: dict[tuple[str, Scope], DocIds] = {}
        self._expansions: dict[Expansion, Postings] = {}
        self._texts: dict[tuple[str, Scope, str], DocIds] = {}

    # --- counts --------------------------------------------------------------------------------------------

    @property
    def post_count(self) -> int:
        return len(self.snapshot.live_ids)

    @property
    def segmenter(self) -> Segmenter:
        return self.snapshot.segmenter

    @property
    def synonyms(self) -> Synonyms:
        return self.snapshot.synonyms

    def token_count(self, kind: TermKind, token: str, scope: Scope = Scope.ANYWHERE) -> int:
        if kind not in _FIELDS:
            return len(self.snapshot.with_value("hashtag", token))
        # Of a long text, more characters are counted than scored. What else is counted is scored, too.
        if kind is TermKind.CHARACTER and not self.snapshot.has_deletions:
            return self.snapshot.count(CHARACTERS, token)
        return len(self.postings(kind, token, scope).doc_ids)

    def token_estimate(self, kind: TermKind, token: str) -> int:
        # More than all would have no idf.
        return min(self.snapshot.count(_FIELDS[kind], token), self.post_count)

    def word_count(self, word: QueryWord, scope: Scope) -> int:
        return len(self._word(word, scope))

    def phrase_count(self, text: str, scope: Scope) -> int:
        return len(self.phrase(text, scope).doc_ids)

    def expansion_count(self, node: Expansion) -> int:
        return len(self.expansion(node).doc_ids)

    def is_phrase(self, query: TextQuery) -> bool:
        return len(self.text(query)) == self.phrase_count(query.text, query.scope)

    # --- postings ------------------------------------------------------------------------------------------

    def term(self, term: Term) -> Postings:
        """Return the postings of a scored term."""
        if term.kind in _FIELDS:
            return self.postings(term.kind, term.text, term.scope)
        if term.expansion:
            return self.expansion(term.expansion)
        if term.kind is TermKind.PHRASE:
            return self.phrase(term.text, term.scope).postings
        # A hashtag weighs as much as one occurrence in a body.
        doc_ids = self.snapshot.with_value("hashtag", term.text)
        return Postings(doc_ids, np.full(len(doc_ids), ZONE_WEIGHTS[Zone.BODY], np.uint8))

    def postings(self, kind: TermKind, token: str, scope: Scope = Scope.ANYWHERE) -> Postings:
        """Return the postings of a word, pair or character; grams have them anywhere only."""
        key = kind, token, scope
        if (found := self._postings.get(key)) is None:
            found = self._postings[key] = self.snapshot.postings(_FIELDS[kind], token, scope.zones)
        return found

    def phrase(self, text: str, scope: Scope) -> PhrasePostings:
        """Return the postings of the folded `text` as it stands."""
        key = text, scope
        if (found := self._phrases.get(key)) is None:
            found = self._phrases[key] = self.snapshot.find_phrase(text, scope.zones)
        return found

    def expansion(self, node: Expansion) -> Postings:
        """Return the postings of all words that `node` stands for, as if they were one word."""
        if (found := self._expansions.get(node)) is None:
            found = self.snapshot.joined_postings(self.term_ranges(node), node.scope.zones)
            self._expansions[node] = found
        return found

    def term_ranges(self, node: Expansion) -> TermRanges:
        """Return a function that gives the words of a segment that `node` stands for."""
        text = fold(node.text).strip()
        match node:
            case Prefix():
                return lambda segment: [segment.lexicon("words").with_prefix(text.encode())]
            case Wildcard():
                return lambda segment: matching_words(segment.lexicon("words"), text)
            case Fuzzy():
                words = [word.encode() for word in similar_words(self.snapshot, text)]
                return lambda segment: _ranges_of(segment, words)
            case _:
                assert_never(node)

    # --- texts ---------------------------------------------------------------------------------------------

    def text(self, query: TextQuery) -> DocIds:
        """Return the documents that match `query`."""
        key = query.text, query.scope, query.synonym
        if (found := self._texts.get(key)) is None:
            found = self._texts[key] = self._find_text(query)
        return found

    def required(self, term: RequiredTerm, scope: Scope) -> DocIds:
        """Return the documents that hold a required term."""
        return self._word(term.word, scope) if term.word else self.phrase(term.text, scope).doc_ids

    def _find_text(self, query: TextQuery) -> DocIds:
        size, scope = self.snapshot.size, query.scope
        whole = self.phrase(query.text, scope).doc_ids
        doc_ids = postings.in_any([whole, *self._sufficient(query)], size)
        if not query.synonym:
            # A single term of the very documents that match is scored without a look-up.
            return whole if len(whole) == len(doc_ids) else doc_ids
        # No part of a synonym matches alone.
        word = latin_word(query.synonym)
        synonym = self._word(word, scope) if word else self.phrase(query.synonym, scope).doc_ids
        return postings.in_all([doc_ids, synonym], size)

    def _sufficient(self, query: TextQuery) -> Iterator[DocIds]:
        """Yield the documents whose required terms add up to `min_should_match`."""
        lists = [self.required(term, query.scope) for term in query.required]
        if all(term.idf >= query.min_should_match for term in query.required):
            yield from lists
            return
        weights = np.repeat([term.idf for term in query.required], list(map(len, lists)))
        doc_ids, sums = postings.added_up(np.concatenate(lists), weights, self.snapshot.size)
        yield doc_ids[sums >= query.min_should_match]

    def _word(self, word: QueryWord, scope: Scope) -> DocIds:
        """Return the documents that hold any alternative of a Latin word."""
        key = word.text, scope
        if (found := self._words.get(key)) is None:
            size = self.snapshot.size
            found = self._words[key] = postings.in_any(
                [
                    postings.in_all([self.postings(TermKind.WORD, token, scope).doc_ids for token in tokens], size)
                    for tokens in word.alternatives
                ],
                size,
            )
        return found


def _ranges_of(segment: SegmentArrays, words: list[bytes]) -> Iterator[range]:
    lexicon = segment.lexicon("words")
    return (range(term_id, term_id + 1) for word in words if (term_id := lexicon.find(word)) >= 0)
