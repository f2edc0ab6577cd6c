"""Query tree → a query of OpenSearch that matches the same posts as the embedded engine, and ranks them nearly so.

What BM25 makes of the weight of a token in a post is stored as a feature; a token's rarity is counted before the query
and stands in it as a boost. So scores don't depend on which shard a post lies in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest
from math import log

from index.opensearch import tokens
from index.schema.bm25 import K1
from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import Segmenter
from searcher.opensearch.clauses import (
    EVERYTHING,
    NOTHING,
    Json,
    either,
    feature,
    filtered,
    gram_clause,
    holders,
    in_words,
    property_clause,
    regular_expression,
    unscored,
)
from searcher.opensearch.statistics import Known
from searcher.query.tree import (
    And,
    Fuzzy,
    MatchAll,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Scope,
    Terms,
    Wildcard,
)
from searcher.ranking.parameters import (
    CHARACTER_WEIGHT,
    FORM_WEIGHT,
    LEAST_TERMS,
    MINIMUM_CAP,
    MINIMUM_SHARE,
    MOST_CLUES,
    MOST_LIFTED_TEXTS,
    MOST_TERMS,
    NEARNESS_WEIGHT,
    PAIR_WEIGHT,
    RARE_CHARACTER,
    SYNONYM_WEIGHT,
    WHOLE_LIFT,
    WORD_WEIGHT,
    rarest,
    steepened,
    worth_of_whole,
)
from searcher.ranking.synonyms import Synonyms, Variant, latin_word

# Of the words that a prefix or a pattern stands for, so many of the commonest rank.
_MOST_WORDS = 100
_MOST_SIMILAR = 1_000
# Sums of rarities are added up in another order there, and in single precision.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Ranked:
    """Is a query by what it matches and by what it scores, None where no post is better than another."""

    matches: Json
    scores: Json | None = None

    @property
    def query(self) -> Json:
        """Return the query that matches and scores."""
        return self.scores if self.scores is not None else unscored(self.matches)


@dataclass(frozen=True, slots=True)
class Form:
    """Is a folded text whose score rises by how near together a post holds it; `name` finds that score in the answer.

    Of several with one `group` the best counts; nearness gives each `weight`.
    """

    name: str
    group: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Term:
    """Is what ranks: the feature `token` of a `field`, which is `text` itself or stands for it.

    `posts` is how many posts hold the text, `boost` how much it counts beside others that are as rare; `kind` is as
    explanations name it.
    """

    text: str
    kind: str
    field: str
    token: str
    posts: int
    boost: float
    worth: float

    @property
    def factor(self) -> float:
        """Return what the text gives a post at the most."""
        return (K1 + 1) * self.boost * self.worth

    @property
    def query(self) -> Json:
        """Return what scores by this."""
        return feature(self.field, self.token, self.factor)


@dataclass(frozen=True, slots=True)
class Clue:
    """Is a part of bare words by which posts are hits, with how many posts hold it and what that is worth."""

    text: str
    query: Json
    posts: int
    weight: float


@dataclass
class Compiled:
    """Is a query with the forms in it whose scores are to be lifted."""

    ranked: Ranked
    forms: list[Form] = field(default_factory=list)


class Compiler:
    """Compiles query trees for one index, by what is `known` of it."""

    def __init__(self, known: Known, segmenter: Segmenter, synonyms: Synonyms, texts: int = 1) -> None:
        """Compile a query of so many `texts` that rank what they find."""
        self._most_terms = max(LEAST_TERMS, MOST_TERMS // max(1, texts))
        self._lifts = texts <= MOST_LIFTED_TEXTS
        self._known = known
        self._segmenter = segmenter
        self._synonyms = synonyms
        self._forms: list[Form] = []

    def compile(self, node: Node) -> Compiled:
        """Return the query that `node` is, with the forms in it."""
        return Compiled(self.ranked(node), self._forms if self._lifts else [])

    def ranked(self, node: Node) -> Ranked:
        """Return the query that `node` is."""
        match node:
            case MatchAll():
                return Ranked(EVERYTHING)
            case Terms():
                return self._words(node)
            case Phrase():
                return self._exact(fold(node.text), node.scope)
            case Prefix() | Wildcard() | Fuzzy():
                return self._expanded(node)
            case Not():
                return Ranked({"bool": {"must_not": [self.ranked(node.child).matches]}})
            case And():
                return _all_of([self.ranked(child) for child in node.children])
            case Or():
                return _any_of([self.ranked(child) for child in node.children])
            case _:
                return Ranked(property_clause(node))

    # --- texts ---------------------------------------------------------------------------------------------

    def variants(self, text: str) -> list[Variant]:
        """Return what else the folded `text` could say."""
        return self._synonyms.variants(text, self._segmenter) if self._synonyms else []

    def is_exact(self, node: Terms) -> bool:
        """Tell whether what holds any part of a text that counts holds all of it."""
        text = fold(node.text).strip()
        return not self.variants(text) and list(self._han_clues(text, node.scope)) == [text]

    def _words(self, node: Terms) -> Ranked:
        text, scope = fold(node.text).strip(), node.scope
        variants = self.variants(text)
        if self.is_exact(node):
            return self._exact(text, scope)
        group = len(self._forms)
        ranked = [self._form(text, scope, self._matches(text, scope), group, 1.0)]
        for variant in variants:
            held = self._unit(unit, scope) if (unit := latin_word(variant.word)) else holders(variant.word, scope)
            matches = filtered([self._matches(variant.text, scope), held])
            weight = self.synonym_weight(text, variant.text)
            ranked.append(self._form(variant.text, scope, matches, group, weight))
        if len(ranked) == 1:
            return ranked[0]
        return Ranked(either([one.matches for one in ranked]), {"dis_max": {"queries": [one.query for one in ranked]}})

    def _form(self, text: str, scope: Scope, matches: Json, group: int, weight: float) -> Ranked:
        form = Form(f"form {len(self._forms)}", group, text, self.nearness_weight(weight))
        self._forms.append(form)
        lifted = {
            "function_score": {
                "query": {"bool": {"filter": [matches], "should": [term.query for term in self.terms(text)]}},
                # Not "boost": it would multiply the weights of clues within `matches`, but not what is enough of them.
                "functions": [{"filter": holders(text, scope), "weight": 1 + WHOLE_LIFT}, {"weight": weight}],
                "boost_mode": "multiply",
                "_name": form.name,
            }
        }
        return Ranked(matches, lifted)

    def _matches(self, text: str, scope: Scope) -> Json:
        """Return what holds enough of the folded `text`, or all of it."""
        whole = holders(text, scope)
        clues, enough = self.clues(text, scope)
        if all(clue.weight >= enough for clue in clues):
            return either([whole, *(clue.query for clue in clues)])
        weighed = [{"constant_score": {"filter": clue.query, "boost": clue.weight}} for clue in clues]
        sufficient = {
            "function_score": {"query": {"bool": {"should": weighed}}, "min_score": enough * (1 - _ROUNDING)},
        }
        return either([whole, sufficient])

    def clues(self, text: str, scope: Scope) -> tuple[list[Clue], float]:
        """Return the clues of the folded `text`, and what is enough of their weights."""
        counted = [(clue, query, self._known.count(query)) for clue, query in self._clues(text, scope)]
        clues = [Clue(clue, query, count, self.rarity(count)) for clue, query, count in counted]
        enough = min(MINIMUM_SHARE * sum(clue.weight for clue in clues), self._rare)
        return clues, enough

    def _clues(self, text: str, scope: Scope) -> Iterator[tuple[str, Json]]:
        for unit in dict.fromkeys(tokenizer.latin_words(text)):
            yield unit.text, self._unit(unit, scope)
        for clue in self._rarest(dict.fromkeys(self._han_clues(text, scope))):
            yield clue, holders(clue, scope)

    def _han_clues(self, text: str, scope: Scope) -> Iterator[str]:
        return tokenizer.required_han_terms(text, lambda run: self._known.count(holders(run, scope)) > 0, self._is_rare)

    def _is_rare(self, character: str) -> bool:
        """Tell whether a character alone is clue enough in any query."""
        return self.rarity(self._known.count(gram_clause(character))) >= max(self._rare, RARE_CHARACTER)

    @property
    def _rare(self) -> float:
        return MINIMUM_CAP * log(2 + self._known.posts)

    def _rarest(self, clues: Collection[str]) -> Iterable[str]:
        """Return those of `clues` that fewest hold, if there are more than are looked for; they are pairs then."""
        if len(clues) <= MOST_CLUES:
            return clues
        counts = {clue: self._known.count(gram_clause(clue[:2])) for clue in clues}
        return nsmallest(MOST_CLUES, filter(counts.get, clues), key=counts.__getitem__)

    def _unit(self, unit: tokenizer.QueryWord, scope: Scope) -> Json:
        return either([filtered([in_words("term", word, scope) for word in words]) for words in unit.alternatives])

    def _exact(self, text: str, scope: Scope) -> Ranked:
        matches = holders(text, scope)
        return Ranked(
            matches, {"bool": {"filter": [matches], "should": [term.query for term in self.exact_terms(text, scope)]}}
        )

    def expansion(self, node: Prefix | Wildcard | Fuzzy) -> tuple[Json, list[str]]:
        """Return what holds a word that `node` stands for, and the commonest of those words."""
        text = fold(node.text).strip()
        match node:
            case Prefix():
                begun = in_words("prefix", tokens.shortened(text), node.scope)
                return begun, self._known.values("word", begun, f"{regular_expression(text)}.*", _MOST_WORDS)
            case Wildcard():
                fitting = in_words("wildcard", text.replace("\\", "\\\\").replace("?", "\\?"), node.scope)
                pattern = ".*".join(map(regular_expression, text.split("*")))
                return fitting, self._known.values("word", fitting, pattern, _MOST_WORDS)
            case Fuzzy():
                words = similar_words(self._known, text)
                return in_words("terms", words, node.scope) if words else NOTHING, words

    def _expanded(self, node: Prefix | Wildcard | Fuzzy) -> Ranked:
        found = self._like_one_word(*self.expansion(node))
        if self.stands_for_itself(node):
            return _any_of([found, self._exact(fold(node.text).strip(), node.scope)])
        return found

    def stands_for_itself(self, node: Prefix | Wildcard | Fuzzy) -> bool:
        """Tell whether what holds the text of `node` is found, too."""
        # Chinese has no word beginnings that a reader could mean: what holds the text begins a word with it.
        # And "2*3" may be meant as it stands.
        return isinstance(node, Wildcard) or (isinstance(node, Prefix) and not fold(node.text).strip()[-1].isascii())

    def _like_one_word(self, matches: Json, words: list[str]) -> Ranked:
        """Return what `matches`, scored by the best of `words` as if all of them were one."""
        factor = (K1 + 1) * self.worth(self._known.count(matches), "words")
        scores = {"dis_max": {"queries": [feature("words", tokens.shortened(word), factor) for word in words]}}
        return Ranked(matches, {"bool": {"filter": [matches], "should": [scores] if words else []}})

    # --- ranking -------------------------------------------------------------------------------------------

    def terms(self, text: str) -> Iterator[Term]:
        """Yield what the folded `text` is ranked by: its words, and the grams of its runs of Han."""
        boosts: dict[tuple[str, str], float] = defaultdict(float)
        for unit in tokenizer.query_words(text, self._segmenter):
            for place, word in enumerate(unit.tokens):
                boosts["words", word] += WORD_WEIGHT * (FORM_WEIGHT if unit.alternatives and place else 1.0)
        for gram in tokenizer.han_grams(text):
            boosts["grams", gram] += PAIR_WEIGHT if len(gram) == 2 else CHARACTER_WEIGHT
        found = [
            self._term(token, field, token, self._held(field, token), boost) for (field, token), boost in boosts.items()
        ]
        yield from found if len(found) <= self._most_terms else nlargest(self._most_terms, found, key=_factor)

    def _held(self, field: str, token: str) -> int:
        return self._known.count(in_words("term", token, Scope.ANYWHERE) if field == "words" else gram_clause(token))

    def exact_terms(self, text: str, scope: Scope) -> Iterator[Term]:
        """Yield what ranks posts that hold the folded `text` itself: all of it as one word, and a word if it is one.

        How often a post holds a text is not stored; the rarest of its tokens stands for it.
        """
        if rarest := min(self._tokens_of(text), key=lambda token: token[2], default=None):
            field, token, _ = rarest
            yield self._term(text, field, token, self._known.count(holders(text, scope)), kind="text")
        if posts := self._known.count(in_words("term", text, scope)):
            yield self._term(text, "words", text, posts)

    def _tokens_of(self, text: str) -> Iterator[tuple[str, str, int]]:
        for gram in tokenizer.han_grams(text):
            yield "grams", gram, self._known.count(gram_clause(gram))
        for unit in tokenizer.latin_words(text):
            if posts := self._known.count(in_words("term", unit.text, Scope.ANYWHERE)):
                yield "words", unit.text, posts

    def _term(self, text: str, field: str, token: str, posts: int, boost: float = 1.0, kind: str = "") -> Term:
        kind = kind or ("word" if field == "words" else "pair" if len(token) == 2 else "character")
        return Term(text, kind, field, tokens.shortened(token), posts, boost, self.worth(posts, kind))

    def synonym_weight(self, text: str, variant: str) -> float:
        """Return what the scores of `variant` count beside those of `text`, in which a synonym stands."""
        typed, other = (
            worth_of_whole(sum(term.boost * term.worth for term in self.terms(one)), rarest(self._known.posts), one)
            for one in (text, variant)
        )
        return SYNONYM_WEIGHT * typed / other

    def worth(self, count: int, kind: str) -> float:
        """Return what a token of a kind counts that so many posts hold."""
        return steepened(self.rarity(count), rarest(self._known.posts), kind)

    def nearness_weight(self, weight: float = 1.0) -> float:
        """Return what the nearness of a text counts that itself counts `weight`."""
        return weight * NEARNESS_WEIGHT * rarest(self._known.posts)

    def rarity(self, count: int) -> float:
        """Return BM25's inverse document frequency, in the form that stays above zero."""
        return log(1 + (self._known.posts - count + 0.5) / (count + 0.5))


