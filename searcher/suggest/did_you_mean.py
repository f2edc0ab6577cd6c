"""Did you mean: for a query that finds next to nothing, similar queries that may find more."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import assert_never

from index.archive.hashtags import hashtag_key
from index.text import tokenizer
from index.text.folding import fold_with_offsets
from searcher.errors import QuerySyntaxError
from searcher.query.parser import parse
from searcher.query.tree import (
    ExpansionNode,
    FieldEquals,
    Hashtag,
    Leaf,
    MatchAll,
    Node,
    Phrase,
    PropertyNode,
    Span,
    Terms,
    leaves,
    max_edits,
)
from searcher.suggest.vocabulary import Vocabulary, is_written

# Queries that are tried, the likeliest first.
_MAX_QUERIES = 6
# Longer queries have no suggestions: each query that is tried is another search.
_MAX_CLAUSES = 6
_MAX_CHARACTERS = 120
# A text of at most this many posts may be misspelled, if many times as many posts hold another like it.
_MAX_MISSPELLED = 2
_MANY_TIMES = 10
# Corrections of one text that are tried.
_MAX_CORRECTIONS = 3
# Candidates that are counted, the most similar first.
_MAX_CANDIDATES = 12
# Characters of a run of Han in which one word may be replaced by another of the same sound, and of that word.
_MAX_RUN = 12
_MAX_WORD = 4
# A shorter text resembles too many others.
_MIN_LENGTH = 3
# More than any edits.
_FAR = 6


class SpellingSuggester:
    """Corrections from the vocabulary of an archive; a text that many posts hold has none."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def correct_word(self, word: str) -> list[str]:
        """Return the likeliest corrections of the folded Latin `word`."""
        posts = self._vocabulary.word_count(word)
        if posts > _MAX_MISSPELLED:
            return []
        similar = _similar(word, self._vocabulary.top_terms.latin_words)
        candidates = [candidate for candidate in similar if is_written(self._vocabulary, candidate[0])]
        if not posts:
            candidates += [(text, 0) for text in self._vocabulary.top_terms.han_words.with_pinyin(word)]
        return _likeliest(candidates, self._vocabulary.word_count, posts)

    def correct_run(self, run: str) -> list[str]:
        """Return the likeliest corrections of the folded `run` of Han."""
        posts = self._vocabulary.phrase_count(run)
        if posts > _MAX_MISSPELLED or not 2 <= len(run) <= _MAX_RUN:
            return []
        candidates = islice(self._runs_like(run, posts), _MAX_CANDIDATES)
        return _likeliest(candidates, self._vocabulary.phrase_count, posts)

    def correct_value(self, field: str, value: str) -> list[str]:
        """Return the likeliest corrections of the `value` of a keyword field; an id has none."""
        if field == "id" or self._vocabulary.value_count(field, value):
            return []
        return [text for text, _ in _similar(value, self._vocabulary.values(field))]

    def correct_hashtag(self, key: str) -> list[str]:
        """Return the labels of the likeliest corrections of the hashtag `key`, among them hashtags that contain it."""
        posts = self._vocabulary.value_count("hashtag", key)
        if posts > _MAX_MISSPELLED:
            return []
        texts = _similar(key, self._vocabulary.top_terms.hashtags.texts)
        if not posts:
            texts += self._vocabulary.top_terms.hashtags.homophones(key)
            # Further away than any that differ by their letters.
            texts += [(text, _FAR) for text in self._vocabulary.hashtags_with(key, _MAX_CANDIDATES)]
        keys = _likeliest(texts, partial(self._vocabulary.value_count, "hashtag"), posts)[:_MAX_CORRECTIONS]
        return [label or key for label, key in zip(self._vocabulary.labels(keys), keys, strict=True)]

    def _runs_like(self, run: str, posts: int) -> Iterator[tuple[str, int]]:
        """Yield runs that posts may hold and that look or sound like `run`, by their distance from it.

        Only a run that no post holds is compared by sound: one that some hold may be miswritten, but not mistyped.
        """
        words, hashtags = self._vocabulary.top_terms.han_words, self._vocabulary.top_terms.hashtags
        texts = [*_similar(run, words.texts), *_similar(run, hashtags.texts)]
        if not posts:
            texts += [*words.homophones(run), *hashtags.homophones(run), *self._with_homophone(run)]
        seen = {run}
        for text, distance in sorted(texts, key=lambda candidate: candidate[1]):
            if text not in seen and self._vocabulary.has_pairs(text):
                seen.add(text)
                yield text, distance

    def _with_homophone(self, run: str) -> Iterator[tuple[str, int]]:
        """Yield `run` with one character or one word replaced by another that sounds like it."""
        for at, character in enumerate(run):
            for other, distance in self._vocabulary.top_terms.characters.homophones(character):
                yield run[:at] + other + run[at + 1 :], distance
        for length in range(2, min(_MAX_WORD, len(run) - 1) + 1):
            for at in range(len(run) - length + 1):
                for word, distance in self._vocabulary.top_terms.han_words.homophones(run[at : at + length]):
                    yield run[:at] + word + run[at + length :], distance


