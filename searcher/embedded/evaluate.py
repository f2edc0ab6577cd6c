"""Query tree → which documents match, and how well, over one snapshot."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import log

import numpy as np

from index import analyzer
from index.folding import fold
from index.hashtags import hashtag_key
from index.schema import NO_TIME, ZONE_WEIGHTS, Zone
from searcher.embedded.scopes import SCOPE_ZONES
from searcher.embedded.snapshot import Mask, Numbers, Scores, Snapshot
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
    Scope,
    Similar,
    Words,
)

# BM25's saturation and length normalisation (Robertson and Zaragoza 2009), as measured best on Chinese sets.
K1, B = 0.9, 0.75
# Words rank; pairs and single characters of Han stand in where word boundaries differ. Chosen on CMRC and CSL.
WORD_WEIGHT, PAIR_WEIGHT, CHARACTER_WEIGHT = 1.0, 0.5, 0.2
# The parts and stems of a Latin token say less than the token.
FORM_WEIGHT = 0.5
# A post is a hit when it holds this share of the query, counted by rarity: either of two words, two of four,
# but not the "of" alone. Of a long query it need not hold more than one rare word weighs, as a share of the
# logarithm of the archive's size: a stricter minimum loses answers (CMRC's reciprocal rank from .985 to .959).
MINIMUM_SHARE = 0.3
MINIMUM_CAP = 0.75
# What only earlier saves hold counts this much beside what a post holds now, however short the post.
EARLIER_SHARE = 0.1
_EARLIER_WEIGHT = ZONE_WEIGHTS[Zone.EARLIER] + 1e-6
# What a post gains by holding the whole query as it was typed.
WHOLE_QUERY_LIFT = 1.5


@dataclass(frozen=True, slots=True)
class Match:
    """Is what a node matches: a mask over all documents, and scores that mean something where it is set."""

    mask: Mask
    scores: Scores


class Evaluator:
    """Evaluates the nodes of queries over one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._live_count = int(snapshot.live.sum())
        # A short query asks for the same text as a whole and as a clue.
        self._found: dict[tuple[str, Scope], Mask] = {}

    def match(self, node: Node) -> Match:
        """Return what `node` matches among the live documents."""
        found = self._match(node)
        return Match(found.mask & self._snapshot.live, found.scores)

    def _match(self, node: Node) -> Match:
        match node:
            case Everything():
                return self._unscored(np.ones(self._snapshot.size, bool))
            case Words():
                return self._words(node)
            case Literal():
                return self._literal(node)
            case Prefix():
                return self._prefix(node)
            case Similar():
                return self._similar(node)
            case Hashtag():
                return self._any_of("hashtag", [hashtag_key(node.name)])
            case Is():
                return self._unscored(self._is(node))
            case Dates():
                return self._unscored(published_between(self._snapshot, node.start, node.end))
            case Not():
                return self._unscored(~self._match(node.child).mask)
            case And():
                matches = [self._match(child) for child in node.children]
                return Match(all_of([m.mask for m in matches]), sum_scores(matches))
            case Or():
                matches = [self._match(child) for child in node.children]
                return Match(np.logical_or.reduce([m.mask for m in matches]), sum_scores(matches))

    # --- texts ---------------------------------------------------------------------------------------------

    def _words(self, node: Words) -> Match:
        text = fold(node.text).strip()
        whole = self._holders(text, node.scope)
        held = np.zeros(self._snapshot.size, np.float32)
        total = 0.0
        for mask in self._clues(text, node.scope):
            if count := int(mask.sum()):
                total += self._rarity(count)
                held[mask] += self._rarity(count)
        scores = self._scores(text)
        scores[whole] *= WHOLE_QUERY_LIFT
        enough = min(MINIMUM_SHARE * total, MINIMUM_CAP * log(2 + self._live_count))
        return self._zeroed((held > 0) & (held >= enough) | whole, scores)

    def _clues(self, text: str, scope: Scope) -> Iterator[Mask]:
        """Yield the holders of each Latin word and of each clue of Han characters in the folded `text`."""
        for token in dict.fromkeys(unit for unit in analyzer.units(text) if unit.alternatives):
            yield self._unit_holders(token, scope)
        for clue in dict.fromkeys(analyzer.han_clues(text)):
            yield self._holders(clue, scope)

    def _literal(self, node: Literal) -> Match:
        text = fold(node.text)
        return self._zeroed(self._holders(text, node.scope), self._scores(text))

    def _unit_holders(self, unit: analyzer.Unit, scope: Scope) -> Mask:
        mask = np.zeros(self._snapshot.size, bool)
        for tokens in unit.alternatives:
            mask |= all_of([self._having("words", token) for token in tokens])
        if scope is Scope.ANYWHERE:
            return mask
        return self._snapshot.verified(mask, lambda texts: _has_tokens(_in_zones(texts, scope), unit.alternatives))

    def _holders(self, text: str, scope: Scope) -> Mask:
        """Return the documents that literally hold the folded `text` in `scope`, and no others."""
        if (found := self._found.get((text, scope))) is None:
            found = self._found[text, scope] = self._find(text, scope)
        return found

    def _find(self, text: str, scope: Scope) -> Mask:
        if len(text) == 1:
            mask = self._having("grams", text)
        else:
            mask = np.ones(self._snapshot.size, bool)
            for pair in dict.fromkeys(text[i : i + 2] for i in range(len(text) - 1)):
                mask &= self._having("grams", pair)
        needle = text.encode()
        if scope is not Scope.ANYWHERE:
            return self._snapshot.verified(mask, lambda texts: any(needle in line for line in _in_zones(texts, scope)))
        # A post has a text of one or two characters exactly if it has the gram.
        return mask if len(text) <= 2 else self._snapshot.verified(mask, lambda texts: needle in texts)

    def _prefix(self, node: Prefix) -> Match:
        text = fold(node.text).strip()
        found = self._as_one(self._snapshot.prefix_weights("words", text))
        found = self._in_scope(found, node.scope, lambda token: token.startswith(text))
        if not text[-1].isascii():
            # Chinese has no word beginnings that a reader could mean: what holds the text begins a word with it.
            literal = self._literal(Literal(node.text, node.scope))
            found = Match(found.mask | literal.mask, np.maximum(found.scores, literal.scores))
        return found

    def _similar(self, node: Similar) -> Match:
        tokens = similar_tokens(self._snapshot, fold(node.text).strip())
        return self._in_scope(self._any_of("words", tokens), node.scope, set(tokens).__contains__)

    def _in_scope(self, found: Match, scope: Scope, is_wanted: Callable[[str], bool]) -> Match:
        if scope is Scope.ANYWHERE:
            return found
        mask = self._snapshot.verified(found.mask, lambda texts: any(map(is_wanted, _tokens(_in_zones(texts, scope)))))
        return self._zeroed(mask, found.scores)

    # --- properties ----------------------------------------------------------------------------------------

    def _is(self, node: Is) -> Mask:
        name = node.field.value
        facet = self._snapshot.facet(name)
        if node.field is Field.SITE:
            wanted = [host for host in facet.values if host == node.value or host.endswith("." + node.value)]
        else:
            wanted = [node.value]
        return facet.having(self._snapshot.size, wanted)

    # --- scores --------------------------------------------------------------------------------------------

    def _scores(self, text: str) -> Scores:
        """Return BM25 of the folded `text` for every document, over its words, pairs and characters."""
        scores = np.zeros(self._snapshot.size, np.float32)
        for unit in analyzer.units(text):
            for place, token in enumerate(unit.words):
                form = FORM_WEIGHT if unit.alternatives and place else 1.0
                self._add(scores, "words", token, WORD_WEIGHT * form)
        for gram, count in Counter(analyzer.han_grams(text)).items():
            self._add(scores, "grams", gram, count * (CHARACTER_WEIGHT if len(gram) == 1 else PAIR_WEIGHT))
        return scores

    def _add(self, scores: Scores, field: str, token: str, boost: float) -> None:
        documents, weights = self._snapshot.postings(field, token)
        if len(documents):
            scores[documents] += boost * self._rarity(len(documents)) * self._saturated(documents, weights)

    def _any_of(self, field: str, tokens: Iterable[str]) -> Match:
        """Return what holds any of `tokens`, scored as if they were one."""
        weights = np.zeros(self._snapshot.size, np.float32)
        for token in tokens:
            documents, values = self._snapshot.postings(field, token)
            weights[documents] += values
        return self._as_one(weights)

    def _as_one(self, weights: Scores) -> Match:
        """Return what has a weight, scored as if it held one token of that weight."""
        holders = np.flatnonzero((weights > 0) & self._snapshot.live)
        scores = np.zeros(self._snapshot.size, np.float32)
        if len(holders):
            scores[holders] = self._rarity(len(holders)) * self._saturated(holders, weights[holders])
        return Match(weights > 0, scores)

    def _saturated(self, documents: Numbers, weights: Scores) -> Scores:
        norm = 1 - B + B * self._snapshot.lengths[documents] / self._snapshot.mean_length
        saturated = weights * (K1 + 1) / (weights + K1 * norm)
        return np.where(weights > _EARLIER_WEIGHT, saturated, EARLIER_SHARE * saturated).astype(np.float32)

    def _rarity(self, count: int) -> float:
        """Return BM25's inverse document frequency, in the form that stays above zero."""
        return log(1 + (self._live_count - count + 0.5) / (count + 0.5)) if count <= self._live_count else 0.0

    def _having(self, field: str, token: str) -> Mask:
        mask = np.zeros(self._snapshot.size, bool)
        mask[self._snapshot.postings(field, token)[0]] = True
        return mask

    def _unscored(self, mask: Mask) -> Match:
        return Match(mask, np.zeros(self._snapshot.size, np.float32))

    def _zeroed(self, mask: Mask, scores: Scores) -> Match:
        return Match(mask, np.where(mask, scores, np.float32(0)))


