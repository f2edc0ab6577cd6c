"""What was typed so far → hashtags and words of the archive that complete it."""

from collections.abc import Iterable, Iterator
from typing import Any

from index.archive.hashtags import hashtag_key
from index.opensearch import tokens
from index.opensearch.client import Cluster
from index.text import tokenizer
from index.text.folding import fold
from searcher.opensearch.clauses import naming_pattern, regular_expression
from searcher.opensearch.labels import HashtagLabels
from searcher.opensearch.statistics import State
from searcher.opensearch.top_terms import TopTerms
from searcher.query.parser import parse
from searcher.query.tree import Hashtag, Terms
from searcher.results import Suggestion

Json = dict[str, Any]
# Of those that fit, so many times what is wanted are looked at closely.
_SPARE = 3
# A value of a field with how many posts have it, and when the last of them was published.
_Counted = tuple[str, int, float]
_Ranked = tuple[tuple[int, bool, float, str], Suggestion]


def suggest(cluster: Cluster, state: State, labels: HashtagLabels, prefix: str, limit: int) -> tuple[Suggestion, ...]:
    """Return the commonest hashtags and words that begin with `prefix` as written, in pinyin, or in its initials."""
    # A lone surrogate is no character, as in queries.
    typed = fold(prefix.encode("utf-8", "replace").decode()).strip()
    # Nothing that is typed with a meaning is so long, and no word is.
    if not typed or len(typed) > tokens.LONGEST:
        return ()
    return _Completion(cluster, state, labels, limit * _SPARE).of(typed)[:limit]


class _Completion:
    def __init__(self, cluster: Cluster, state: State, labels: HashtagLabels, most: int) -> None:
        self._cluster = cluster
        self._state = state
        self._labels = labels
        self._most = most

    def of(self, typed: str) -> tuple[Suggestion, ...]:
        found = list(self._hashtags(typed.lstrip("#")))
        if not typed.startswith("#"):
            found += self._words(typed)
        return tuple(suggestion for _, suggestion in sorted(found, key=lambda one: one[0]))

    def _hashtags(self, typed: str) -> Iterator[_Ranked]:
        key = hashtag_key(typed)
        held = self._commonest("hashtag", naming_pattern(key))
        sounding = TopTerms.of(self._cluster, self._state).hashtags.with_prefix(typed, self._most)
        found = {one[0]: one for one in (*held, *self._counted("hashtag", sounding))}
        for (value, count, last), label in zip(found.values(), self._labels.of_keys(list(found)), strict=True):
            text = f"#{label}#"
            node = parse(text)
            if isinstance(node, Hashtag) and hashtag_key(node.name) == value:
                yield _ranked(Suggestion(text, "hashtag", count), last)

    def _words(self, typed: str) -> Iterator[_Ranked]:
        begun = self._commonest("word", f"{regular_expression(typed)}.*")
        sounding = TopTerms.of(self._cluster, self._state).han_words.with_prefix(typed, self._most)
        found = {one[0]: one for one in (*begun, *self._counted("word", sounding))}
        # "c#" is a word, "deepseek#" the end of a hashtag.
        words = [one for one in found if not (one.endswith("#") and len(one) > 2) and parse(one) == Terms(one)]
        written = self._written(words)
        for word in words:
            if word in written:
                yield _ranked(Suggestion(word, "word", found[word][1]), found[word][2])

    def _written(self, words: list[str]) -> set[str]:
        """Return those of `words` that posts hold themselves, and not only as part or stem of others."""
        latin = [word for word in words if any(tokenizer.latin_words(word))]
        asked = []
        for word in latin:
            endings = (one for one, _, _ in self._commonest("word", f"{regular_expression(word)}.+"))
            body = {"query": alone(word, (*words, *endings)), "size": 0, "track_total_hits": True}
            asked.append((self._state.index.posts, body))
        answers = self._cluster.searches(asked) if asked else []
        inside = {word for word, answer in zip(latin, answers, strict=True) if not answer["hits"]["total"]["value"]}
        return set(words) - inside

    def _commonest(self, field: str, pattern: str) -> list[_Counted]:
        return self._aggregated({"field": field, "include": pattern, "size": self._most, "shard_size": 10 * self._most})

    def _counted(self, field: str, values: list[str]) -> list[_Counted]:
        return self._aggregated({"field": field, "include": values, "size": len(values)}) if values else []

    def _aggregated(self, terms: Json) -> list[_Counted]:
        order = [{"_count": "desc"}, {"_key": "asc"}]
        counted = {"terms": {**terms, "order": order}, "aggs": {"last": {"max": {"field": "published"}}}}
        answer = self._cluster.search(self._state.index.posts, {"size": 0, "aggs": {"counted": counted}})
        buckets = answer["aggregations"]["counted"]["buckets"]
        return [(one["key"], one["doc_count"], one["last"]["value"] or 0.0) for one in buckets]


def alone(word: str, near: Iterable[str] = ()) -> Json:
    """Return what holds `word` itself, and not only as part or stem of those `near`, or of what ends in y."""
    forms = sorted({form for form in (*near, f"{word[:-1]}y") if form != word and _has(form, word)})
    return {"bool": {"filter": [{"term": {"word": word}}], "must_not": [{"terms": {"word": forms}}]}}


def _ranked(suggestion: Suggestion, last: float) -> _Ranked:
    """Return a suggestion placed by how many posts hold it, then hashtags first, then what was used last."""
    return (-suggestion.count, suggestion.kind == "word", -last, suggestion.text), suggestion


def _has(form: str, word: str) -> bool:
    return any(word in unit.tokens for unit in tokenizer.latin_words(form))