def _similar(text: str, texts: Sequence[str]) -> list[tuple[str, int]]:
    """Return those of `texts` that are one or two edits away from `text`, with that distance.

    An edit inserts, deletes or replaces a letter, or swaps two neighbours. Of texts as far away, those with the same
    first letter come first, then the commonest.
    """
    # Imported on demand: few queries ask for it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(text) < _MIN_LENGTH:
        return []
    found = process.extract(text, texts, scorer=OSA.distance, score_cutoff=max_edits(text), limit=_MAX_CANDIDATES)
    ranked = sorted((distance, other[:1] != text[:1], place, other) for other, distance, place in found if distance)
    return [(other, int(distance)) for distance, _, _, other in ranked]


def _likeliest(candidates: Iterable[tuple[str, int]], count: Callable[[str], int], posts: int) -> list[str]:
    """Return the candidates that are many times as common as a text of `posts` posts, the nearest first.

    A candidate has a text and its distance; `count` returns how many posts hold a text.
    """
    ranked = sorted((distance, -count(text), text) for text, distance in candidates)
    return list(dict.fromkeys(text for _, minus_count, text in ranked if -minus_count > posts * _MANY_TIMES))


def may_be_misspelled(node: Node, total: int) -> bool:
    """Return whether a query that finds `total` posts finds next to nothing, and is short enough for suggestions."""
    if total > _MAX_MISSPELLED:
        return False
    asked = list(leaves(node))
    return len(asked) <= _MAX_CLAUSES and sum(len(str(leaf)) for leaf in asked) <= _MAX_CHARACTERS


def suggested_queries(query: str, node: Node, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the likeliest corrections of `query`, which is `node`; some of them may find no more."""
    corrected = _corrected_queries(query, node, SpellingSuggester(vocabulary))
    return islice(filter(_is_query, corrected), _MAX_QUERIES)


def _is_query(text: str) -> bool:
    try:
        parse(text)
    except QuerySyntaxError:
        return False
    return True


def _corrected_queries(query: str, node: Node, suggester: SpellingSuggester) -> Iterator[str]:
    found = (correction for leaf in leaves(node) for correction in _corrections(query, leaf, suggester))
    corrections = [(span, texts) for span, texts in found if texts]
    # All at once, and then one by one.
    if len(corrections) > 1:
        yield _replace(query, {span: texts[0] for span, texts in corrections})
    for place in range(_MAX_CORRECTIONS):
        yield from (_replace(query, {span: texts[place]}) for span, texts in corrections if place < len(texts))
    for leaf in leaves(node):
        if isinstance(leaf, Phrase):
            yield _replace(query, {leaf.span: str(Terms(" ".join(leaf.text.split()), leaf.scope))})


def _corrections(query: str, leaf: Leaf, suggester: SpellingSuggester) -> Iterator[tuple[Span, list[str]]]:
    """Yield the spans of `leaf` that may be misspelled, each with its corrections, the likeliest first."""
    start, end = leaf.span
    match leaf:
        case Hashtag(name=name):
            labels = suggester.correct_hashtag(hashtag_key(name))
            yield leaf.span, [f"#{label}#" if query[start] in "#＃" else str(Hashtag(label)) for label in labels]
        case FieldEquals(field=field, value=value):
            # The node has the indexed form of the value, the query the typed one.
            typed = query[start:end].split(":")[-1].split("：")[-1].strip('"“”＂')
            yield from _correction(query, typed, leaf, suggester.correct_value(field, value))
        case Terms(text=text) | Phrase(text=text):
            folded, offsets = fold_with_offsets(text)
            for run in tokenizer.script_runs(folded):
                correct = suggester.correct_word if run.lastgroup == "latin" else suggester.correct_run
                typed = text[offsets[run.start()] : offsets[run.end() - 1] + 1]
                yield from _correction(query, typed, leaf, correct(run[0]))
        case ExpansionNode() | PropertyNode() | MatchAll():
            return
        case _:
            assert_never(leaf)


def _correction(query: str, typed: str, leaf: Leaf, texts: list[str]) -> Iterator[tuple[Span, list[str]]]:
    if (at := query.find(typed, *leaf.span)) >= 0:
        yield (at, at + len(typed)), texts[:_MAX_CORRECTIONS]


def _replace(query: str, replacements: dict[Span, str]) -> str:
    for (start, end), text in sorted(replacements.items(), reverse=True):
        query = query[:start] + text + query[end:]
    return query
