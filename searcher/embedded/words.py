"""The words of a snapshot: all that begin alike, and the commonest."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from index.segments.arrays import SegmentArrays
from index.segments.lexicon import Lexicon

# Returns ranges of term ids in the lexicon of a segment's words.
TermRanges = Callable[[SegmentArrays], Iterable[range]]


class Words:
    """The words of all segments together; posts that are deleted count, too."""

    def __init__(self, segments: Sequence[SegmentArrays]) -> None:
        self._segments = segments

    def with_prefix(self, prefix: str) -> list[str]:
        """Return the words that begin with `prefix`, in order."""
        found: set[bytes] = set()
        for segment in self._segments:
            lexicon = segment.lexicon("words")
            found.update(lexicon[term_id] for term_id in lexicon.with_prefix(prefix.encode("utf-8", "surrogatepass")))
        return [term.decode() for term in sorted(found)]

    def commonest(self, within: Callable[[Lexicon], range], limit: int, least: int = 1) -> list[str]:
        """Return up to `limit` words of a range that `least` posts hold, commonest first.

        Counts come from the `limit` commonest of each segment.
        """
        counts: Counter[bytes] = Counter()
        for segment in self._segments:
            lexicon = segment.lexicon("words")
            terms = within(lexicon)
            posts = segment.field("words").counts(terms)
            for place in np.argsort(-posts, kind="stable")[:limit].tolist():
                counts[lexicon[terms[place]]] += int(posts[place])
        found = sorted((-count, term) for term, count in counts.items() if count >= least)
        return [term.decode() for _, term in found[:limit]]

    def commonest_in(self, ranges: TermRanges, limit: int) -> tuple[tuple[str, ...], int]:
        """Return up to `limit` of the words in `ranges`, commonest first, and the number of all of them."""
        counts: Counter[bytes] = Counter()
        for segment in self._segments:
            for terms in ranges(segment):
                posts = segment.field("words").counts(terms).tolist()
                counts.update(dict(zip(map(segment.lexicon("words").__getitem__, terms), posts, strict=True)))
        commonest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return tuple(word.decode() for word, _ in commonest), len(counts)