def published_between(snapshot: Snapshot, start: datetime | None, end: datetime | None) -> Mask:
    """Return the documents published at or after `start` and before `end`."""
    times = snapshot.published
    mask: Mask = times != NO_TIME
    if start:
        mask &= times >= start.timestamp()
    if end:
        mask &= times < end.timestamp()
    return mask


def similar_tokens(snapshot: Snapshot, text: str) -> list[str]:
    """Return the words of the archive that the folded `text` may be a slip of: one edit away, or two if it is long."""
    return snapshot.similar_terms("words", text, 1 if len(text) < 6 else 2)


def all_of(masks: list[Mask]) -> Mask:
    """Return what lies in every one of `masks`, of which there is at least one."""
    mask = masks[0].copy()
    for other in masks[1:]:
        mask &= other
    return mask


def sum_scores(matches: list[Match]) -> Scores:
    """Return the scores of several matches, each counted where it matches."""
    scores = np.zeros_like(matches[0].scores)
    for match in matches:
        scores[match.mask] += match.scores[match.mask]
    return scores


def _in_zones(texts: bytes, scope: Scope) -> list[bytes]:
    opening = tuple(zone.encode() for zone in SCOPE_ZONES[scope])
    return [line[1:] for line in texts.split(b"\n") if line.startswith(opening)]


def _has_tokens(lines: list[bytes], alternatives: tuple[tuple[str, ...], ...]) -> bool:
    present = b"\n".join(lines)
    if not any(part.encode() in present for tokens in alternatives for part in tokens):
        return False  # spares cutting the text: a token is there as it is written, or joined of parts that are
    tokens_there = set(_tokens(lines))
    return any(tokens_there.issuperset(tokens) for tokens in alternatives)


def _tokens(lines: list[bytes]) -> Iterator[str]:
    return (token for line in lines for token in analyzer.words(line.decode()))
