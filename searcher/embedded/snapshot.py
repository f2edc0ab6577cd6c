"""One commit of an index, as arrays over its documents."""

from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from index.archive.post import Post
from index.schema.bm25 import LENGTH, MOST_WEIGHT
from index.schema.zones import Zone
from index.segments.arrays import Documents, FieldArrays, SegmentArrays, open_segment
from index.segments.layout import CHARACTERS, PAIRS
from index.store import directory
from index.store.directory import dictionary_file, words_file
from index.store.manifest import Manifest, check_files, check_fingerprint, newest_manifest, read_manifest
from index.text.segmenter import DictionarySegmenter
from index.text.user_words import read_words
from searcher.embedded import bm25
from searcher.embedded.columns import DocIds, Facet, Integers, Mask
from searcher.embedded.hashtags import Hashtags
from searcher.embedded.phrases import PhrasePostings, Texts
from searcher.embedded.postings import Part, Postings, joined, united
from searcher.embedded.top_terms import TopTerms
from searcher.embedded.words import TermRanges, Words
from searcher.ranking.synonyms import Synonyms, Variant


class Snapshot:
    """The arrays of one commit, over document ids from 0 to before `size`, deleted documents included."""

    def __init__(self, data: Path, manifest: Manifest, generation: int, segments: list[SegmentArrays]) -> None:
        self.data = data
        self.manifest = manifest
        self.generation = generation
        self._segments = segments
        self._bases = np.cumsum([0, *(segment.size for segment in segments)]).tolist()
        self.size: int = self._bases[-1]
        self._fields: dict[str, list[tuple[int, FieldArrays]]] = {}
        self._facets: dict[str, Facet] = {}

    @classmethod
    def open(cls, location: Path) -> "Snapshot":
        """Return the snapshot of the newest commit; raise the errors of `index.errors`."""
        data, generation, manifest = newest_manifest(location)
        check_fingerprint(manifest, location)
        check_files(manifest, data)
        segments = [open_segment(data, record) for record in manifest.segments]
        return cls(data, manifest, generation, segments)

    def present_manifest(self) -> Manifest:
        """Return the manifest as it is now: an update that finds nothing changed writes that of its commit anew."""
        return read_manifest(self.data, self.generation)

    def is_current(self, location: Path) -> bool:
        """Return whether this is still the newest commit of the index at `location`."""
        return (
            directory.data_folder(location) == self.data and directory.latest_generation(self.data) == self.generation
        )

    @cached_property
    def segmenter(self) -> DictionarySegmenter:
        """Return the segmenter over the dictionary that the index was made with."""
        return DictionarySegmenter(dictionary_file(self.data))

    @cached_property
    def synonyms(self) -> Synonyms:
        """Return the user's words that mean the same."""
        return Synonyms(read_words(words_file(self.data)).synonyms)

    def variants(self, text: str) -> list[Variant]:
        """Return the folded `text` with synonyms in it."""
        return self.synonyms.variants(text, self.segmenter) if self.synonyms else []

    # --- matching ------------------------------------------------------------------------------------------

    @cached_property
    def live(self) -> Mask:
        """Return the mask of the documents that are not deleted."""
        return np.concatenate([np.zeros(0, bool), *(segment.live for segment in self._segments)])

    @cached_property
    def live_ids(self) -> DocIds:
        """Return every live document."""
        return np.flatnonzero(self.live)

    @cached_property
    def has_deletions(self) -> bool:
        """Return whether some documents are not live."""
        return len(self.live_ids) < self.size

    def postings(self, field: str, token: str, zones: range | None = None) -> Postings:
        """Return the postings of `token`; of a word, within `zones` if given."""
        term = token.encode("utf-8", "surrogatepass")
        parts = []
        for base, arrays in self._fields_of(field):
            if (term_id := arrays.terms.find(term)) >= 0:
                parts.append(_part(base, arrays, range(term_id, term_id + 1), zones))
        return self._live(joined(parts))

    def count(self, field: str, token: str) -> int:
        """Return how many documents hold `token`, deleted ones included."""
        term = token.encode("utf-8", "surrogatepass")
        count = 0
        for _, arrays in self._fields_of(field):
            if (term_id := arrays.terms.find(term)) >= 0:
                count += arrays.count(term_id)
        return count

    def joined_postings(self, ranges: TermRanges, zones: range | None) -> Postings:
        """Return the postings of the words in `ranges` as if all of them were one word."""
        parts = [
            _part(base, segment.field("words"), terms, zones)
            for segment, base in self._placed
            for terms in ranges(segment)
        ]
        return self._live(united(joined(parts), self.size, MOST_WEIGHT))

    def with_value(self, name: str, value: str) -> DocIds:
        """Return the live documents that have `value` of a facet."""
        return self._find_documents(lambda segment: _having(segment, name, value))

    def with_value_between(self, name: str, start: str, end: str) -> DocIds:
        """Return the live documents that have a value of a facet from `start` to before `end`."""
        return self._find_documents(lambda segment: _having_between(segment, name, start, end))

    def find_phrase(self, text: str, zones: range | None = None) -> PhrasePostings:
        """Return the postings of the folded `text` as it stands, within one text of `zones` if given."""
        if len(text) <= 2 and zones is None:
            found = self.postings(CHARACTERS if len(text) == 1 else PAIRS, text)
            return PhrasePostings(found.doc_ids, lambda: found.weights)
        return self.texts.find_phrase(text, zones)

    @cached_property
    def texts(self) -> Texts:
        """Return the texts of the live documents, by the positions of their characters."""
        return Texts(self._placed, self.live if self.has_deletions else None)

    # --- columns -------------------------------------------------------------------------------------------

    @cached_property
    def published(self) -> Integers:
        """Return the publish times in Unix seconds, NO_TIME where there is none."""
        return self._column("published")

    @cached_property
    def saves(self) -> Integers:
        """Return how often each document's post was saved."""
        return self._column("saves")

    @cached_property
    def length_norms(self) -> bm25.Scores:
        """Return the BM25 length norm of each document; the mean length is that of the live ones."""
        lengths = self._column(LENGTH).astype(np.float32)
        # Summed as whole numbers: of fractions the last digit depends on the order, and that on past commits.
        mean = int(self._column(LENGTH)[self.live_ids].sum()) / len(self.live_ids) if len(self.live_ids) else 0.0
        return bm25.length_norms(lengths, mean or 1.0)

    def facet(self, name: str) -> Facet:
        """Return the facet `name`: source, account, site, type, claimed_source, day, hashtag (by key) or spelling."""
        if (found := self._facets.get(name)) is None:
            found = self._facets[name] = Facet.from_segments(name, self._segments)
        return found

    @cached_property
    def words(self) -> Words:
        """Return the words of all documents."""
        return Words(self._segments)

    @cached_property
    def hashtags(self) -> Hashtags:
        """Return the hashtags of all documents."""
        return Hashtags(self.facet("hashtag"), self.facet("spelling"), self.live, self.live_ids)

    @cached_property
    def top_terms(self) -> TopTerms:
        """Return the commonest words and hashtags."""
        return TopTerms(self._segments, self.words, self.hashtags)

    # --- posts ---------------------------------------------------------------------------------------------

    def id(self, doc_id: int) -> str:
        """Return the id of a document's post."""
        segment, document = self._at(doc_id)
        return segment.id(document)

    def post(self, doc_id: int) -> Post:
        """Return the stored post of a document."""
        segment, document = self._at(doc_id)
        return segment.post(document)

    def find_post(self, post_id: str) -> int | None:
        """Return the live document of a post, or None."""
        doc_ids = self.with_value("id", post_id)
        return int(doc_ids[0]) if len(doc_ids) else None

    # --- segments ------------------------------------------------------------------------------------------

    @cached_property
    def _placed(self) -> list[tuple[SegmentArrays, int]]:
        return list(zip(self._segments, self._bases, strict=False))

    def _fields_of(self, name: str) -> list[tuple[int, FieldArrays]]:
        """Return the postings of a field in each segment, with the id of its first document."""
        if (found := self._fields.get(name)) is None:
            found = self._fields[name] = [(base, segment.field(name)) for segment, base in self._placed]
        return found

    def _find_documents(self, find: Callable[[SegmentArrays], Documents]) -> DocIds:
        parts = [find(segment).astype(np.int64) + base for segment, base in self._placed]
        doc_ids = parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, np.int64), *parts])
        return doc_ids[self.live[doc_ids]] if self.has_deletions else doc_ids

    def _live(self, postings: Postings) -> Postings:
        return postings.where(self.live[postings.doc_ids]) if self.has_deletions else postings

    def _at(self, doc_id: int) -> tuple[SegmentArrays, int]:
        place = bisect_left(self._bases, doc_id + 1) - 1
        return self._segments[place], doc_id - self._bases[place]

    def _column(self, name: str) -> Integers:
        return np.concatenate([np.zeros(0, np.int64), *(segment.column(name) for segment in self._segments)])


def _part(base: int, field: FieldArrays, terms: range, zones: range | None) -> Part:
    places = field.postings(terms)
    documents, weights = field.documents[places], field.weights[places]
    if zones is None:
        return base, documents, weights
    within = field.zones[places] & _bits(zones) > 0
    return base, documents[within], weights[within]


def _bits(zones: range) -> np.uint8:
    return np.uint8(sum(1 << Zone(zone) for zone in zones))


def _having_between(segment: SegmentArrays, name: str, start: str, end: str) -> Documents:
    field, values = segment.field(name), segment.lexicon(name)
    first, last = (bisect_left(values, bound.encode("utf-8", "surrogatepass")) for bound in (start, end))
    documents = field.documents[field.postings(range(first, last))]
    mask = np.zeros(segment.size, bool)
    mask[documents] = True
    return np.flatnonzero(mask).astype(documents.dtype)


def _having(segment: SegmentArrays, name: str, value: str) -> Documents:
    field = segment.field(name)
    return field.documents[field.find(value.encode("utf-8", "surrogatepass"))]
