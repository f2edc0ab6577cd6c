"""What was typed so far → hashtags and words of the archive that complete it."""

from collections.abc import Iterable, Iterator

import numpy as np

from index.archive.hashtags import hashtag_key
from index.schema.fields import NO_TIME
from index.text import tokenizer
from index.text.folding import fold
from searcher.embedded.columns import Numbers
from searcher.embedded.postings import is_in
from searcher.embedded.snapshot import Snapshot
from searcher.query.parser import parse
from searcher.query.tree import Hashtag, Terms
from searcher.results import Suggestion

# Of those that fit, so many times what is wanted are looked at closely: some are no words, and ties are told apart.
_SPARE = 3
# The forms of a word that are looked through for what it may be the stem of.
_FORMS = 50
# A suggestion with what puts it in its place.
_Ranked = tuple[tuple[int, bool, int, str], Suggestion]


def suggest(snapshot: Snapshot, prefix: str, limit: int) -> tuple[Suggestion, ...]:
    """Return the commonest hashtags and words that begin with `prefix` as written, in pinyin, or in its initials."""
    # A lone surrogate is no character, as in queries.
    typed = fold(prefix.encode("utf-8", "replace").decode()).strip()
    if not typed:
        return ()
    found = list(_hashtags(snapshot, typed.lstrip("#"), limit * _SPARE))
    if not typed.startswith("#"):
        found += _words(snapshot, typed, limit)
    return tuple(suggestion for _, suggestion in sorted(found, key=lambda one: one[0])[:limit])


def is_written(snapshot: Snapshot, word: str, near: Iterable[str] = ()) -> bool:
    """Tell whether posts hold `word` itself, and not only as part or stem of those `near` or others that begin so."""
    if not any(tokenizer.latin_words(word)):
        return True
    endings = snapshot.commonest_words(lambda lexicon: lexicon.with_prefix(word.encode()), _FORMS)
    forms = {form for form in (*near, *endings, f"{word[:-1]}y") if form != word and _has(form, word)}
    if snapshot.count("words", word) > sum(snapshot.count("words", form) for form in forms):
        return True
    holders = snapshot.postings("words", word).numbers
    for form in forms:
        holders = holders[~is_in(holders, snapshot.postings("words", form).numbers, snapshot.size)]
    return len(holders) > 0


def _hashtags(snapshot: Snapshot, typed: str, most: int) -> Iterator[_Ranked]:
    """Yield about `most` hashtags that hold what was typed, or sound so."""
    counts = snapshot.hashtag_counts
    held = snapshot.hashtags_holding(hashtag_key(typed))
    keys = [snapshot.facet("hashtag").values[place].decode() for place in held[np.argsort(-counts[held])[:most]]]
    for key in dict.fromkeys([*keys, *snapshot.hashtag_pinyin.with_prefix(typed, most)]):
        text = f"#{snapshot.hashtag_label(key)}#"
        numbers = snapshot.with_value("hashtag", key)
        node = parse(text)
        if len(numbers) and isinstance(node, Hashtag) and hashtag_key(node.name) == key:
            yield _ranked(snapshot, Suggestion(text, "hashtag", len(numbers)), numbers)


def _words(snapshot: Snapshot, typed: str, limit: int) -> Iterator[_Ranked]:
    """Yield words that begin with what was typed, or sound so: those of the `limit` commonest, and as common ones."""
    begun = snapshot.commonest_words(lambda lexicon: lexicon.with_prefix(typed.encode()), limit * _SPARE)
    words = dict.fromkeys([*begun, *snapshot.word_pinyin.with_prefix(typed, limit * _SPARE)])
    counts: list[int] = []
    for word in sorted(words, key=lambda word: snapshot.count("words", word), reverse=True):
        if len(counts) >= limit and snapshot.count("words", word) < sorted(counts)[-limit]:
            return
        numbers = snapshot.postings("words", word).numbers
        # "c#" is a word, "deepseek#" the end of a hashtag.
        if word.endswith("#") and len(word) > 2:
            continue
        # An arXiv number is a word to the index, and asks for the paper where it is a query.
        if len(numbers) and parse(word) == Terms(word) and is_written(snapshot, word, begun):
            counts.append(len(numbers))
            yield _ranked(snapshot, Suggestion(word, "word", len(numbers)), numbers)


def _ranked(snapshot: Snapshot, suggestion: Suggestion, numbers: Numbers) -> _Ranked:
    """Return a suggestion placed by how many posts hold it, then hashtags first, then what was used last."""
    last = int(snapshot.published[numbers].max(initial=NO_TIME))
    return (-suggestion.count, suggestion.kind == "word", -last, suggestion.text), suggestion


def _has(form: str, word: str) -> bool:
    return any(word in unit.tokens for unit in tokenizer.latin_words(form))
