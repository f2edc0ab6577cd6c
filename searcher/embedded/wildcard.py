"""Words of a lexicon that fit a pattern, in which * stands for any characters."""

import re
from collections.abc import Iterator

import numpy as np

from index.segments.lexicon import Lexicon


def matching_words(lexicon: Lexicon, pattern: str) -> Iterator[range]:
    """Yield the ids of the strings that fit the folded `pattern`, as ranges."""
    first, *middle, last = (part.encode() for part in pattern.split("*"))
    term_ids = lexicon.with_ends(first, last)
    # Only between the ends, so that parts of the pattern match at different places.
    middle = [part for part in middle if part]
    for part in dict.fromkeys(middle):
        if not len(term_ids):
            return
        term_ids = lexicon.with_part(term_ids, part, len(first), len(last))
    if len(middle) > 1:
        # Atomic groups: each part matches where it first can; to try other places could take forever and match no more.
        expression = re.compile(b"".join(b"(?>.*?%s)" % re.escape(part) for part in middle), re.DOTALL)
        fits = [_fits(lexicon[term_id], len(first), len(last), expression) for term_id in term_ids.tolist()]
        term_ids = term_ids[np.array(fits, bool)]
    firsts = term_ids[np.diff(term_ids, prepend=-2) != 1]
    lasts = term_ids[np.diff(term_ids, append=-2) != 1]
    for begin, end in zip(firsts.tolist(), lasts.tolist(), strict=True):
        yield range(begin, end + 1)


def _fits(word: bytes, start: int, stop: int, expression: re.Pattern[bytes]) -> bool:
    return expression.match(word, start, len(word) - stop) is not None
