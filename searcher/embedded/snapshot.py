"""One commit of an index, as arrays over its documents."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from index import storage
from index.codec.arrays import SegmentArrays
from index.hashtags import commonest_spellings
from index.manifest import Manifest, check_fingerprint, read_manifest
from index.post import Post
from index.record import decode_post

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]


class Facet:
    """Is a facet over all documents: document `documents[i]` has the value `values[ordinals[i]]`; values are sorted."""

    def __init__(self, documents: Numbers, ordinals: Numbers, values: list[str]) -> None:
        self.documents = documents
        self.ordinals = ordinals
        self.values = values

    def count(self, mask: Mask) -> Numbers:
        """Return for each value how many documents of `mask` have it."""
        return np.bincount(self.ordinals[mask[self.documents]], minlength=len(self.values))

    def count_of(self, value: str, counts: Numbers) -> int:
        """Return what `counts`, of every value, says of `value`; 0 if no document has it."""
        place = self._place(value)
        return 0 if place is None else int(counts[place])

    def having(self, size: int, wanted: Iterable[str]) -> Mask:
        """Return the mask over `size` documents of those that have any of the `wanted` values."""
        chosen = np.zeros(len(self.values), bool)
        for value in wanted:
            if (place := self._place(value)) is not None:
                chosen[place] = True
        mask = np.zeros(size, bool)
        mask[self.documents[chosen[self.ordinals]]] = True
        return mask

    def _place(self, value: str) -> int | None:
        place = bisect_left(self.values, value)
        return place if place < len(self.values) and self.values[place] == value else None


class Snapshot:
    """Gives the arrays of one commit; documents are numbered from 0 to before `size`, deleted ones included."""

    def __init__(self, data: Path, manifest: Manifest, generation: int, segments: list[SegmentArrays]) -> None:
        self.data = data
        self.manifest = manifest
        self.generation = generation
        self._segments = segments
        self._bases = np.cumsum([0, *(segment.size for segment in segments)]).tolist()
        self.size: int = self._bases[-1]
        self._facets: dict[str, Facet] = {}

    @classmethod
    def open(cls, location: Path) -> "Snapshot":
        """Return the snapshot of the commit now in force; raises the errors of `index.errors`."""
        data = storage.data_folder(location)
        toc = storage.read_toc(data)
        manifest = read_manifest(data, toc.generation)
        check_fingerprint(manifest, location)
        return cls(data, manifest, toc.generation, [segment.arrays(data) for segment in toc.segments])

    def is_current(self, location: Path) -> bool:
        """Tell whether this is still the newest commit of the index at `location`."""
        return storage.data_folder(location) == self.data and storage.latest_generation(self.data) == self.generation

    # --- matching ------------------------------------------------------------------------------------------

    @cached_property
    def live(self) -> Mask:
        """Return the mask of the documents that are not deleted."""
        return np.concatenate([np.zeros(0, bool), *(segment.live for segment in self._segments)])

    @cached_property
    def has_deletions(self) -> bool:
        return not self.live.all()

    def postings(self, field: str, token: str) -> tuple[Numbers, Scores]:
        """Return the live documents that hold `token`, ascending, and its weight in each."""
        term = token.encode("utf-8", "surrogatepass")
        parts = []
        for segment, base in zip(self._segments, self._bases, strict=False):
            number = segment.lexicon(field).find(term)
            if number >= 0:
                documents, weights = segment.postings(field, number)
                parts.append((documents.astype(np.int64) + base, weights))
        found = _joined([documents for documents, _ in parts])
        held = np.concatenate([np.zeros(0, np.float32), *(weights for _, weights in parts)])
        if self.has_deletions:
            live = self.live[found]
            return found[live], held[live]
        return found, held

    def verified(self, candidates: Mask, holds: Callable[[bytes], bool]) -> Mask:
        """Return the live documents among `candidates` of whose folded texts `holds` is true."""
        mask = candidates & self.live
        for segment, base in zip(self._segments, self._bases, strict=False):
            documents = np.flatnonzero(mask[base : base + segment.size])
            held = [holds(bytes(texts)) for texts in segment.blobs("texts", documents)]
            mask[base + documents] = held
        return mask

    def prefix_weights(self, field: str, prefix: str) -> Scores:
        """Return for each document the summed weight of its tokens that begin with `prefix`; deleted ones included."""
        weights = np.zeros(self.size, np.float32)
        for segment, base in zip(self._segments, self._bases, strict=False):
            terms = segment.lexicon(field).with_prefix(prefix.encode())
            documents, held = segment.postings_of(field, terms)
            weights[base : base + segment.size] = np.bincount(documents, held, minlength=segment.size)
        return weights

    def terms(self, field: str, prefix: str) -> list[str]:
        """Return the tokens of `field` that begin with `prefix`, in order."""
        found: set[bytes] = set()
        for segment in self._segments:
            lexicon = segment.lexicon(field)
            found.update(lexicon[number] for number in lexicon.with_prefix(prefix.encode()))
        return [term.decode() for term in sorted(found)]

    def similar_terms(self, field: str, text: str, distance: int) -> list[str]:
        """Return the tokens of `field` within `distance` edits of `text` that share its first character."""
        candidates = self.terms(field, text[:1])
        near = process.extract(text, candidates, scorer=Levenshtein.distance, score_cutoff=distance, limit=None)
        return [token for token, _, _ in near]

    # --- columns -------------------------------------------------------------------------------------------

    @cached_property
    def published(self) -> Numbers:
        """Return the publish times in Unix seconds, NO_TIME where there is none."""
        return self._numbers("published")

    @cached_property
    def lengths(self) -> Scores:
        """Return the summed weights of each document's words."""
        return self._numbers("length").astype(np.float32)

    @cached_property
    def mean_length(self) -> float:
        return float(self.lengths[self.live].mean()) if self.live.any() else 1.0

    def facet(self, name: str) -> Facet:
        """Return the facet `name`: source, account, site, type, month, hashtag (by key) or spelling."""
        if (found := self._facets.get(name)) is None:
            found = self._facets[name] = self._facet(name)
        return found

    @cached_property
    def hashtag_labels(self) -> dict[str, str]:
        """Return each topic's commonest spelling by its key."""
        facet = self.facet("spelling")
        counts = zip(facet.values, facet.count(self.live).tolist(), strict=True)
        return commonest_spellings({spelling: count for spelling, count in counts if count})

    def id(self, number: int) -> str:
        """Return the id of a document's post."""
        segment, document = self._at(number)
        ends, ordinals = segment.rows("id")
        return segment.lexicon("id")[int(ordinals[int(ends[document])])].decode()

    def texts(self, number: int) -> memoryview:
        """Return the folded texts of a document, as `index.schema` writes them."""
        segment, document = self._at(number)
        return segment.blob("texts", document)

    def post(self, number: int) -> Post:
        """Return the stored post of a document."""
        segment, document = self._at(number)
        return decode_post(bytes(segment.blob("post", document)))

    def number_of(self, post_id: str) -> int | None:
        """Return the number of the live document of a post."""
        documents, _ = self.postings("id", post_id)
        return int(documents[0]) if len(documents) else None

    def _facet(self, name: str) -> Facet:
        lexicons = [[value.decode() for value in segment.lexicon(name)] for segment in self._segments]
        values = lexicons[0] if len(lexicons) == 1 else sorted(set().union(*lexicons))
        numbers = {value: number for number, value in enumerate(values)}
        parts = []
        for segment, base, own in zip(self._segments, self._bases, lexicons, strict=False):
            ends, ordinals = segment.rows(name)
            documents = np.repeat(np.arange(base, base + segment.size), np.diff(ends).astype(np.int64))
            place = np.fromiter((numbers[value] for value in own), np.int64, len(own))
            parts.append((documents, place[ordinals]))
        return Facet(
            _joined([documents for documents, _ in parts]), _joined([ordinals for _, ordinals in parts]), values
        )

    def _at(self, number: int) -> tuple[SegmentArrays, int]:
        place = bisect_left(self._bases, number + 1) - 1
        return self._segments[place], number - self._bases[place]

    def _numbers(self, name: str) -> Numbers:
        return np.concatenate([np.zeros(0, np.int64), *(segment.numbers(name) for segment in self._segments)])


def _joined(parts: list[Numbers]) -> Numbers:
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, np.int64), *parts])
