"""Words that mean the same to the user: what else a query's text could say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import Segmenter
from index.text.user_words import MAX_SYNONYMS
from searcher.query.tree import And, Node, Or, Phrase, Terms

# A query is asked again so often at most: once for each other word of one line.
MOST_VARIANTS = MAX_SYNONYMS - 1


@dataclass(frozen=True, slots=True)
class Variant:
    """Is a folded text in which `word` stands for one that means the same."""

    text: str
    word: str


class Synonyms:
    """Knows which words mean the same."""

    def __init__(self, groups: tuple[tuple[str, ...], ...]) -> None:
        self._others = {word: tuple(one for one in group if one != word) for group in groups for word in group}

    def __bool__(self) -> bool:
        return bool(self._others)

    def variants(self, text: str, segmenter: Segmenter) -> list[Variant]:
        """Return the folded `text` with one word replaced by another that means the same, MOST_VARIANTS at most."""
        replaced = (
            Variant(_joined(_joined(text[:start], other), text[end:]), other)
            for start, end in self._places(text, segmenter)
            for other in self._others[text[start:end]]
        )
        return list(islice(replaced, MOST_VARIANTS))

    def _places(self, text: str, segmenter: Segmenter) -> Iterator[tuple[int, int]]:
        """Yield where words with synonyms stand in `text`, the longest from each place, between ends of its words."""
        longest = max(map(len, self._others))
        spans = list(_spans(text, segmenter))
        done = 0
        for number, (start, _) in enumerate(spans):
            if start < done:
                continue
            ends = [end for _, end in spans[number : number + longest] if text[start:end] in self._others]
            if ends:
                done = ends[-1]
                yield start, done


def latin_word(text: str) -> tokenizer.QueryWord | None:
    """Return the folded `text` as the one Latin word that it is, or None if it isn't."""
    return next((unit for unit in tokenizer.latin_words(text) if unit.text == text), None)


def with_synonyms(node: Node, variants_of: Callable[[str], list[Variant]]) -> Node:
    """Return `node` with the words that may stand for others beside its texts, to mark them where they matched."""
    match node:
        case And(children=children):
            return And(tuple(with_synonyms(child, variants_of) for child in children))
        case Or(children=children):
            return Or(tuple(with_synonyms(child, variants_of) for child in children))
        case Terms(text=text, scope=scope):
            others = dict.fromkeys(variant.word for variant in variants_of(fold(text).strip()))
            return Or((node, *((Terms if latin_word(word) else Phrase)(word, scope) for word in others)))
        case _:
            return node


def _joined(before: str, after: str) -> str:
    """Return both texts as one, with a space where the last word of the one would run on into the other."""
    between = before[-1:] + after[:1]
    return f"{before} {after}" if len(between) == 2 and latin_word(between) else before + after


def _spans(text: str, segmenter: Segmenter) -> Iterator[tuple[int, int]]:
    """Yield where each word of the folded `text` begins and ends."""
    end = 0
    for unit in tokenizer.query_words(text, segmenter):
        # What stands between words holds no letter: the next one is found where it stands.
        start = text.index(unit.text, end)
        end = start + len(unit.text)
        yield start, end
