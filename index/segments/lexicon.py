"""Lexicons: the sorted terms of a field in mapped blocks, found by bisection; the place of a term is its term id.

Strings lie one after the other in a heap. Grams, of one or two characters, are stored as numbers.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.files.block_file import BlockFile, BlockWriter

# Strings written at a time.
_BATCH = 4096
# Look-ups of a field that are cached: while a query is typed, the same terms are looked up at each letter.
_CACHED = 4096
# A gram's key is first << GRAM_BITS | second, where second is 0 for a single character: keys sort as the texts do.
GRAM_BITS = 21
_SECOND = (1 << GRAM_BITS) - 1


class Lexicon(Sequence[bytes]):
    """A sequence of byte strings; all methods but those of a sequence need them sorted and different."""

    def __init__(self, heap: memoryview, ends: NDArray[np.uint64]) -> None:
        self._heap = heap
        self._ends = ends
        # Reading one number off a memoryview is several times as fast as off an array.
        self._bounds = memoryview(ends.data)
        # Returns the term id of a string, or -1 if it is not there. The cache must not hold the lexicon, as that of a
        # method would: the cycle would keep the file mapped.
        self.find = lru_cache(_CACHED)(partial(_find_string, heap, self._bounds))

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __getitem__(self, term_id: int) -> bytes:  # type: ignore[override]
        return bytes(self._heap[self._bounds[term_id] : self._bounds[term_id + 1]])

    def __iter__(self) -> Iterator[bytes]:
        heap, ends = self._heap, self._ends.tolist()
        return (bytes(heap[a:b]) for a, b in pairwise(ends))

    def with_prefix(self, prefix: bytes) -> range:
        """Return the ids of the strings that begin with `prefix`."""
        first = bisect_left(self, prefix)
        # No UTF-8 text has the byte 0xFF: it sorts behind everything that begins so.
        return range(first, bisect_left(self, prefix + b"\xff", first))

    def between(self, first: str, end: str) -> range:
        """Return the ids of the strings from `first` to before `end`."""
        return range(bisect_left(self, first.encode()), bisect_left(self, end.encode()))

    def with_ends(self, prefix: bytes, suffix: bytes) -> NDArray[np.int64]:
        """Return the ids of the strings that begin with `prefix` and end with `suffix`, without overlap of the two."""
        within = self.with_prefix(prefix)
        ends = self._ends[within.start : within.stop + 1].astype(np.int64)
        term_ids = np.flatnonzero(np.diff(ends) >= len(prefix) + len(suffix))
        heap = np.frombuffer(self._heap, np.uint8)
        for offset, byte in enumerate(reversed(suffix), 1):
            term_ids = term_ids[heap[ends[term_ids + 1] - offset] == byte]
        return term_ids + within.start

    def with_part(self, term_ids: NDArray[np.int64], part: bytes, start: int, stop: int) -> NDArray[np.int64]:
        """Return those `term_ids` whose strings have `part` between their first `start` and last `stop` bytes."""
        heap, ends = np.frombuffer(self._heap, np.uint8), self._ends.astype(np.int64)
        starts = np.flatnonzero(heap[: max(0, len(heap) - len(part) + 1)] == part[0])
        for offset, byte in enumerate(part[1:], 1):
            starts = starts[heap[starts + offset] == byte]
        owners = np.searchsorted(ends, starts, "right") - 1
        is_inside = (starts >= ends[owners] + start) & (starts + len(part) <= ends[owners + 1] - stop)
        return np.intersect1d(term_ids, owners[is_inside])


class GramLexicon(Sequence[bytes]):
    """A sequence of grams, sorted and different, whose `keys` (u8) are numbers."""

    def __init__(self, keys: NDArray[Any]) -> None:
        self.keys = keys
        # Returns the term id of a gram, or -1 if it is not there.
        self.find = lru_cache(_CACHED)(partial(_find_gram, keys))

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, term_id: int) -> bytes:  # type: ignore[override]
        return gram_text(int(self.keys[term_id]))

    def beginning_with(self, character: str) -> range:
        """Return the ids of the grams whose first character is `character`."""
        first = ord(character) << GRAM_BITS
        start, stop = np.searchsorted(self.keys, np.array([first, first + (1 << GRAM_BITS)], np.uint64)).tolist()
        return range(start, stop)


Terms = Lexicon | GramLexicon


def _find_string(heap: memoryview, bounds: memoryview, text: bytes) -> int:
    def string(term_id: int) -> bytes:
        return bytes(heap[bounds[term_id] : bounds[term_id + 1]])

    term_ids = range(len(bounds) - 1)
    term_id = bisect_left(term_ids, text, key=string)
    return term_id if term_id < len(term_ids) and string(term_id) == text else -1


def _find_gram(keys: NDArray[Any], text: bytes) -> int:
    key = gram_key(text.decode("utf-8", "surrogatepass"))
    if key < 0:
        return -1
    term_id = int(np.searchsorted(keys, np.uint64(key)))
    return term_id if term_id < len(keys) and int(keys[term_id]) == key else -1


def open_terms(blocks: BlockFile, name: str) -> Terms:
    """Return the terms of a field: those that `write_lexicon` wrote under `name`, or grams by their keys."""
    if f"{name}/keys" in blocks:
        return GramLexicon(blocks.array(f"{name}/keys"))
    return Lexicon(blocks.bytes(f"{name}/heap"), blocks.array(f"{name}/ends"))


def write_lexicon(writer: BlockWriter, name: str, texts: Iterable[bytes]) -> None:
    """Write byte strings under `name`, in the order given."""
    lengths = [0]
    remaining = iter(texts)
    with writer.open(f"{name}/heap", "u1") as append:
        while batch := list(islice(remaining, _BATCH)):
            append(b"".join(batch))
            lengths.extend(map(len, batch))
    writer.add(f"{name}/ends", np.cumsum(lengths, dtype=np.uint64))


def gram_key(text: str) -> int:
    """Return the key of a text of one or two characters, or -1 for any other."""
    if not 1 <= len(text) <= 2:
        return -1
    return ord(text[0]) << GRAM_BITS | (ord(text[1]) if len(text) == 2 else 0)


def gram_text(key: int) -> bytes:
    """Return the text of a gram in UTF-8."""
    second = key & _SECOND
    text = chr(key >> GRAM_BITS) + (chr(second) if second else "")
    return text.encode("utf-8", "surrogatepass")
