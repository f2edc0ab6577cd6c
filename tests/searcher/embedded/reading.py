"""What a query finds, scores and counts, by reading every post: plain loops, and no index.

It shares with the engine what a token is (`index.text.tokenizer`) and what folding is; nothing else.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from math import inf, log
from pathlib import Path
from urllib.parse import urlsplit

from rapidfuzz.distance import Levenshtein

from index.archive.decoding import NotAPost
from index.archive.formats import read_save
from index.archive.hashtags import hashtag_key
from index.archive.identity import identify
from index.archive.post import ARCHIVE_ZONE, Post, Save, make_post
from index.archive.walk import Unreadable, walk
from index.schema.zones import Zone, zone_texts
from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import DictionarySegmenter
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
    Scope,
    Terms,
    Wildcard,
)

# The weights of `searcher.ranking.parameters`, `index.schema.bm25` and `zones`, written down once more.
K1, B, EARLIER_SHARE = 2.0, 0.85, 0.1
TENTHS = {
    Zone.TITLE: 20,
    Zone.OPENING: 10,
    Zone.BODY: 10,
    Zone.QUOTED: 5,
    Zone.SUMMARY: 15,
    Zone.EARLIER: 2,
}
MOST_TENTHS = 255
WORD_BOOST, WORD_FORM_BOOST, PAIR_BOOST, CHARACTER_BOOST = 1.0, 0.5, 0.6, 1.2
IDF_POWER, GRAM_IDF_POWER = 1.15, 2.0
MIN_SHOULD_MATCH_SHARE, MIN_SHOULD_MATCH_CAP = 0.2, 0.5
MAX_WHOLE_RUN, RARE_CHARACTER_IDF = 4, log(50)
PHRASE_BOOST, RESCORE_WINDOW = 2.5, 20
PROXIMITY_WEIGHT, MAX_PROXIMITY_SHARE = 0.21, 1.5
PROXIMITY_MAX_LENGTH, PROXIMITY_LENGTH_POWER, PROXIMITY_MAX_WORD_LENGTH = 64, 1.5, 4

ZONES: dict[Scope, set[Zone]] = {
    Scope.ANYWHERE: set(Zone),
    Scope.TITLE: {Zone.TITLE, Zone.OPENING},
    Scope.ORIGINAL: {Zone.TITLE, Zone.OPENING, Zone.BODY, Zone.QUOTED},
    Scope.SUMMARY: {Zone.SUMMARY},
}
# The score of each document, 0 where a node does not score.
Scored = dict[int, float]
# The weight of a token in each document that holds it, its boost, and its power of idf.
Token = tuple[dict[int, int], float, float]


class Document:
    """A post as it can be searched."""

    def __init__(self, post: Post) -> None:
        self.id = post.id
        self.source, self.account, self.type = post.source, post.account, post.latest.type
        self.host = urlsplit(post.url).hostname or ""
        self.topics = {hashtag_key(topic) for topic in post.hashtags}
        self.published = post.published
        self.texts = [(zone, fold(text.strip())) for zone, texts in zone_texts(post).items() for text in texts]
        words = [(word, zone) for zone, text in self.texts for word in tokenizer.word_tokens(text)]
        grams = [(gram, zone) for zone, text in self.texts for gram in tokenizer.grams(text)]
        self.zones_of_words = {word: {zone for other, zone in words if other == word} for word, _ in words}
        self.words, self.grams = _tenths(words), _tenths(grams)
        self.length = round(sum(self.words.values()) * 0.1)

    @property
    def month(self) -> str:
        return self.published.astimezone(ARCHIVE_ZONE).strftime("%Y-%m") if self.published else ""

    def holds(self, text: str, scope: Scope) -> bool:
        return any(text in held for zone, held in self.texts if zone in ZONES[scope])

    def tenths_of(self, text: str, scope: Scope) -> int:
        """Return the weight of the places at which `text` stands, 0 if it stands nowhere."""
        starts = [(text, zone) for zone, held in self.texts if zone in ZONES[scope] for _ in range(_count(text, held))]
        return _tenths(starts).get(text, 0)

    def proximity(self, text: str) -> float:
        """Return the proximity of `text`, by the longest substrings of it that one of the texts holds."""
        text, found, at = text[:PROXIMITY_MAX_LENGTH], 0.0, 0
        while at < len(text) - 1:
            length = max(end for end in range(len(text) - at + 1) if self.holds(text[at : at + end], Scope.ANYWHERE))
            pairs = range(at, at + length - 1)
            found += sum(self._lengthens(text, pair) for pair in pairs) ** PROXIMITY_LENGTH_POWER
            at += max(1, length)
        return found

    @staticmethod
    def _lengthens(text: str, at: int) -> bool:
        """Tell whether the character at a place is among those of its Latin word that count, or in none."""
        runs = [
            run for run in tokenizer.script_runs(text) if run.start() <= at < run.end() and run.lastgroup == "latin"
        ]
        return all(at - run.start() < PROXIMITY_MAX_WORD_LENGTH for run in runs)

    def has_word(self, word: str, scope: Scope) -> bool:
        return bool(self.zones_of_words.get(word, set()) & ZONES[scope])


def _count(text: str, held: str) -> int:
    return sum(held.startswith(text, at) for at in range(len(held)))


def _tenths(occurrences: list[tuple[str, Zone]]) -> dict[str, int]:
    """Return the weight of the occurrences of each token; one in an earlier save counts only where no other does."""
    weights: Counter[str] = Counter()
    for token, zone in occurrences:
        weights[token] += 0 if zone is Zone.EARLIER else TENTHS[zone]
    return {token: min(weight, MOST_TENTHS) or TENTHS[Zone.EARLIER] for token, weight in weights.items()}


class Reading:
    """Answers queries about the posts below a folder; documents are numbered as they come."""

    def __init__(self, archive: Path, segmenter: DictionarySegmenter) -> None:
        self.documents = [Document(post) for post in read_posts(archive)]
        self._segmenter = segmenter
        self.mean_length = sum(document.length for document in self.documents) / len(self.documents) or 1.0
        self.found = cache(self._found)

    @cached_property
    def everything(self) -> set[int]:
        return set(range(len(self.documents)))

    def match(self, node: Node) -> Scored:
        """Return the documents that `node` finds, and their scores."""
        return self._scores(node, self.found(node))

    def _found(self, node: Node) -> frozenset[int]:
        match node:
            case And(children=children):
                return frozenset(self.everything.intersection(*map(self.found, children)))
            case Or(children=children):
                return frozenset().union(*map(self.found, children))
            case Not(child=child):
                return frozenset(self.everything - self.found(child))
            case Terms(text=text, scope=scope):
                return self._words(fold(text).strip(), scope)
            case Phrase(text=text, scope=scope):
                return self._holders(fold(text), scope)
            case Prefix() | Wildcard() | Fuzzy():
                holders = (
                    self._holders(_stands_for_itself(node), node.scope) if _stands_for_itself(node) else frozenset()
                )
                return frozenset(self._weights_as_one(node)) | holders
        return frozenset(number for number in self.everything if self._has(number, node))

    def _scores(self, node: Node, numbers: frozenset[int]) -> Scored:
        """Return the scores of `numbers`, all of which `node` finds: the best of them are rescored."""
        match node:
            case And(children=children):
                scored = [self._scores(child, numbers) for child in children]
            case Or(children=children):
                scored = [self._scores(child, numbers & self.found(child)) for child in children]
            case Terms(text=text, scope=scope):
                return self._words_scores(fold(text).strip(), scope, numbers)
            case Phrase(text=text, scope=scope):
                return self._literal_scores(fold(text), scope, numbers)
            case Prefix() | Wildcard() | Fuzzy():
                weights, itself = self._weights_as_one(node), _stands_for_itself(node)
                scored = [self._scored(numbers & weights.keys(), [(weights, 1.0, IDF_POWER)])]
                if itself:
                    scored.append(self._literal_scores(itself, node.scope, numbers & self._holders(itself, node.scope)))
            case _:
                return dict.fromkeys(numbers, 0.0)
        return {number: sum(one.get(number, 0) for one in scored) for number in numbers}

    def _has(self, number: int, node: Node) -> bool:
        """Return whether a document has a property."""
        document = self.documents[number]
        match node:
            case MatchAll():
                return True
            case Hashtag(name=name):
                return hashtag_key(name) in document.topics
            case FieldEquals(field="site", value=value):
                return f".{document.host}".endswith(f".{value}")
            case FieldEquals(field=field, value=value):
                return bool(getattr(document, field) == value)
            case PublishedBetween(start=start, end=end):
                time = document.published
                return time is not None and (not start or time >= start) and (not end or time < end)
        raise AssertionError(f"the reading can't read {node!r}")

    # --- what is found -------------------------------------------------------------------------------------

    def _holders(self, text: str, scope: Scope) -> frozenset[int]:
        return frozenset(number for number, document in enumerate(self.documents) if document.holds(text, scope))

    def _words(self, text: str, scope: Scope) -> frozenset[int]:
        rare = MIN_SHOULD_MATCH_CAP * log(2 + len(self.documents))
        texts = dict.fromkeys(clue for run in tokenizer.han_runs(text) for clue in self._clues_of_run(run, scope, rare))
        clues = [self._holders(clue, scope) for clue in texts]
        clues += [self._unit_holders(unit, scope) for unit in dict.fromkeys(tokenizer.latin_words(text))]
        weights = [self._idf(len(clue)) for clue in clues]
        enough = min(MIN_SHOULD_MATCH_SHARE * sum(weights), rare)
        held: dict[int, float] = dict.fromkeys(frozenset().union(*clues), 0.0)
        for clue, weight in zip(clues, weights, strict=True):
            for number in clue:
                held[number] += weight
        # Sums of the same weights in another order may differ in the last digit.
        found = frozenset(number for number, weight in held.items() if weight >= enough - 1e-9)
        return found | self._holders(text, scope)

    def _clues_of_run(self, run: str, scope: Scope, rare: float) -> Iterable[str]:
        if len(run) <= MAX_WHOLE_RUN and self._holders(run, scope):
            return [run]
        least = max(rare, RARE_CHARACTER_IDF) if len(run) > MAX_WHOLE_RUN else inf
        characters = [one for one in run if self._idf(len(self._holders(one, Scope.ANYWHERE))) >= least]
        return [*characters, *(run[at : at + 2] for at in range(len(run) - 1))]

    def _unit_holders(self, unit: tokenizer.QueryWord, scope: Scope) -> frozenset[int]:
        return frozenset(
            number
            for number, document in enumerate(self.documents)
            if any(all(document.has_word(word, scope) for word in words) for words in unit.alternatives)
        )

    # --- how well ------------------------------------------------------------------------------------------

    def _literal_scores(self, text: str, scope: Scope, numbers: frozenset[int]) -> Scored:
        tenths = {number: document.tenths_of(text, scope) for number, document in enumerate(self.documents)}
        as_stretch = {number: weight for number, weight in tenths.items() if weight}
        holders = (n for n, document in enumerate(self.documents) if document.has_word(text, scope))
        as_word = {number: self.documents[number].words[text] for number in holders}
        return self._scored(numbers, [(as_stretch, 1.0, IDF_POWER), (as_word, 1.0, IDF_POWER)])

    def _words_scores(self, text: str, scope: Scope, numbers: frozenset[int]) -> Scored:
        whole = self._holders(text, scope)
        if self._words(text, scope) == whole:
            return self._literal_scores(text, scope, numbers)
        scores = self._scored(numbers, list(self._terms(text)))
        for number in whole & numbers:
            scores[number] *= 1 + PHRASE_BOOST
        least = sorted(scores.values(), reverse=True)[RESCORE_WINDOW - 1 :][:1]
        for number in numbers:
            if not least or scores[number] >= least[0] - 1e-6:
                near = PROXIMITY_WEIGHT * self._idf(1) * self.documents[number].proximity(text)
                scores[number] += min(near, MAX_PROXIMITY_SHARE * scores[number])
        return scores

    def _weights_as_one(self, node: Prefix | Wildcard | Fuzzy) -> dict[int, int]:
        """Return the summed weight of the words of each document that `node` stands for."""
        text, weights = fold(node.text).strip(), {}
        for number, document in enumerate(self.documents):
            words = [word for word in document.words if _fits(word, text, node) and document.has_word(word, node.scope)]
            if words:
                weights[number] = min(sum(document.words[word] for word in words), MOST_TENTHS)
        return weights

    def _terms(self, text: str) -> Iterable[Token]:
        """Yield each token that scores `text`."""
        for unit in tokenizer.query_words(text, self._segmenter):
            for place, word in enumerate(unit.tokens):
                form = WORD_FORM_BOOST if unit.alternatives and place else WORD_BOOST
                yield self._weights("words", word), form, IDF_POWER
        for gram, count in Counter(tokenizer.han_grams(text)).items():
            if len(gram) == 2:
                yield self._weights("grams", gram), count * PAIR_BOOST, GRAM_IDF_POWER
            else:
                yield self._weights("grams", gram), count * CHARACTER_BOOST, GRAM_IDF_POWER

    def _weights(self, kind: str, token: str) -> dict[int, int]:
        tokens = [getattr(document, kind) for document in self.documents]
        return {number: held[token] for number, held in enumerate(tokens) if token in held}

    def factor_of_word(self, word: str) -> float:
        """Return the weight of a word by how many posts hold it."""
        return self._factor(len(self._weights("words", word)), IDF_POWER)

    def _factor(self, count: int, power: float) -> float:
        return self._idf(1) * (self._idf(count) / self._idf(1)) ** power

    def _idf(self, count: int) -> float:
        return log(1 + (len(self.documents) - count + 0.5) / (count + 0.5))

    def _scored(self, numbers: frozenset[int], terms: list[Token]) -> Scored:
        return {number: sum(self._gain(number, *term) for term in terms) for number in numbers}

    def _gain(self, number: int, weights: dict[int, int], boost: float, power: float) -> float:
        tenths = weights.get(number, 0)
        norm = K1 * (1 - B + B * self.documents[number].length / self.mean_length)
        gain = boost * self._factor(len(weights), power) * (K1 + 1) * tenths / 10 / (tenths / 10 + norm)
        return gain * EARLIER_SHARE if tenths <= TENTHS[Zone.EARLIER] else gain


def read_posts(archive: Path) -> list[Post]:
    """Return the posts below `archive`."""
    saves: dict[str, list[Save]] = {}
    for entry in walk(archive):
        assert not isinstance(entry, Unreadable)
        try:
            save = read_save(Path(entry.path).read_bytes(), str(archive), entry.name)
        except NotAPost:
            continue
        saves.setdefault(identify(save.url).id, []).append(save)
    identities = {one: identify(group[0].url) for one, group in saves.items()}
    return [make_post(one, i.source, i.account, i.published, saves[one]) for one, i in identities.items()]


def _stands_for_itself(node: Prefix | Wildcard | Fuzzy) -> str:
    """Return the text that `node` also finds as it stands: of a prefix, one without spaces between words."""
    text = fold(node.text).strip()
    return text if isinstance(node, Wildcard) or (isinstance(node, Prefix) and not text[-1].isascii()) else ""


def _fits(word: str, text: str, node: Prefix | Wildcard | Fuzzy) -> bool:
    match node:
        case Prefix():
            return word.startswith(text)
        case Fuzzy():
            return word[:1] == text[:1] and Levenshtein.distance(word, text) <= (1 if len(text) < 6 else 2)
        case Wildcard():
            return _fits_pattern(word, text.split("*"))


def _fits_pattern(word: str, parts: list[str]) -> bool:
    """Tell whether `word` begins with the first of `parts`, ends with the last, and has the others in between."""
    first, *middle, last = parts
    if len(word) < len(first) + len(last) or not (word.startswith(first) and word.endswith(last)):
        return False
    at, end = len(first), len(word) - len(last)
    for part in middle:
        found = word.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