def similar_words(known: Known, text: str) -> list[str]:
    """Return the words one edit away from the folded `text`, or two if it is long, that share its first character."""
    # Imported on demand: few queries ask for it.
    from rapidfuzz.distance import Levenshtein

    distance = 1 if len(text) < 6 else 2
    near = {
        "value": text,
        "fuzziness": distance,
        "prefix_length": 1,
        "transpositions": False,
        "max_expansions": _MOST_SIMILAR,
    }
    pattern = f"{regular_expression(text[0])}.{{{max(0, len(text) - 1 - distance)},{len(text) - 1 + distance}}}"
    words = known.values("word", {"fuzzy": {"word": near}}, pattern, 10 * _MOST_SIMILAR)
    return [word for word in sorted(words) if Levenshtein.distance(text, word) <= distance]


# --- combinations ---------------------------------------------------------------------------------------------


def _all_of(parts: list[Ranked]) -> Ranked:
    matches = filtered([part.matches for part in parts])
    scored = [part.scores for part in parts if part.scores is not None]
    if not scored:
        return Ranked(matches)
    unscored = [part.matches for part in parts if part.scores is None]
    return Ranked(matches, {"bool": {"must": scored, "filter": unscored}})


def _any_of(parts: list[Ranked]) -> Ranked:
    matches = either([part.matches for part in parts])
    if all(part.scores is None for part in parts):
        return Ranked(matches)
    return Ranked(matches, {"bool": {"should": [part.query for part in parts], "minimum_should_match": 1}})


def _factor(term: Term) -> float:
    return term.factor
